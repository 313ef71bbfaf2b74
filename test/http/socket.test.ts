import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { answerClientError } from '../../src/http/client-error.js';
import { engine, THING, THING_PATH, THINGS } from './engine.js';
import { readClosed, speak } from './socket.js';

const body = '{"name":"one","kind":"SMS"}';
const lines = (...extra: string[]) => ['Host: x', 'Connection: close', ...extra];
const request = (start: string, headers: readonly string[], payload = '') =>
  `${start}\r\n${headers.join('\r\n')}\r\n\r\n${payload}`;
const post = (headers: readonly string[], payload = body) => request(`POST ${THINGS} HTTP/1.1`, headers, payload);
const good = ['Authorization: Bearer admin', 'Content-Type: application/json', `Content-Length: ${body.length}`];

describe('over a real connection', () => {
  it('answers', async () => {
    await using server = engine();
    expect((await speak(server, post(lines(...good)))).status).toBe(200);
  });

  it('two Authorization headers are no token (SEC-48)', async () => {
    await using server = engine();
    expect((await speak(server, post(lines(...good, 'Authorization: Bearer admin')))).status).toBe(401);
  });

  it('two Content-Type headers are no type (SEC-52)', async () => {
    await using server = engine();
    expect((await speak(server, post(lines(...good, 'Content-Type: application/json')))).status).toBe(415);
  });

  it('the type of an action may follow a line of plain JSON, where plain JSON is nothing (SEC-52)', async () => {
    await using server = engine();
    const unlock = 'application/vnd.pingidentity.thing.unlock+json';
    const check = 'application/vnd.pingidentity.otp.check+json';
    const admin = 'Authorization: Bearer admin';
    const typed = (types: readonly string[]) => types.map((type) => `Content-Type: ${type}`);
    const head = (...types: readonly string[]) => lines(admin, 'Content-Length: 16', ...typed(types));
    const sent = async (path: string, ...types: string[]) =>
      (await speak(server, request(`POST ${path} HTTP/1.1`, head(...types), '{"otp":"123456"}'))).status;
    expect(await sent(THING_PATH, 'application/json', unlock)).toBe(200);
    expect(await sent(THING_PATH, 'application/json', check)).toBe(200);
    const refused = [
      [unlock, 'application/json'],
      ['application/json', unlock, unlock],
      ['application/json', 'application/json'],
      ['application/json; charset=utf-8', check],
      ['application/json', `${check}; charset=utf-8`],
      ['application/json', check.toUpperCase()],
      ['application/json', 'application/vnd.pingidentity.unknown+json'],
      ['text/plain', unlock],
    ];
    for (const types of refused) expect([types, await sent(THING_PATH, ...types)]).toEqual([types, 415]);
  });

  it('the token is checked before the body is read', async () => {
    await using server = engine();
    const headers = lines(
      'Authorization: Bearer nobody-knows',
      'Content-Type: application/json',
      'Content-Length: 1000',
    );
    expect((await speak(server, post(headers, '{'))).status).toBe(401);
  });

  it('a chunked body is read, and refused once it is too large', async () => {
    await using server = engine();
    const chunked = lines(
      'Authorization: Bearer admin',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    );
    const chunk = (content: string) => `${content.length.toString(16)}\r\n${content}\r\n`;
    const fine = await speak(server, post(chunked, `${chunk(body.slice(0, 9))}${chunk(body.slice(9))}0\r\n\r\n`));
    expect(fine.status).toBe(200);
    const large = await speak(server, post(chunked, `${chunk(' '.repeat(70_000)).repeat(2)}0\r\n\r\n`));
    expect([large.status, JSON.parse(large.text).code]).toEqual([413, 'INVALID_REQUEST']);
  });

  it.each<[string, string, number]>([
    ['both lengths', post(lines(...good, 'Transfer-Encoding: chunked')), 400],
    ['two lengths', post(lines(...good, 'Content-Length: 5')), 400],
    ['a bad length', post(lines('Content-Length: abc')), 400],
    ['a folded header', post(lines(...good, ' folded')), 400],
    ['a bad method', request('BREW / HTTP/1.1', lines()), 400],
    ['nonsense', 'hello\r\n\r\n', 400],
    ['no host', request(`GET ${THING_PATH} HTTP/1.1`, ['Connection: close']), 400],
    ['two hosts', request(`GET ${THING_PATH} HTTP/1.1`, lines('Host: y')), 400],
    ['headers beyond 16 KiB', post(lines(...good, `X-Large: ${'x'.repeat(17_000)}`)), 431],
  ])('%s: the documented body, and the connection ends (SEC-55)', async (_name, bytes, status) => {
    await using server = engine();
    const answer = await speak(server, bytes);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      id: answer.headers['correlation-id'],
      code: 'INVALID_REQUEST',
      message: expect.any(String),
    });
    expect(answer.headers['connection']).toBe('close');
  });

  it('a body that is framed badly gets the documented answer too', async () => {
    await using server = engine();
    const chunked = lines(
      'Authorization: Bearer admin',
      'Content-Type: application/json',
      'Transfer-Encoding: chunked',
    );
    const answer = await speak(server, post(chunked, '5\r\n{"nam\r\nzz\r\n'));
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'INVALID_REQUEST']);
  });

  it.each(['TRACE', 'PROPFIND', 'QUERY'])('%s is 405 on a known path', async (method) => {
    await using server = engine();
    expect((await speak(server, request(`${method} ${THING_PATH} HTTP/1.1`, lines()))).status).toBe(405);
  });

  it('an expectation that nobody knows is ignored', async () => {
    await using server = engine();
    expect((await speak(server, post(lines(...good, 'Expect: something')))).status).toBe(200);
  });

  it('several requests in one packet get their answers in order', async () => {
    await using server = engine();
    const keep = ['Host: x', ...good];
    const { raw } = await speak(
      server,
      post(keep) + request(`GET ${THING_PATH} HTTP/1.1`, lines('Authorization: Bearer admin')),
    );
    expect(raw.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(raw.indexOf('thing.create')).toBeLessThan(raw.indexOf('thing.read'));
  });

  it('a client that goes away in the middle of its body leaves nothing behind', async () => {
    await using server = engine();
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1');
    socket.write(
      post(lines('Authorization: Bearer admin', 'Content-Type: application/json', 'Content-Length: 100'), '{'),
    );
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await server.drain();
  });
});

describe('what never becomes a request', () => {
  it.each([
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'Request Timeout'],
    ['HPE_HEADER_OVERFLOW', 431, 'Request Header Fields Too Large'],
    ['HPE_INVALID_METHOD', 400, 'Bad Request'],
  ])('%s is %i, with the usual headers', async (code, status, reason) => {
    const listener = createServer((socket) =>
      answerClientError({ code }, socket, THING, { 'x-frame-options': 'DENY' }),
    );
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const address = listener.address();
    const answer = await readClosed(typeof address === 'object' && address ? address.port : 0, '');
    listener.close();
    expect(answer.raw).toMatch(`HTTP/1.1 ${status} ${reason}`);
    expect(answer.headers).toMatchObject({ 'correlation-id': THING, 'x-frame-options': 'DENY', connection: 'close' });
    expect(JSON.parse(answer.text)).toEqual({ id: THING, code: 'INVALID_REQUEST', message: expect.any(String) });
  });
});

describe('raw routes', () => {
  it('get query and body, and answer as they stand', async () => {
    await using server = engine({
      rawRoutes: [
        {
          method: 'POST',
          path: '/page',
          handle: async ({ query, body: sent, header }) => ({
            status: 201,
            headers: { 'content-type': 'text/html' },
            body: `${query.get('a')} ${sent} ${header('x-a')}`,
          }),
        },
      ],
    });
    const answer = await server.inject({ method: 'POST', url: '/page?a=1', payload: 'two', headers: { 'x-a': '3' } });
    expect([answer.statusCode, answer.headers['content-type'], answer.payload]).toEqual([201, 'text/html', '1 two 3']);
  });

  it('a stream is written as it comes, and told when the client goes away', async () => {
    let ended: () => void = () => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    async function* events(signal: AbortSignal): AsyncGenerator<string> {
      yield 'data: 1\n\n';
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended();
    }
    const headers = { 'content-type': 'text/event-stream' };
    await using server = engine({
      rawRoutes: [
        {
          method: 'GET',
          path: '/events',
          handle: async ({ signal }) => ({ status: 200, headers, body: events(signal) }),
        },
      ],
    });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1');
    socket.write(request('GET /events HTTP/1.1', ['Host: x']));
    const first = await new Promise<string>((resolve) => {
      let seen = '';
      socket.on('data', (chunk) => {
        seen += chunk.toString();
        if (seen.includes('data: 1')) resolve(seen);
      });
    });
    expect(first).toContain('text/event-stream');
    socket.destroy();
    await end;
  });

  it('a page that fails is 500 and says nothing', async () => {
    await using server = engine({
      rawRoutes: [{ method: 'GET', path: '/page', handle: () => Promise.reject(new Error('secret')) }],
    });
    const answer = await server.inject({ method: 'GET', url: '/page' });
    expect([answer.statusCode, answer.payload.includes('secret')]).toEqual([500, false]);
  });
});

describe('health and leaving (SEC-83, SEC-84)', () => {
  it('is live, and ready when the store is; neither needs a token nor tells why not', async () => {
    await using ready = engine();
    expect((await ready.inject({ url: '/livez' })).statusCode).toBe(200);
    expect((await ready.inject({ url: '/readyz' })).statusCode).toBe(200);
    await using waiting = engine({ store: { check: async () => ({ ready: false, reason: 'disk full on /data' }) } });
    const answer = await waiting.inject({ url: '/readyz' });
    expect([answer.statusCode, answer.payload]).toEqual([503, 'not ready\n']);
    expect((await waiting.inject({ url: '/livez' })).statusCode).toBe(200);
    await using failing = engine({ store: { check: () => Promise.reject(new Error('away')) } });
    expect((await failing.inject({ url: '/readyz' })).statusCode).toBe(503);
  });

  it('is not ready at once, answers what is in flight, and then takes no more', async () => {
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using server = engine({
      drainGrace: 50,
      rawRoutes: [
        {
          method: 'GET',
          path: '/slow',
          async handle() {
            arrived();
            await released;
            return { status: 200, headers: {}, body: 'done' };
          },
        },
      ],
    });
    const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
    const slow = connect(port, '127.0.0.1');
    slow.write(request('GET /slow HTTP/1.1', ['Host: x']));
    await arrival;
    const drained = server.drain();
    const probe = await readClosed(port, request('GET /readyz HTTP/1.1', ['Host: x']));
    expect(probe.status).toBe(503);
    // A connection that stays open otherwise: it ends with its answer.
    const late = await readClosed(
      port,
      request(`GET ${THING_PATH} HTTP/1.1`, ['Host: x', 'Authorization: Bearer admin']),
    );
    expect([late.status, late.headers['connection']]).toEqual([200, 'close']);
    release();
    expect(await text(slow)).toMatch(/200 OK[\s\S]*done/);
    await drained;
    await expect(readClosed(port, request('GET /livez HTTP/1.1', ['Host: x']))).rejects.toThrow(/ECONNREFUSED/);
  });
});
