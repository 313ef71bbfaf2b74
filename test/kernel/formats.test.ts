import { createHash, createHmac, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { createKeyring, equalDigests, KeyError, namedId, sha256, signatureOf } from '../../src/kernel/keys.js';
import { Redacted, Sealed, type SealedPlace } from '../../src/kernel/sealed.js';

const MASTER = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');
const { digests, vault } = createKeyring(new Redacted(MASTER));
const PLACE: SealedPlace = { table: 'devices', column: 'secret', environmentId: 'e1', row: 'u1/d1' };

/** By other hands than the server's: HKDF of RFC 5869 with an empty salt, HMAC of RFC 2104 over length-prefixed parts. */
function digest(purpose: string, parts: readonly string[]): string {
  const key = Buffer.from(hkdfSync('sha256', MASTER, Buffer.alloc(0), `postern:v1:${purpose}`, 32));
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  return createHmac('sha256', key).update(text).digest('base64url');
}

describe('keyed digests', () => {
  it('agree with HKDF and HMAC as their RFCs have them (SEC-92)', () => {
    expect(digests.code(['e', 'flow', 'é', '123456'])).toBe(digest('code-pepper', ['1', 'e', 'flow', 'é', '123456']));
    expect(digests.contact('e', '+14135550150')).toBe(digest('contact-hash', ['e', '+14135550150']));
    expect(digests.cursor(['e', 'users', ''])).toBe(digest('cursor', ['e', 'users', '']));
  });

  it('of the same text are another for every purpose (SEC-04)', () => {
    const all = [digests.code(['e', 'x']), digests.contact('e', 'x'), digests.cursor(['e', 'x'])];
    expect(new Set(all).size).toBe(3);
  });

  it('compares every byte of a digest, whatever its length (SEC-05)', () => {
    const one = digests.cursor(['x']);
    expect(equalDigests(one, digests.cursor(['x']))).toBe(true);
    for (let at = 0; at < one.length; at++)
      expect(equalDigests(one, `${one.slice(0, at)}_~${one.slice(at + 2)}`)).toBe(false);
    for (const other of ['', one.slice(1), `${one}A`, one.toLowerCase()]) expect(equalDigests(one, other)).toBe(false);
  });

  it('sign the trail and webhooks, each under a key for nothing else (SEC-64, SEC-73)', () => {
    const { audit, webhooks } = createKeyring(new Redacted(MASTER));
    const signature = audit.sign(['e', 'x']);
    expect(signature).toBe(`1.${digest('audit', ['e', 'x'])}`);
    expect([audit.verify(['e', 'x'], signature), audit.verify(['e', 'y'], signature)]).toEqual([true, false]);
    const secret = webhooks.secret('e', 's');
    expect(secret.reveal()).toBe(`whsec_${digest('webhook', ['e', 's'])}`);
    expect(signatureOf(secret, 'text')).toBe(createHmac('sha256', secret.reveal()).update('text').digest('hex'));
  });

  it('name what is named rather than made: the same in one environment, and no other’s (RFC 9562 §5.8)', () => {
    const [here, there] = ['00000000-0000-4000-8000-0000000000e1', '00000000-0000-4000-8000-0000000000e2'].map(uuidOf);
    if (!here || !there) throw new Error('two environments');
    const hex = createHash('sha256').update(`${here}:Default`).digest('hex');
    const id = namedId(here, 'Default');
    expect(id).toBe(
      [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(12, 15)}`, `a${hex.slice(15, 18)}`, hex.slice(18, 30)].join(
        '-',
      ),
    );
    expect(new Set([id, namedId(there, 'Default'), namedId(here, 'default')]).size).toBe(3);
  });

  it('without a key are SHA-256 of FIPS 180-4, for public values only', () => {
    expect(sha256('abc')).toBe(
      Buffer.from('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'hex').toString('base64url'),
    );
  });
});

describe('sealed values', () => {
  it.each(['', 'x', '+14135550150', 'Grüße 😀', 'x'.repeat(10_000)])('give back %j', (text) => {
    expect(vault.open(new Sealed(vault.seal(text, PLACE), PLACE))).toBe(text);
  });

  it('of more environments than are remembered open all the same', () => {
    const places = Array.from({ length: 1_100 }, (_, n) => ({ ...PLACE, environmentId: `e${n}` }));
    const sealed = places.map((place) => new Sealed(vault.seal(place.environmentId, place), place));
    expect(sealed.map((value) => vault.open(value))).toEqual(places.map(({ environmentId }) => environmentId));
  });

  it('say what is wrong and where, never what they are (SEC-66)', () => {
    const sealed = vault.seal('hunter2', PLACE);
    const failure = (text: string, place = PLACE): KeyError => {
      try {
        vault.open(new Sealed(text, place));
      } catch (error) {
        if (error instanceof KeyError) return error;
      }
      throw new Error('it opened');
    };
    const moved = failure(sealed, { ...PLACE, row: 'u2/d1' });
    expect(moved.message).toBe('a sealed value of devices.secret does not open: altered or moved');
    for (const unknown of ['', 'x', '2.', '2.x.y', '3.0.AAAA'])
      expect(failure(unknown).message).toBe('data key -1 of environment e1 is not in the database: restore it');
    expect(failure(sealed.slice(0, 40)).message).toBe(moved.message);
    const foreign = createKeyring(new Redacted(Buffer.alloc(32, 9))).vault.seal('hunter2', PLACE);
    expect(failure(foreign).message).toBe(moved.message);
    expect([moved, failure(foreign)].map(String).join()).not.toContain('hunter2');
  });

  it('a master key that is short is refused with the bytes that are needed (SEC-68)', () => {
    expect(() => createKeyring(new Redacted(Buffer.alloc(31)))).toThrow(
      'the master key has 31 bytes; at least 32 are needed',
    );
    expect(() => createKeyring(new Redacted(Buffer.alloc(32)))).not.toThrow();
  });
});

describe('secrets in memory', () => {
  it.each<[string, object, string]>([
    ['Redacted', new Redacted('hunter2'), '[redacted]'],
    ['Sealed', new Sealed('hunter2', PLACE), '[sealed]'],
  ])('%s prints as what it is, in every way there is (SEC-71)', (_name, secret, shown) => {
    expect([String(secret), `${secret}`, JSON.stringify(secret)]).toEqual([shown, shown, `"${shown}"`]);
    expect([inspect(secret), inspect({ secret })]).toEqual([shown, `{ secret: ${shown} }`]);
  });

  it('are there for those who ask for them by name', () => {
    expect(new Redacted({ a: 1 }).reveal()).toEqual({ a: 1 });
    const sealed = new Sealed('text', PLACE);
    expect([sealed.text, sealed.place]).toEqual(['text', PLACE]);
  });

  it('a key that does not fit is an error of its own kind', () => {
    expect(String(new KeyError('x'))).toBe('KeyError: x');
  });
});
