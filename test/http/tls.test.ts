import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { HttpServer } from '../../src/http/server.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { keepCertificate } from '../../src/tls/kept.js';
import { testClock } from '../helpers/store.js';
import { handshake } from '../tls/handshake.js';
import { engine, THINGS } from './engine.js';

const random = createSystemRandom();
const keep = () => keepCertificate(['api.x.test'], undefined, { random, clock: testClock(Date.now()) });
const kept = keep();
const ca = readFileSync(kept.authorityFile, 'utf8');
afterAll(() => kept[Symbol.dispose]());

const secure = (options: Parameters<typeof engine>[0] = {}): HttpServer => engine({ tls: kept.pair, ...options });
const port = async (server: HttpServer): Promise<number> => (await server.listen({ host: '127.0.0.1', port: 0 })).port;

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function post(at: number, body: object, agent?: Agent): Promise<Answer> {
  return new Promise((resolve, fail) => {
    const asked = request(
      {
        ...{ host: '127.0.0.1', port: at, ca, servername: 'api.x.test', method: 'POST', path: THINGS },
        headers: { host: 'api.x.test', authorization: 'Bearer admin', 'content-type': 'application/json' },
        agent: agent ?? false,
      },
      async (answer) => {
        let text = '';
        for await (const chunk of answer) text += String(chunk);
        resolve({ status: answer.statusCode, headers: answer.headers, text });
      },
    );
    asked.once('error', fail);
    asked.end(JSON.stringify(body));
  });
}

const GOOD = { name: 'a', kind: 'SMS' };

describe('over TLS', () => {
  it('a request is answered as without it', async () => {
    await using server = secure();
    const at = await port(server);
    const answer = await post(at, GOOD);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([200, expect.objectContaining({ body: GOOD })]);
    expect(answer.headers['correlation-id']).toEqual(expect.any(String));
    expect((await post(at, {})).status).toBe(400);
  });

  it('no version before 1.2 is spoken, and no protocol but HTTP/1.1 (SEC-70)', async () => {
    await using server = secure();
    const at = await port(server);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const seen = await handshake(at, ca, 'api.x.test', { minVersion: version, maxVersion: version });
      expect(seen).toBeInstanceOf(X509Certificate);
    }
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(at, ca, 'api.x.test', old)).toMatch(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|no protocols/i);
    expect(await handshake(at, ca, 'api.x.test', { ALPNProtocols: ['h2'] })).toMatch(/NO_APPLICATION_PROTOCOL/);
  });

  it('what is no HTTP inside gets the documented answer too (SEC-55)', async () => {
    await using server = secure();
    const socket = connectTls({ port: await port(server), host: '127.0.0.1', ca, servername: 'api.x.test' });
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":"INVALID_REQUEST"/);
  });

  it('connections that wait for a request do not keep the server from ending (SEC-84)', async () => {
    const server = secure();
    const agent = new Agent({ keepAlive: true });
    expect((await post(await port(server), GOOD, agent)).status).toBe(200);
    await server.drain();
    expect(await server.connections()).toBe(0);
    agent.destroy();
  });

  it('whoever speaks plain HTTP is sent away', async () => {
    await using server = secure();
    const socket = connect(await port(server), '127.0.0.1');
    socket.write('GET /livez HTTP/1.1\r\nHost: api.x.test\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).not.toContain('200 OK');
  });

  it('another certificate is for the connections that follow; those that are open go on', async () => {
    using other = keep();
    await using server = secure();
    const at = await port(server);
    const before = await handshake(at, ca, 'api.x.test');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await post(at, GOOD, agent)).status).toBe(200);
    server.secure(other.pair);
    expect((await post(at, GOOD, agent)).status).toBe(200);
    agent.destroy();
    const otherCa = readFileSync(other.authorityFile, 'utf8');
    const after = await handshake(at, otherCa, 'api.x.test');
    expect([before, after].map((seen) => (seen as X509Certificate).serialNumber)).toEqual(
      [kept, other].map(({ pair }) => new X509Certificate(pair.certificates).serialNumber),
    );
    expect(await handshake(at, ca, 'api.x.test')).toMatch(/UNABLE_TO_VERIFY|signature failure|SELF_SIGNED/i);
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(at, otherCa, 'api.x.test', old)).toMatch(
      /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|no protocols/i,
    );
  });

  it('a server of plain HTTP takes no certificate', async () => {
    await using server = engine();
    expect(() => server.secure(kept.pair)).toThrow(TypeError);
  });

  it('is asked for by every answer in production, and taken back in development (00 §3.1)', async () => {
    await using production = secure({ development: false });
    expect((await post(await port(production), GOOD)).headers['strict-transport-security']).toBe(
      'max-age=31536000; includeSubDomains',
    );
    await using development = secure();
    expect((await post(await port(development), GOOD)).headers['strict-transport-security']).toBe('max-age=0');
  });
});
