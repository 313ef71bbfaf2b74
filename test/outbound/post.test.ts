import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createKeySetReader } from '../../src/app/key-sets.js';
import { createDestinationGuard, type DestinationRules } from '../../src/kernel/destination.js';
import { silentLogger } from '../../src/kernel/log.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { createPost } from '../../src/outbound/post.js';
import { atMost, type HostAddress, type Resolve } from '../../src/outbound/resolve.js';
import { issueCertificate } from '../helpers/certificates.js';

const OPEN = createDestinationGuard({ allowsHttp: true, ports: 'any', internal: ['127.0.0.0/8'] });
const STRICT = createDestinationGuard({ allowsHttp: true, ports: 'any', internal: [] });
const at = (...addresses: string[]): HostAddress[] =>
  addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const to =
  (...addresses: string[]): Resolve =>
  async () =>
    at(...addresses);
const post = (url: string, over = {}) => ({ url, headers: { 'x-one': '1' }, body: '[]', verifyTls: true, ...over });
const file = (name: string): string => readFileSync(new URL(`../gateways/fakes/${name}`, import.meta.url), 'utf8');

async function receiver(answer: RequestListener, tls = false, more: ServerOptions = {}) {
  const seen: string[] = [];
  const listener: RequestListener = (request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url} ${request.headers['x-one']}`);
    answer(request, response);
  };
  const server = tls
    ? createTlsServer({ key: file('localhost-key.pem'), cert: file('localhost-cert.pem'), ...more }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a post to an address of a tenant', () => {
  it('goes to the address that was checked, under the name that was written (SEC-59)', async () => {
    await using server = await receiver((_, response) => response.end());
    const sent = await createPost(OPEN, to('127.0.0.1'))(post(`http://hooks.example.org:${server.port}/a?b`));
    expect(sent).toEqual({ kind: 'answered', status: 200 });
    expect(server.seen).toEqual([`POST hooks.example.org:${server.port} /a?b 1`]);
  });

  it('shows a receiver that asks whom it is from, and nobody over plain HTTP', async () => {
    const { der, key, subject } = issueCertificate({ subject: { CN: 'Events of one environment' } });
    const client = {
      key: new Redacted(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
      certificate: new X509Certificate(der).toString(),
    };
    const names: unknown[] = [];
    const listener: RequestListener = ({ socket }, response) => {
      if (socket instanceof TLSSocket) names.push(socket.getPeerCertificate().subject?.CN);
      response.end();
    };
    await using asking = await receiver(listener, true, { requestCert: true, rejectUnauthorized: false });
    await using plain = await receiver(listener);
    const send = createPost(OPEN, to('127.0.0.1'));
    const url = `https://hooks.example.org:${asking.port}/`;
    const answered = { kind: 'answered', status: 200 };
    expect(await send(post(url, { verifyTls: false, client }))).toEqual(answered);
    expect(await send(post(url, { verifyTls: false }))).toEqual(answered);
    expect(await send(post(`http://hooks.example.org:${plain.port}/`, { client }))).toEqual(answered);
    expect(names).toEqual([subject['CN'], undefined]);
  });

  it.each([
    ['a name that stands for an internal address', 'http://hooks.example.org', at('127.0.0.1')],
    ['a name that stands for one inside and one outside', 'http://hooks.example.org', at('1.1.1.1', '10.0.0.1')],
    ['a name that stands for nothing', 'http://hooks.example.org', []],
    ['an internal address itself', 'http://127.0.0.1', at('1.1.1.1')],
    ['an address that hides one', 'http://hooks.example.org', at('::ffff:127.0.0.1')],
  ])('is not sent to %s (SEC-59)', async (_name, url, addresses) => {
    await using server = await receiver((_, response) => response.end());
    const sent = await createPost(STRICT, async () => addresses)(post(`${url}:${server.port}/`));
    expect(sent.kind).toBe('forbidden');
    expect(server.seen).toEqual([]);
  });

  it('is looked up once: what the name stands for a moment later is not asked (SEC-59)', async () => {
    await using server = await receiver((_, response) => response.end());
    let asked = 0;
    const guard = createDestinationGuard({ allowsHttp: true, ports: 'any', internal: ['127.0.0.1'] });
    const resolve: Resolve = async () => at(++asked === 1 ? '127.0.0.1' : '127.0.0.2');
    await createPost(guard, resolve)(post(`http://hooks.example.org:${server.port}/`));
    expect([asked, server.seen.length]).toEqual([1, 1]);
  });

  it('does not follow a redirect (SEC-59)', async () => {
    await using inside = await receiver((_, response) => response.end());
    await using server = await receiver((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end(),
    );
    const sent = await createPost(OPEN)(post(`http://127.0.0.1:${server.port}/`));
    expect([sent, inside.seen]).toEqual([{ kind: 'answered', status: 307 }, []]);
  });

  it('reads no endless answer (SEC-60)', async () => {
    let isClosed: (closed: true) => void = () => {};
    const closed = new Promise<true>((resolve) => {
      isClosed = resolve;
    });
    await using server = await receiver((_, response) => {
      response.writeHead(200);
      response.on('close', () => isClosed(true));
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    expect(await createPost(OPEN)(post(`http://127.0.0.1:${server.port}/`))).toEqual({ kind: 'answered', status: 200 });
    expect(await closed).toBe(true);
  });

  it('tells of no connection, and of a name that nobody has', async () => {
    await using server = await receiver((_, response) => response.end());
    const { port } = server;
    await server[Symbol.asyncDispose]().catch(() => {});
    expect(await createPost(OPEN)(post(`http://127.0.0.1:${port}/`))).toMatchObject({
      kind: 'unanswered',
      reason: 'ECONNREFUSED',
    });
    const nobody: Resolve = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    expect(await createPost(OPEN, nobody)(post('http://nobody.example/'))).toMatchObject({ reason: 'ENOTFOUND' });
  });

  it('verifies certificates unless told not to (SEC-70)', async () => {
    await using server = await receiver((_, response) => response.end(), true);
    const url = `https://localhost:${server.port}/`;
    const send = createPost(OPEN, to('127.0.0.1'));
    expect((await send(post(url))).kind).toBe('unanswered');
    expect(server.seen).toEqual([]);
    expect(await send(post(url, { verifyTls: false }))).toEqual({ kind: 'answered', status: 200 });
  });
});

describe('a key set of a client', () => {
  const RULES = { allowsHttp: true, ports: 'any', internal: ['127.0.0.0/8'] } as const;
  const reader = (rules: DestinationRules = RULES) => {
    const logged: object[] = [];
    const read = createKeySetReader(rules, { ...silentLogger, warn: (fields) => logged.push(fields) });
    return { read, logged };
  };

  it('is read where it stands', async () => {
    await using server = await receiver((_, response) => response.end('{"keys":[]}'));
    const { read, logged } = reader();
    expect([await read(`http://127.0.0.1:${server.port}/keys`), logged]).toEqual(['{"keys":[]}', []]);
  });

  it('is not read from internal addresses, through a redirect, without end, or where it is not; the log has the host alone (SEC-59, SEC-60)', async () => {
    await using inside = await receiver((_, response) => response.end('{"keys":[]}'));
    const location = `http://127.0.0.1:${inside.port}/`;
    await using server = await receiver(({ url }, response) => {
      if (url === '/away') response.writeHead(302, { location }).end();
      else if (url === '/long') response.end(`{"keys":[${' '.repeat(65_536)}]}`);
      else response.writeHead(404).end();
    });
    const host = `127.0.0.1:${server.port}`;
    const { read, logged } = reader();
    const strict = reader({ ...RULES, internal: [] });
    const secure = reader({ ...RULES, allowsHttp: false });
    const from = (path: string) => `http://${host}/${path}`;
    expect([await read(from('away')), await read(from('long')), await read(from('none'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([await strict.read(from('keys')), await secure.read(from('keys'))]).toEqual([undefined, undefined]);
    expect([...logged, ...strict.logged, ...secure.logged]).toEqual(
      ['REDIRECTED', 'TOO_LONG', 'HTTP_404', 'FORBIDDEN', 'FORBIDDEN'].map((reason) => ({ host, reason })),
    );
    expect([server.seen.length, inside.seen]).toEqual([3, []]);
  });
});

describe('look-ups of names', () => {
  it('are a few at once, in the order in which they were asked for, whatever becomes of each', async () => {
    const running = new Set<string>();
    const begun: string[] = [];
    let most = 0;
    const resolve = atMost(2, async (hostname) => {
      begun.push(hostname);
      running.add(hostname);
      most = Math.max(most, running.size);
      await new Promise((next) => setImmediate(next));
      running.delete(hostname);
      if (hostname === 'b') throw new Error('no such name');
      return at('192.0.2.1');
    });
    const names = ['a', 'b', 'c', 'd', 'e'];
    const results = await Promise.allSettled(names.map(resolve));
    expect([most, begun]).toEqual([2, names]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
