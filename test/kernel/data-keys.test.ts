import { createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decrypt, derivedKey, encrypt } from '../../src/kernel/cipher.js';
import { INSTALLATION } from '../../src/kernel/data-keys.js';
import { createKeyring, KeyError, type Keyring } from '../../src/kernel/keys.js';
import { createMasterKeys, type WrappedKey } from '../../src/kernel/master-keys.js';
import { Redacted, Sealed, type SealedPlace } from '../../src/kernel/sealed.js';
import { sealedUnder } from '../../src/kernel/sealing.js';

const ONE = Buffer.alloc(32, 1);
const TWO = Buffer.alloc(40, 2);
const PLACE: SealedPlace = { table: 'devices', column: 'secret', environmentId: 'e1', row: 'u1/d1' };
const keyring = (...masters: readonly Buffer[]): Keyring => createKeyring(masters.map((bytes) => new Redacted(bytes)));
/** By other hands: HKDF of RFC 5869, AES-GCM of SP 800-38D over nonce, ciphertext and tag. */
const hkdf = (secret: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), `postern:v1:${purpose}`, 32));
function opened(key: Buffer, sealed: string, additional: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(additional));
  decipher.setAuthTag(bytes.subarray(bytes.length - 16));
  return Buffer.concat([decipher.update(bytes.subarray(12, bytes.length - 16)), decipher.final()]);
}
const masterId = (master: Buffer): string =>
  createHash('sha256').update(hkdf(master, 'key-id')).digest('hex').slice(0, 16);
const secretOf = (master: Buffer, { wrapped, environmentId, generation }: WrappedKey): Buffer =>
  opened(hkdf(master, 'wrap'), wrapped, `postern:v1:data_keys:wrapped:${environmentId}:${generation}`);

describe('a data key (SEC-66, SEC-68)', () => {
  it('is 32 random bytes, wrapped by the master key for its environment and generation', () => {
    const { vault } = keyring(ONE);
    const rows = [vault.keys.mint('e1', 1).row, vault.keys.mint('e1', 2).row];
    expect(rows.map(({ wrapped: _, ...row }) => row)).toEqual([
      { environmentId: 'e1', generation: 1, masterId: masterId(ONE) },
      { environmentId: 'e1', generation: 2, masterId: masterId(ONE) },
    ]);
    const secrets = rows.map((row) => secretOf(ONE, row));
    expect(secrets.map(({ length }) => length)).toEqual([32, 32]);
    expect(secrets[0]?.equals(secrets[1] ?? ONE)).toBe(false);
    expect(vault.keys.masterId).toBe(masterId(ONE));
  });

  it('seals and digests under keys of its own, which its generation finds again', () => {
    const { vault, digests } = keyring(ONE);
    const { row, seal } = vault.keys.mint('e1', 7);
    const early = seal('before it is in the database', PLACE);
    vault.keys.install('e1', [row]);
    const sealed = vault.seal('text', PLACE);
    const secret = secretOf(ONE, row);
    const additional = 'postern:v1:devices:secret:e1:u1/d1';
    expect(sealed.startsWith('2.7.')).toBe(true);
    expect(opened(hkdf(secret, 'seal'), sealed.slice(4), additional).toString()).toBe('text');
    expect(vault.open(new Sealed(early, PLACE))).toBe('before it is in the database');
    const mac = (name: string, text: string): string =>
      createHmac('sha256', hkdf(secret, name)).update(text).digest('base64url');
    expect(digests.code(['e1', '123456'])).toBe(`7.${mac('code-pepper', '1:12:e16:123456')}`);
  });

  it('that is the newest seals; older ones open, and tell that they are older; a digest is compared under its own', () => {
    const { vault, digests } = keyring(ONE);
    const [first, second] = [vault.keys.mint('e1', 1).row, vault.keys.mint('e1', 2).row];
    const before = digests.code(['e1', '123456']);
    vault.keys.install('e1', [first]);
    const old = new Sealed(vault.seal('text', PLACE), PLACE);
    const issued = digests.code(['e1', '123456']);
    expect(vault.isCurrent(old)).toBe(true);
    vault.keys.install('e1', [second, first]);
    const young = new Sealed(vault.seal('text', PLACE), PLACE);
    expect([sealedUnder(old.text), sealedUnder(young.text)]).toEqual([1, 2]);
    expect([vault.isCurrent(old), vault.isCurrent(young)]).toEqual([false, true]);
    expect([vault.open(old), vault.open(young)]).toEqual(['text', 'text']);
    expect(digests.code(['e1', '123456'], issued)).toBe(issued);
    expect(digests.code(['e1', '123456'], before)).toBe(before);
    expect(digests.code(['e1', '123456'])).not.toBe(issued);
    vault.keys.install('e1', [second]);
    expect([vault.keys.knows(old), vault.keys.knows(young)]).toEqual([false, true]);
    expect(() => vault.open(old)).toThrow(KeyError);
    vault.keys.install('e1', []);
    expect(vault.keys.newest('e1').generation).toBe(0);
  });

  it('is taken anew when its row is another', () => {
    const { vault } = keyring(ONE);
    const [first, other] = [vault.keys.mint('e1', 1), vault.keys.mint('e1', 1)];
    vault.keys.install('e1', [first.row]);
    const known = vault.keys.find('e1', 1);
    vault.keys.install('e1', [first.row]);
    expect(vault.keys.find('e1', 1)).toBe(known);
    vault.keys.install('e1', [other.row]);
    expect(vault.keys.find('e1', 1)).not.toBe(known);
    expect(vault.open(new Sealed(other.seal('text', PLACE), PLACE))).toBe('text');
    expect(() => vault.open(new Sealed(first.seal('text', PLACE), PLACE))).toThrow(KeyError);
  });

  it('moved to another environment or generation, or altered, does not unwrap', () => {
    const { vault } = keyring(ONE);
    const { row } = vault.keys.mint('e1', 1);
    const altered = `${row.wrapped.startsWith('A') ? 'B' : 'A'}${row.wrapped.slice(1)}`;
    for (const change of [{ environmentId: 'e2' }, { generation: 2 }, { wrapped: altered }]) {
      const moved = { ...row, ...change };
      expect(() => vault.keys.install(moved.environmentId, [moved])).toThrow(
        `data key ${moved.generation} of ${moved.environmentId} does not open: the row was altered or moved; restore it`,
      );
    }
    expect(() => vault.keys.install(INSTALLATION, [{ ...row, environmentId: INSTALLATION }])).toThrow(
      'data key 1 of the installation does not open: the row was altered or moved; restore it',
    );
  });
});

describe('the installation’s key', () => {
  it('is random in a new database, and the master key in one that holds something already', () => {
    const { vault } = keyring(ONE);
    expect(secretOf(ONE, vault.keys.found(false)).equals(ONE)).toBe(true);
    const fresh = secretOf(ONE, vault.keys.found(true));
    expect([fresh.length, fresh.equals(ONE)]).toEqual([32, false]);
    expect(vault.keys.found(true)).toMatchObject({ environmentId: '', generation: 1, masterId: masterId(ONE) });
    const both = keyring(TWO, ONE).vault.keys;
    expect(both.found(true)).toMatchObject({ masterId: masterId(TWO) });
    expect(() => both.found(false)).toThrow(/which of the master keys is its own: start once with/);
    expect(secretOf(ONE, keyring(ONE, ONE).vault.keys.found(false)).equals(ONE)).toBe(true);
  });

  it('makes contacts, cursors and generation 0 its own', () => {
    const { vault, digests } = keyring(ONE);
    const before = new Sealed(vault.seal('text', PLACE), PLACE);
    const row = vault.keys.found(true);
    const secret = secretOf(ONE, row);
    vault.keys.install(INSTALLATION, [row]);
    const mac = (name: string, text: string): string =>
      createHmac('sha256', hkdf(secret, name)).update(text).digest('base64url');
    expect(digests.contact('e1', 'x')).toBe(mac('contact-hash', '2:e11:x'));
    expect(digests.cursor(['x'])).toBe(mac('cursor', '1:x'));
    expect(digests.code(['e1'])).toBe(mac('code-pepper', '1:12:e1'));
    expect(() => vault.open(before)).toThrow(KeyError);
    const after = vault.seal('text', PLACE);
    expect(opened(hkdf(secret, 'seal:e1'), after.slice(4), 'postern:v1:devices:secret:e1:u1/d1').toString()).toBe(
      'text',
    );
  });
});

describe('master keys', () => {
  it('wrap by the first and unwrap by any; a key is wrapped anew once', () => {
    const old = keyring(ONE).vault.keys.mint('e1', 1);
    const both = keyring(TWO, ONE).vault.keys;
    both.install('e1', [old.row]);
    const rewrapped = both.rewrap(old.row);
    if (!rewrapped) throw new Error('it is under the old one');
    expect(rewrapped).toMatchObject({ environmentId: 'e1', generation: 1, masterId: masterId(TWO) });
    expect(secretOf(TWO, rewrapped).equals(secretOf(ONE, old.row))).toBe(true);
    expect(both.rewrap(rewrapped)).toBeUndefined();
  });

  it('that were not given are named with the remedy', () => {
    const { row } = keyring(ONE).vault.keys.mint('e1', 1);
    const other = Buffer.alloc(32, 3);
    expect(() => keyring(TWO, other).vault.keys.install('e1', [row])).toThrow(
      `wrapped with master key ${masterId(ONE)}, and the one given is ${masterId(TWO)}, ${masterId(other)}: give the key that this database was made with; to replace it, give both, the new one first (docs/cryptography.md)`,
    );
  });

  it('are at least one, each of 32 bytes or more', () => {
    expect(() => createMasterKeys([])).toThrow('there is no master key');
    expect(() => keyring(ONE, Buffer.alloc(31))).toThrow('the master key has 31 bytes; at least 32 are needed');
    expect(createMasterKeys([new Redacted(ONE)]).root.equals(ONE)).toBe(true);
  });
});

describe('encryption', () => {
  const key = derivedKey(ONE, 'test');
  it.each<[string | Buffer, string | Buffer]>([
    ['', ''],
    ['Grüße 😀', 'à'],
    [randomBytes(100), Buffer.from([0, 255])],
  ])('gives back what it was given, under the same additional data only', (plain, additional) => {
    const sealed = encrypt(key, plain, additional);
    expect(Buffer.from(sealed, 'base64url').length).toBe(28 + Buffer.byteLength(plain));
    expect(decrypt(key, sealed, additional)).toEqual(Buffer.from(plain));
    expect(decrypt(key, Buffer.from(sealed, 'base64url'), additional)).toEqual(Buffer.from(plain));
    expect(decrypt(key, sealed, 'another')).toBeUndefined();
    expect(encrypt(key, plain, additional)).not.toBe(sealed);
  });

  it('takes nothing that is shorter than nonce and tag, nor a tag cut short', () => {
    const bytes = Buffer.from(encrypt(key, 'x', ''), 'base64url');
    for (let length = 0; length < bytes.length; length++)
      expect(decrypt(key, bytes.subarray(0, length), '')).toBeUndefined();
    expect(decrypt(key, '', '')).toBeUndefined();
  });
});

it('what names no generation that could be is under none (SEC-66)', () => {
  for (const text of [
    '',
    'x',
    '2.',
    '2.1',
    '2..x',
    '2.-1.x',
    '2.1e3.x',
    '2. 1.x',
    '2.1 .x',
    '2.1234567890.x',
    '3.1.x',
    'B',
  ])
    expect([text, sealedUnder(text)]).toEqual([text, -1]);
  expect([sealedUnder('2.0.x'), sealedUnder('2.123456789.x'), sealedUnder('AAAA')]).toEqual([0, 123_456_789, 0]);
});
