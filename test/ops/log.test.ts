import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printableFields } from '../../src/app/log-fields.js';
import { scrubbed } from '../../src/app/log-text.js';
import { createLogger, type ProcessLog } from '../../src/app/logger.js';
import { monotonicMillis } from '../../src/kernel/clock.js';
import { Redacted, Sealed } from '../../src/kernel/sealed.js';

const UUID = '01a20312-6444-7144-9389-123456789012';
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJqbyJ9.c2lnbmF0dXJlc2lnbmF0dXJl';
const CANARIES = ['917355', '+14135550150', 'jo.miller@example.org', TOKEN, 'c2VjcmV0LW9mLXRoZS1jbGllbnQtMDEyMzQ1'];

const printed = (fields: object): string => JSON.stringify(printableFields(fields));

describe('what is scrubbed from texts (SEC-71)', () => {
  it.each([
    ['the code is 917355.', 'the code is [redacted].'],
    ['otp=917355&x=1', 'otp=[redacted]&x=1'],
    ['otp:917355', 'otp:[redacted]'],
    ['{"otp":"1234"}', '{"otp":"[redacted]"}'],
    ['to +1 (413) 555-0150 now', 'to [redacted] now'],
    ['14135550150', '[redacted]'],
    ['Key (contact)=(Jo.Miller+x@sub.example.org) exists', 'Key (contact)=([redacted]) exists'],
    ['<jo@example.org>: no such user', '<[redacted]>: no such user'],
    [`Bearer ${TOKEN}`, 'Bearer [redacted]'],
    ['key q83vEjRWeJASNFZ4kBI0VniQEjRWeJASNFZ4kBI0Vng=', 'key [redacted]'],
    ['key q83vEjRW+JASNFZ4kBI0VniQEjRWeJAS/FZ4kBI0Vng=', 'key [redacted]'],
    [
      'connect postgres://postern:pass%40word@db.internal:5432/mfa',
      'connect postgres://[redacted]@db.internal:5432/mfa',
    ],
    ['left\u2028right\u009b2J\u202e', 'left\\u2028right\\u009b2J\\u202e'],
  ])('%s', (text, expected) => {
    expect(scrubbed(text)).toBe(expected);
  });

  it.each([
    UUID,
    `environment ${UUID} has no signing key`,
    '2026-11-22T11:44:26.811Z',
    'connect ECONNREFUSED 127.0.0.1:5432',
    'connect ECONNREFUSED db.internal:5432',
    'deviceAuthentication.otp.check',
    'took 12.345678 ms',
    'the wait took too long',
    '    at GroupCommit.#batch (file:///opt/postern/dist/storage/sql/dialects/group-commit.js:1234:56)',
  ])('and what stays: %s', (text) => {
    expect(scrubbed(text)).toBe(text);
  });
});

/** Throws at every look of the given kinds. */
function throwing(target: object, traps: readonly string[]): object {
  const refuse = (): never => {
    throw new Error('no');
  };
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'];

type Recipe = () => unknown;
const made = (recipes: object): object =>
  Object.fromEntries(Object.entries(recipes).map(([key, recipe]: [string, Recipe]) => [key, recipe()]));

/**
 * Whatever a line may be given: plain values, errors whose members are anything, objects and arrays that throw when looked at. As
 * recipes, because the generator looks at what it has generated.
 */
const ANYTHING = fc.letrec<{ value: Recipe }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc
      .anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true })
      .map((value) => () => value),
    fc.constant(() => Symbol('s')),
    fc
      .record(
        { name: tie('value'), message: tie('value'), stack: tie('value'), cause: tie('value'), code: tie('value') },
        { requiredKeys: [] },
      )
      .map((members) => () => Object.assign(new Error('of our own'), made(members))),
    fc.array(tie('value')).map((errors) => () => new AggregateError(errors.map((recipe) => recipe()))),
    fc.tuple(fc.dictionary(fc.string(), tie('value')), fc.subarray(TRAPS)).map(
      ([members, traps]) =>
        () =>
          throwing(made(members), traps),
    ),
    fc.tuple(fc.array(tie('value')), fc.subarray(TRAPS)).map(
      ([items, traps]) =>
        () =>
          throwing(Object.values(made(items)), traps),
    ),
    tie('value').map((recipe) => () => ({ toJSON: recipe })),
    fc.constant(() => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }),
  ),
})).value;

describe('fields of a log line (SEC-71)', () => {
  it('are printed whatever they are, and a member that throws costs no other', () => {
    const message = 'it broke';
    for (const [key, value] of Object.entries({ stack: null, name: Symbol('s'), cause: throwing({}, TRAPS) }))
      expect(printableFields({ err: Object.assign(new Error(message), { [key]: value }) })).toMatchObject({
        err: { message },
      });
    expect(printableFields({ proxy: throwing([], TRAPS), n: 1 })).toEqual({ proxy: '[unreadable]', n: 1 });
    expect(printableFields(throwing({}, TRAPS))).toEqual({ fields: '[unreadable]' });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), ANYTHING), (recipes) => {
        expect(typeof printed(made(recipes))).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  it('have no canary, however deep it stands and whatever carries it', () => {
    for (const canary of CANARIES) {
      const carriers: object[] = [
        { text: canary },
        { text: `before ${canary} after` },
        { deep: { deeper: [{ text: canary }] } },
        { err: new Error(`failed for ${canary}`) },
        { err: new Error('outer', { cause: new Error(canary, { cause: { text: canary } }) }) },
        { err: new AggregateError([new Error(canary)], 'several') },
        { err: Object.assign(new Error('row'), { detail: canary, response: canary, code: canary }) },
        { secret: canary },
        { nested: { phone: canary, Authorization: `Bearer ${canary}`, to: [canary] } },
        { bytes: Buffer.from(canary), map: new Map([['key', canary]]), set: new Set([canary]) },
        { own: { toJSON: () => ({ text: canary }) } },
        { kept: new Redacted(canary), all: [new Redacted({ text: canary })] },
        { code: canary },
        { otp: Number(canary), CODE: canary },
      ];
      for (const fields of carriers) expect(printed(fields)).not.toContain(canary);
    }
  });

  it('print secret types as what they are', () => {
    const sealed = new Sealed('sealed-text', { table: 't', column: 'c', environmentId: 'e', row: 'r' });
    expect(printableFields({ one: new Redacted('x'), two: sealed })).toEqual({ one: '[redacted]', two: '[sealed]' });
  });

  it('keep what operators need: ids, numbers, the names of conditions, where it happened', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
    const refused = Object.assign(new Error('duplicate key', { cause }), { code: '23505' });
    const { err, ...rest } = printableFields({
      environmentId: UUID,
      status: 503,
      ms: 1.234567,
      code: 'ETIMEDOUT',
      err: refused,
    });
    expect(rest).toEqual({ environmentId: UUID, status: 503, ms: 1.234567, code: 'ETIMEDOUT' });
    expect(err).toMatchObject({
      type: 'Error',
      message: 'duplicate key',
      code: '23505',
      stack: expect.stringMatching(/^\s*at .*log\.test\.ts/),
      cause: { message: 'connect ECONNREFUSED 127.0.0.1:5432', code: 'ECONNREFUSED' },
    });
  });

  it('are cut where they have no end, and never throw', () => {
    const circular: Record<string, unknown> = { name: 'circle' };
    circular['self'] = circular;
    const hostile = {
      get broken(): string {
        throw new Error('no');
      },
      toJSON() {
        throw new Error('no');
      },
    };
    expect(printed({ circular, hostile: { ...circular, hostile } })).toContain('[…]');
    expect(printed({ wide: Array.from({ length: 1_000 }, (_, n) => `item ${n}`) }).length).toBeLessThan(2_000);
    expect(printed({ long: 'word '.repeat(100_000) }).length).toBeLessThan(10_000);
  });
});

/** A pipe that is read only when the test says so. */
class Pipe implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'postern-pipe-'));
  readonly fd: number;
  constructor() {
    const path = join(this.#folder, 'pipe');
    execFileSync('mkfifo', [path]);
    this.fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  }
  /** What has been written since the last time. */
  read(): string {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.alloc(65_536);
      try {
        chunks.push(chunk.subarray(0, readSync(this.fd, chunk)));
      } catch {
        return Buffer.concat(chunks).toString();
      }
    }
  }
  [Symbol.dispose](): void {
    closeSync(this.fd);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function readUntil(pipe: Pipe, pattern: RegExp, log: ProcessLog): Promise<string> {
  let text = '';
  for (let turn = 0; turn < 400 && !pattern.test(text); turn++) {
    text += pipe.read();
    // Whatever is logged makes a sink that had to wait try again.
    if (turn % 20 === 19) log.info({ turn }, 'still there');
    await delay(10);
  }
  return text;
}

describe('a log that nobody reads (SEC-82)', () => {
  it('drops lines and counts them instead of holding anybody up, and says so when it is read again', async () => {
    using pipe = new Pipe();
    const log = createLogger('info', { fd: pipe.fd, mostUnwrittenBytes: 100_000 });
    let slowest = 0;
    for (let n = 0; n < 5_000; n++) {
      const before = monotonicMillis();
      log.info({ n, text: 'x'.repeat(100) }, 'a line');
      slowest = Math.max(slowest, monotonicMillis() - before);
      if (n % 100 === 0) await delay(0);
    }
    expect(log.dropped()).toBeGreaterThan(1_000);
    expect(slowest).toBeLessThan(1_000);

    const told = /"lines":(\d+)[^\n]*log lines were dropped/;
    const text = await readUntil(pipe, told, log);
    expect(Number(told.exec(text)?.[1])).toBe(log.dropped());
    for (const line of text.split('\n').filter((one) => one !== '')) JSON.parse(line);
  });

  it('has one object a line, whatever a value holds', async () => {
    using pipe = new Pipe();
    const log = createLogger('debug', { fd: pipe.fd, mostUnwrittenBytes: 100_000 });
    log.debug({ text: 'first\r\n{"level":"error","msg":"forged"}\u001b[2J\u0000' }, 'an entry');
    const text = await readUntil(pipe, /an entry/, log);
    const [line = '', ...others] = text.split('\n');
    expect(others).toEqual(['']);
    expect(JSON.parse(line)).toMatchObject({ level: 'debug', msg: 'an entry', pid: process.pid });
    expect(line).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('the sources', () => {
  it('log values as fields and never inside the message (SEC-71)', () => {
    const root = new URL('../../src/', import.meta.url);
    const files = execFileSync('git', ['ls-files', '-z', '.'], { cwd: root }).toString().split('\0').filter(Boolean);
    const concatenated = /\b(?:logger|log)\.(?:debug|info|warn|error)\([^;]*`[^`]*\$\{/;
    for (const file of files.filter((name) => name.endsWith('.ts')))
      expect([file, concatenated.test(readFileSync(new URL(file, root), 'utf8'))]).toEqual([file, false]);
  });
});
