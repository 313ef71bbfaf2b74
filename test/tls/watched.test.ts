import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { days } from '../../src/kernel/duration.js';
import type { Logger } from '../../src/kernel/log.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { keepCertificate } from '../../src/tls/kept.js';
import type { TlsPair } from '../../src/tls/pair.js';
import { openWatchedPair, type WatchedPair } from '../../src/tls/watched.js';
import { type TestClock, testClock } from '../helpers/store.js';

let folder = '';
let serial = 0;
const fresh = (): string => mkdtempSync(join(folder, `${serial++}-`));
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-watched-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Pems {
  readonly certificate: string;
  readonly key: string;
}

/** A pair like any other. */
function pems(clock: TestClock = testClock()): Pems {
  using kept = keepCertificate(['localhost'], undefined, { random: createSystemRandom(), clock });
  return { certificate: kept.pair.certificates, key: kept.pair.key.reveal() };
}

function put(at: string, { certificate, key }: Partial<Pems>): { certificate: string; key: string } {
  const files = { certificate: join(at, 'cert.pem'), key: join(at, 'key.pem') };
  if (certificate !== undefined) writeFileSync(files.certificate, certificate);
  if (key !== undefined) writeFileSync(files.key, key);
  return files;
}

interface Watch extends AsyncDisposable {
  readonly watched: WatchedPair;
  readonly served: string[];
  /** `level: text`, and the reason behind a colon when there is one. */
  readonly log: string[];
}

async function watch(files: { certificate: string; key: string }, clock = testClock(), every = 60_000): Promise<Watch> {
  const log: string[] = [];
  const say = (level: string) => (fields: object, message: string) =>
    void log.push(`${level}: ${message}${'reason' in fields ? `: ${fields.reason}` : ''}`);
  const logger: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const watched = await openWatchedPair(files, { clock, logger, every });
  const served: string[] = [];
  watched.watch((pair: TlsPair) => served.push(pair.certificates));
  return { watched, served, log, [Symbol.asyncDispose]: () => watched[Symbol.asyncDispose]() };
}

describe('a certificate in files', () => {
  it('is served as it stands', async () => {
    const pair = pems();
    await using world = await watch(put(fresh(), pair));
    expect(world.watched.pair.certificates).toBe(pair.certificate);
    await world.watched.look();
    expect([world.served, world.log]).toEqual([[], []]);
  });

  it('is served anew when it is replaced, by renaming too', async () => {
    const at = fresh();
    const files = put(at, pems());
    await using world = await watch(files);
    const second = pems();
    put(at, second);
    await world.watched.look();
    const third = pems();
    const aside = put(fresh(), third);
    renameSync(aside.certificate, files.certificate);
    renameSync(aside.key, files.key);
    await world.watched.look();
    expect(world.served).toEqual([second.certificate, third.certificate]);
    expect(world.log).toEqual(['info: another certificate is served', 'info: another certificate is served']);
  });

  it('is noticed behind links to other folders, without being told', async () => {
    const [at, before, after] = [fresh(), fresh(), fresh()];
    put(before, pems());
    const second = pems();
    put(after, second);
    const link = join(at, 'live');
    symlinkSync(before, link);
    await using world = await watch(
      { certificate: join(link, 'cert.pem'), key: join(link, 'key.pem') },
      testClock(),
      5,
    );
    unlinkSync(link);
    symlinkSync(after, link);
    await vi.waitFor(() => expect(world.served).toEqual([second.certificate]));
  });

  it('that does not fit its key leaves the one before in force, and the log says why, once', async () => {
    const at = fresh();
    const files = put(at, pems());
    await using world = await watch(files);
    const second = pems();
    put(at, { certificate: second.certificate });
    await world.watched.look();
    await world.watched.look();
    expect(world.served).toEqual([]);
    expect(world.log).toEqual([
      `error: the certificate was changed to one that cannot be served; the one before goes on: ${files.key} is not the key of the first certificate`,
    ]);
    put(at, { key: second.key });
    await world.watched.look();
    expect(world.served).toEqual([second.certificate]);
  });

  it('that stays wrong is reported without being asked, and served once it is right', async () => {
    const at = fresh();
    put(at, pems());
    await using world = await watch(put(at, {}), testClock(), 5);
    const second = pems();
    const errors = () => world.log.filter((line) => line.startsWith('error'));
    put(at, { certificate: second.certificate });
    await vi.waitFor(() => expect(errors()).toHaveLength(1));
    put(at, { key: second.key });
    await vi.waitFor(() => expect(world.served).toEqual([second.certificate]));
    expect(errors()).toHaveLength(1);
  });

  it('that is taken away leaves the one before in force', async () => {
    const at = fresh();
    const files = put(at, pems());
    await using world = await watch(files);
    unlinkSync(files.certificate);
    await world.watched.look();
    expect(world.served).toEqual([]);
    expect(world.log[0]).toContain(`${files.certificate} cannot be read (ENOENT)`);
  });

  it.each([
    ['soon', 390, 'warn: the certificate runs out soon: replace the file'],
    ['no more', 400, 'error: the certificate has run out, clients refuse it: replace the file'],
  ])('that lives %s is reported', async (_how, later, line) => {
    const clock = testClock();
    const files = put(fresh(), pems(clock));
    clock.advance(days(later));
    await using world = await watch(files, clock, 1);
    await vi.waitFor(() => expect(world.log).toEqual([line]));
  });
});

describe('no server is made with', () => {
  const good = pems();
  const locked = `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${Buffer.alloc(64).toString('base64')}\n-----END ENCRYPTED PRIVATE KEY-----\n`;
  it.each<[string, Partial<Pems>, RegExp]>([
    ['a file that is not there', { key: good.key }, /cert\.pem cannot be read \(ENOENT\): name the files/],
    [
      'a key that is not there',
      { certificate: good.certificate },
      /key\.pem cannot be read \(ENOENT\): name the files/,
    ],
    ['the key of another', { certificate: good.certificate, key: pems().key }, /key\.pem is not the key of the first/],
    ['no certificate', { certificate: good.key, key: good.key }, /cert\.pem holds no certificate in PEM form/],
    ['no key', { certificate: good.certificate, key: good.certificate }, /key\.pem holds no private key/],
    ['a key behind a passphrase', { certificate: good.certificate, key: locked }, /or one with a passphrase/],
    [
      'a broken chain',
      { certificate: good.certificate + good.certificate.replace(/\nMI.*\n/, '\nMIIA\n'), key: good.key },
      /cert\.pem cannot be served/,
    ],
  ])('%s', async (_what, parts, message) => {
    const files = put(fresh(), parts);
    const opened = openWatchedPair(files, {
      clock: testClock(),
      logger: { debug() {}, info() {}, warn() {}, error() {} },
    });
    await expect(opened).rejects.toThrow(message);
    await expect(opened).rejects.toMatchObject({ name: 'CertificateError' });
    await expect(opened).rejects.not.toThrow(/PRIVATE/);
  });
});
