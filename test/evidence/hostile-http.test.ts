import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PosternProcess, spawnPostern } from '../helpers/postern.js';
import { api, type Client, createClient, inParallel } from './client.js';
import { FULL, figure, rounds } from './figures.js';
import { type Heard, say } from './raw-socket.js';

const folder = mkdtempSync(join(tmpdir(), 'postern-hostile-'));
let postern: PosternProcess;
let client: Client;
let port: number;
let token: string;
let path: string;
beforeAll(async () => {
  postern = await spawnPostern(['--port', '0', '--data', folder, '--log-level', 'debug']);
  client = await createClient(postern, 4);
  token = client.token();
  const node = api(postern, client);
  const url = new URL(node.flows);
  port = Number(url.port);
  path = url.pathname;
  body = JSON.stringify({
    user: { id: node.user },
    selectedDevice: { oneTime: { type: 'SMS', phone: '+14135550150', testMode: true } },
  });
});
afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await postern.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

let body = '';
const head = (...lines: readonly string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    ...lines,
    '',
    '',
  ].join('\r\n');
const length = (text = body): string => `Content-Length: ${Buffer.byteLength(text)}`;
/** A whole request that would create a flow if it were read as one of its own. */
const smuggled = (): string => `${head(length())}${body}`;
const chunked = (...chunks: readonly string[]): string =>
  `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;

/** Flows that were created over a connection. */
const created = ({ raw }: Heard): number => (raw.match(/HTTP\/1\.1 201 /g) ?? []).length;

/** What must hold of any hostile bytes: no fault, refusals in the documented body, and no word of the inside. */
function expectDecent(heard: Heard): void {
  expect(heard.statuses.filter((status) => status >= 500)).toEqual([]);
  expect(heard.raw).not.toMatch(/node_modules|\bat \w+ \(|sqlite/i);
  for (const [, text = ''] of heard.raw.matchAll(/HTTP\/1\.1 4\d\d [\s\S]*?\r\n\r\n(\{[^\r\n]*\})/g))
    expect(Object.keys(JSON.parse(text)).every((key) => ['id', 'code', 'message', 'details'].includes(key))).toBe(true);
}

/** Framing that two parsers may read in two ways. Each carries a whole second request where one of them would find it. */
const AMBIGUOUS: readonly [string, () => string][] = [
  ['CL.TE', () => `${head(length(`0\r\n\r\n${smuggled()}`), 'Transfer-Encoding: chunked')}0\r\n\r\n${smuggled()}`],
  ['TE.CL', () => `${head('Transfer-Encoding: chunked', 'Content-Length: 4')}${chunked(smuggled())}`],
  ['two lengths', () => `${head(length(), 'Content-Length: 0')}${smuggled()}`],
  ['two equal lengths in one field', () => `${head(`${length()}, ${Buffer.byteLength(body)}`)}${smuggled()}`],
  ['a length with a plus', () => `${head(`Content-Length: +${body.length}`)}${smuggled()}`],
  ['a length in hexadecimal', () => `${head('Content-Length: 0x0')}${smuggled()}`],
  ['a negative length', () => `${head('Content-Length: -1')}${smuggled()}`],
  ['a length beyond 2^64', () => `${head('Content-Length: 18446744073709551616')}${smuggled()}`],
  ['a length with a space inside', () => `${head('Content-Length: 1 0')}${smuggled()}`],
  ['a space before the colon', () => `${head('Content-Length : 0')}${smuggled()}`],
  ['a folded field', () => `${head('Transfer-Encoding:\r\n chunked')}0\r\n\r\n${smuggled()}`],
  ['a folded length', () => `${head('X-A: b', ' Content-Length: 0')}${smuggled()}`],
  ['an unknown coding before chunked', () => `${head('Transfer-Encoding: xchunked')}0\r\n\r\n${smuggled()}`],
  ['chunked is not last', () => `${head('Transfer-Encoding: chunked, identity')}0\r\n\r\n${smuggled()}`],
  ['chunked in quotes', () => `${head('Transfer-Encoding: "chunked"')}0\r\n\r\n${smuggled()}`],
  ['a vertical tab before chunked', () => `${head('Transfer-Encoding: \x0bchunked')}0\r\n\r\n${smuggled()}`],
  ['two codings', () => `${head('Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${smuggled()}`],
  ['bare LF after the fields', () => `${head(length()).replaceAll('\r\n', '\n')}${smuggled()}`],
  ['bare LF in a field', () => `${head('X-A: b\nContent-Length: 0')}${smuggled()}`],
  ['bare CR in a field', () => `${head('X-A: b\rContent-Length: 0')}${smuggled()}`],
  ['NUL in a field', () => `${head('X-A: b\x00c')}${smuggled()}`],
  ['a field without a name', () => `${head(': b')}${smuggled()}`],
  ['a chunk size with a sign', () => `${head('Transfer-Encoding: chunked')}+0\r\n\r\n${smuggled()}`],
  ['a chunk size beyond 2^64', () => `${head('Transfer-Encoding: chunked')}10000000000000000\r\n${smuggled()}`],
  [
    'a chunk that does not end where it says',
    () => `${head('Transfer-Encoding: chunked')}5\r\n{}\r\n0\r\n\r\n${smuggled()}`,
  ],
  ['a chunk ended by bare LF', () => `${head('Transfer-Encoding: chunked')}0\n\n${smuggled()}`],
  [
    'HTTP/1.0 with chunks',
    () => `${head('Transfer-Encoding: chunked').replace('HTTP/1.1', 'HTTP/1.0')}0\r\n\r\n${smuggled()}`,
  ],
  ['HTTP/2.0 preface', () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${smuggled()}`],
  ['HTTP/0.9', () => `POST ${path}\r\n${smuggled()}`],
];

describe('ambiguous framing on a raw socket (SEC-55)', () => {
  // Side by side: each listens to its own connection for what must not come.
  it.concurrent.each(AMBIGUOUS)(
    '%s: at most one request is read, and what is refused ends the connection',
    async (_name, bytes) => {
      const heard = await say(port, { pieces: [bytes()] });
      expectDecent(heard);
      const [first = 0, ...later] = heard.statuses;
      if (first >= 400 && /HTTP\/1\.1 4\d\d[\s\S]*connection: close/i.test(heard.raw)) {
        expect(heard.closed).toBe(true);
        expect(later).toEqual([]);
      }
      expect(created(heard)).toBe(0);
    },
  );

  it('a control: the same request, framed well, is read once, by length, by chunks, with chunk extensions and trailers', async () => {
    const chunks = [body.slice(0, 9), body.slice(9)];
    const te = head('Transfer-Encoding: chunked', 'Connection: close');
    const extended = `9;a=b;c="d"\r\n${chunks[0]}\r\n${chunks[1]?.length.toString(16)};e\r\n${chunks[1]}\r\n0\r\nX-Trailer: y\r\n\r\n`;
    for (const bytes of [
      `${head(length(), 'Connection: close')}${body}`,
      `${te}${chunked(...chunks)}`,
      `${te}${extended}`,
    ])
      expect((await say(port, { pieces: [bytes], patience: 3_000 })).statuses).toEqual([201]);
  });

  it('pipelined requests are answered in order, each with its own answer', async () => {
    const many = 20;
    const pieces = [Array.from({ length: many }, () => smuggled()).join('')];
    const heard = await say(port, { pieces, patience: 2_000 });
    expect(heard.statuses).toEqual(Array(many).fill(201));
    expect(new Set(heard.raw.match(/correlation-id: \S+/g)).size).toBe(many);
  });
});

describe('too much of everything (SEC-53, SEC-55)', () => {
  const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const sized = (text: string): string => `${head(length(text), 'Connection: close')}${text}`;
  const CASES: readonly [string, () => string, readonly number[]][] = [
    ['a URL of 9 KiB', () => smuggled().replace(path, `${path}?${'x'.repeat(9_000)}`), [414]],
    ['a URL of 20 KiB', () => smuggled().replace(path, `${path}?${'x'.repeat(20_000)}`), [431]],
    ['200 fields', () => head(...Array.from({ length: 200 }, (_, n) => `X-${n}: y`), length()), [431]],
    ['a field of 20 KiB', () => head(`X-A: ${'y'.repeat(20_000)}`), [431]],
    [
      'a chunk extension of 20 KiB',
      () => `${head('Transfer-Encoding: chunked')}1;${'x'.repeat(20_000)}\r\n{\r\n`,
      [413],
    ],
    ['a body of 200 KB', () => sized(`"${'x'.repeat(200_000)}"`), [413]],
    ['100,000 levels', () => sized(nested(50_000)), [400]],
    ['a million digits', () => sized(`{"user":${'9'.repeat(100_000)}}`), [400]],
    ['20,000 members', () => sized(`{${Array.from({ length: 10_000 }, (_, n) => `"k${n}":1`).join()}}`), [400]],
    ['a key twice', () => sized('{"user":{"id":"a"},"user":{"id":"b"}}'), [400]],
    ['__proto__', () => sized('{"__proto__":{"user":{"id":"a"}}}'), [400]],
    ['a lone surrogate', () => sized('{"user":{"id":"\\ud800"}}'), [400]],
    ['invalid UTF-8', () => `${head('Content-Length: 20', 'Connection: close')}{"user":{"id":"\xff\xfe"}}`, [400]],
    ['a path of dots', () => smuggled().replace(path, '/../../../../etc/passwd'), [404]],
    ['an absolute form', () => smuggled().replace(path, `http://elsewhere${path}`), [404, 201]],
    [
      'TLS',
      () =>
        readFileSync(new URL('../gateways/fakes/localhost-cert.pem', import.meta.url), 'latin1').replace(
          /^/,
          '\x16\x03\x01\x02\x00',
        ),
      [400],
    ],
  ];

  it.concurrent.each(CASES)('%s', async (_name, bytes, statuses) => {
    const heard = await say(port, { pieces: [bytes()], patience: 2_000 });
    expectDecent(heard);
    expect(statuses).toContain(heard.statuses[0]);
  });

  it(`${rounds(300, 5_000)} connections of random bytes, cut off anywhere, leave the server as it was`, {
    timeout: 600_000,
  }, async () => {
    const before = rss(postern.pid);
    const good = smuggled();
    await inParallel(rounds(300, 5_000), 50, async (index) => {
      const bytes = Buffer.from(good, 'latin1').subarray(0, Math.floor(Math.random() * good.length));
      for (let n = 0; n < index % 4; n++)
        bytes[Math.floor(Math.random() * bytes.length)] = Math.floor(Math.random() * 256);
      const heard = await say(port, { pieces: [bytes], patience: 30, end: index % 2 === 0 });
      expectDecent(heard);
    });
    const grown = rss(postern.pid) - before;
    expect(grown).toBeLessThan(200);
    expect((await say(port, { pieces: [good], patience: 3_000 })).statuses).toEqual([201]);
    figure(
      'hostile-http',
      'random bytes',
      `${rounds(300, 5_000)} connections cut off or garbled: 0 × 5xx; resident memory ${grown >= 0 ? '+' : ''}${grown} MB`,
    );
  });

  it.runIf(FULL)(
    'slow clients: headers end after 10 s, bodies after 30 s, and others are served meanwhile (SEC-55)',
    { timeout: 120_000 },
    async () => {
      const drip = (text: string, every: number) => ({ pieces: [...text], pause: every, patience: 40_000 });
      const slow = Promise.all([
        ...Array.from({ length: 50 }, () => say(port, drip(head(length()).slice(0, 200), 500))),
        ...Array.from({ length: 50 }, () =>
          say(port, { pieces: [head(length()), ...body], pause: 1_000, patience: 40_000 }),
        ),
        ...Array.from({ length: 50 }, () => say(port, { pieces: [head(length())], patience: 40_000 })),
      ]);
      const delays: number[] = [];
      let waiting = true;
      void slow.then(() => {
        waiting = false;
      });
      while (waiting)
        delays.push(
          (await say(port, { pieces: [`${head(length(), 'Connection: close')}${body}`], patience: 5_000 })).millis,
        );
      const heard = await slow;
      for (const one of heard) {
        expect(one.closed).toBe(true);
        expect(one.statuses).toEqual([408]);
        expect(one.millis).toBeLessThan(40_000);
      }
      figure(
        'hostile-http',
        'slow clients',
        `150 slow clients, all answered 408 within ${Math.ceil(Math.max(...heard.map(({ millis }) => millis)) / 1_000)} s; ${delays.length} others served meanwhile, slowest ${Math.round(Math.max(...delays))} ms`,
      );
    },
  );

  it('nothing of it was a fault, and no header or body is in the log (SEC-71)', () => {
    expect(postern.output()).not.toMatch(/"level":"error"/);
    expect(postern.output()).not.toContain(token);
    expect(postern.output()).not.toContain('+14135550150');
    figure(
      'hostile-http',
      'ambiguous framing and sizes',
      `${AMBIGUOUS.length + CASES.length} kinds, no second request read, every refusal in the documented body, no fault logged`,
    );
  });
});

/** Resident memory in MB. */
const rss = (pid: number): number =>
  Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024);
