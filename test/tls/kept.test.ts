import { createPrivateKey, createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../src/kernel/duration.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { authorityCertificate, serverCertificate } from '../../src/tls/certificate.js';
import { keepCertificate } from '../../src/tls/kept.js';
import { firstCertificate } from '../../src/tls/pair.js';
import { testClock } from '../helpers/store.js';
import { handshakeWith } from './handshake.js';

const NAMES = ['api.postern.test', 'auth.postern.test', 'localhost', '127.0.0.1', '::1', '2001:db8::a:0:7'];
const random = createSystemRandom();

let folder = '';
let serial = 0;
const fresh = (): string => join(folder, `tls-${serial++}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-kept-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Clients check dates by the clock of the machine.
const now = () => testClock(Date.now());
const keep = (directory: string | undefined, names: readonly string[] = NAMES, clock = now()) =>
  keepCertificate(names, directory, { random, clock });
const parsed = (pem: string): X509Certificate => new X509Certificate(pem);
const serialOf = (pem: string): string => parsed(pem).serialNumber;

describe('the certificate of a development server', () => {
  it('is taken for each of its names by a client that trusts the authority, and for no other', async () => {
    using kept = keep(fresh());
    const ca = readFileSync(kept.authorityFile, 'utf8');
    for (const name of NAMES.slice(0, 3))
      expect(await handshakeWith(kept.pair, ca, name)).toBeInstanceOf(X509Certificate);
    expect(await handshakeWith(kept.pair, ca, 'www.postern.test')).toMatch(/ALTNAME_INVALID/);
    const own = parsed(kept.pair.certificates);
    for (const address of NAMES.slice(3)) expect(own.checkIP(address)).toBe(address);
    expect(own.checkIP('127.0.0.2')).toBeUndefined();
  });

  it('is for servers only, and shorter than the 398 days that clients take', () => {
    const clock = testClock();
    using kept = keep(fresh(), NAMES, clock);
    const own = parsed(kept.pair.certificates);
    expect(own.ca).toBe(false);
    expect(own.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(Date.parse(own.validTo) - Date.parse(own.validFrom)).toBeLessThan(days(398));
    expect(Date.parse(own.validFrom)).toBeLessThan(clock.now());
  });

  it('is used again by the next start, whichever of its names that one asks for', () => {
    const directory = fresh();
    using first = keep(directory);
    using second = keep(directory, NAMES.slice(1, 3));
    expect(second.pair.certificates).toBe(first.pair.certificates);
    expect(second.pair.key.reveal()).toBe(first.pair.key.reveal());
    expect([first.isReplaced, second.isReplaced]).toEqual([false, false]);
  });

  it('keeps keys to their owner', () => {
    const directory = fresh();
    using kept = keep(directory);
    for (const name of ['ca.key', 'server.key']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(JSON.stringify(kept)).not.toContain('PRIVATE');
  });

  it('is renewed by the same authority before it runs out', () => {
    const directory = fresh();
    const clock = testClock();
    using first = keep(directory, NAMES, clock);
    clock.advance(days(210));
    using same = keep(directory, NAMES, clock);
    expect(serialOf(same.pair.certificates)).toBe(serialOf(first.pair.certificates));
    clock.advance(days(10));
    using renewed = keep(directory, NAMES.slice(0, 1), clock);
    expect(serialOf(renewed.pair.certificates)).not.toBe(serialOf(first.pair.certificates));
    expect(parsed(renewed.pair.certificates).subjectAltName).toBe(parsed(first.pair.certificates).subjectAltName);
    expect(renewed.isReplaced).toBe(false);
    const authority = parsed(readFileSync(renewed.authorityFile, 'utf8'));
    expect(parsed(renewed.pair.certificates).verify(authority.publicKey)).toBe(true);
  });

  it.each<[string, (directory: string) => void, readonly string[], number]>([
    ['a name is new', () => {}, [...NAMES, 'new.postern.test'], 0],
    ['the authority runs out', () => {}, NAMES, 3_300],
    ['the authority’s key is another', (at) => writeFileSync(join(at, 'ca.key'), otherKey()), NAMES, 0],
    ['a file is damaged', (at) => writeFileSync(join(at, 'server.pem'), 'nonsense'), NAMES, 0],
  ])('and its authority are made anew when %s', (_why, change, names, later) => {
    const directory = fresh();
    const clock = testClock();
    using first = keep(directory, NAMES, clock);
    const before = readFileSync(first.authorityFile, 'utf8');
    change(directory);
    clock.advance(days(later));
    using second = keep(directory, names, clock);
    expect(second.isReplaced).toBe(true);
    expect(serialOf(readFileSync(second.authorityFile, 'utf8'))).not.toBe(serialOf(before));
    using third = keep(directory, names, clock);
    expect(third.pair.certificates).toBe(second.pair.certificates);
  });

  it('is made anew alone when its key is another', () => {
    const directory = fresh();
    using first = keep(directory);
    writeFileSync(join(directory, 'server.key'), otherKey());
    using second = keep(directory);
    expect(second.isReplaced).toBe(false);
    expect(serialOf(second.pair.certificates)).not.toBe(serialOf(first.pair.certificates));
  });

  it('without a directory is forgotten at the end, with the file of its authority', async () => {
    const kept = keep(undefined);
    const ca = readFileSync(kept.authorityFile, 'utf8');
    expect(await handshakeWith(kept.pair, ca, 'localhost')).toBeInstanceOf(X509Certificate);
    kept[Symbol.dispose]();
    expect(existsSync(kept.authorityFile)).toBe(false);
  });
});

describe('the authority', () => {
  const key = newKey();
  const authority = { name: 'Test CA', key };
  const terms = { serial: random.bytes(16), from: Date.now() - 1_000, until: Date.now() + days(1) };
  const ca = authorityCertificate(authority, ['postern.test', '127.0.0.1'], terms);

  const signed = (names: readonly string[], over = authority) => {
    const own = newKey();
    const certificates = serverCertificate(over, createPublicKey(own), names, terms);
    return {
      certificates,
      key: new Redacted(own.export({ type: 'pkcs8', format: 'pem' }).toString()),
      until: terms.until,
    };
  };

  it('vouches for its names and what is below them, and clients believe it nothing else', async () => {
    expect(await handshakeWith(signed(['api.postern.test']), ca, 'api.postern.test')).toBeInstanceOf(X509Certificate);
    // A client that trusts it is not harmed by whoever steals its key.
    expect(await handshakeWith(signed(['bank.example']), ca, 'bank.example')).toMatch(/permitted subtree violation/);
    expect(await handshakeWith(signed(['postern.test', '10.0.0.1']), ca, 'postern.test')).toMatch(
      /permitted subtree violation/,
    );
  });

  it('signs itself, and servers alone: its path length is 0', () => {
    expect([parsed(ca).ca, parsed(ca).checkPrivateKey(key), parsed(ca).verify(createPublicKey(key))]).toEqual([
      true,
      true,
      true,
    ]);
    // BasicConstraints { cA TRUE, pathLenConstraint 0 }, which Node does not show.
    expect(parsed(ca).raw.includes(Buffer.from('30060101ff020100', 'hex'))).toBe(true);
  });

  it.each([
    ['before 2050', Date.UTC(2049, 11, 31, 23, 59, 59), 'Dec 31 23:59:59 2049 GMT'],
    ['after it', Date.UTC(2050, 0, 1), 'Jan  1 00:00:00 2050 GMT'],
  ])('says when it runs out, %s', (_when, until, text) => {
    expect(parsed(authorityCertificate(authority, ['a.test'], { ...terms, until })).validTo).toBe(text);
  });

  it.each([`${'00'.repeat(15)}01`, `00${'80'.repeat(15)}`, `ff${'00'.repeat(15)}`, `7f${'ff'.repeat(15)}`])(
    'has the serial number %s as it is written',
    (hex) => {
      const pem = authorityCertificate(authority, ['a.test'], { ...terms, serial: Buffer.from(hex, 'hex') });
      expect(parsed(pem).serialNumber.toLowerCase()).toBe(hex.replace(/^(00)+(?=..)/, ''));
    },
  );

  it('with many names is encoded as readers expect', () => {
    const names = Array.from({ length: 600 }, (_, n) => `host-${n}.a-rather-long-domain-name.postern.test`);
    expect(firstCertificate(authorityCertificate(authority, names, terms))?.ca).toBe(true);
    expect(parsed(signed(names).certificates).checkHost(names.at(-1) ?? '')).toBe(names.at(-1));
  });
});

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

function otherKey(): string {
  return createPrivateKey(newKey().export({ type: 'pkcs8', format: 'pem' }))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
