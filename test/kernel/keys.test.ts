import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createKeyring, equalDigests, KeyError } from '../../src/kernel/keys.js';
import { Redacted, Sealed, type SealedPlace } from '../../src/kernel/sealed.js';

const keyring = (fill: number) => createKeyring(new Redacted(Buffer.alloc(32, fill)));
const place: SealedPlace = { table: 'devices', column: 'secret', environmentId: 'e1', row: 'u1/d1' };

describe('keyring', () => {
  it('refuses a short master key (SEC-68)', () => {
    expect(() => createKeyring(new Redacted(Buffer.alloc(31)))).toThrow(KeyError);
  });

  it('opens what it sealed, and never seals twice alike', () => {
    const { vault } = keyring(1);
    const first = vault.seal('+14135550150', place);
    expect(first).not.toContain('4135550150');
    expect(vault.seal('+14135550150', place)).not.toBe(first);
    expect(vault.open(new Sealed(first, place))).toBe('+14135550150');
    expect(vault.open(new Redacted('plain'))).toBe('plain');
  });

  it.each([
    ['another table', { ...place, table: 'outbox' }],
    ['another column', { ...place, column: 'content' }],
    ['another environment', { ...place, environmentId: 'e2' }],
    ['another row', { ...place, row: 'u2/d1' }],
  ])('does not open a value moved to %s (SEC-66)', (_where, elsewhere) => {
    const { vault } = keyring(1);
    const sealed = vault.seal('secret', place);
    expect(() => vault.open(new Sealed(sealed, elsewhere))).toThrow(KeyError);
  });

  it('does not open an altered, truncated or foreign value, and says so without showing it', () => {
    const refused: SealedPlace[] = [];
    const { vault } = createKeyring(new Redacted(Buffer.alloc(32, 1)), (where) => void refused.push(where));
    const sealed = vault.seal('secret', place);
    const [format, generation, body = ''] = sealed.split('.');
    const bytes = Buffer.from(body, 'base64url');
    const opening = (text: string) => () => vault.open(new Sealed(text, place));
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(opening(`${format}.${generation}.${altered.toString('base64url')}`)).toThrow(KeyError);
    }
    for (let length = 0; length < bytes.length; length++)
      expect(opening(`${format}.${generation}.${bytes.subarray(0, length).toString('base64url')}`)).toThrow(/altered/);
    for (const text of ['', '2', '2.', '2.0', '2.0.', '3.0.AAAA', '2.x.AAAA', '2.1.AAAA', '2.-1.A', '2.1e0.A'])
      expect(opening(text)).toThrow(KeyError);
    expect(() => keyring(2).vault.open(new Sealed(sealed, place))).toThrow(KeyError);
    expect(new Set(refused)).toEqual(new Set([place]));
  });

  it('binds a digest to every part, and to the boundaries between them (SEC-04)', () => {
    const { digests } = keyring(1);
    const digest = digests.code(['env', 'flow', '123456']);
    expect(digests.code(['env', 'flow', '123456'])).toBe(digest);
    expect(digests.code(['env', 'flow1', '23456'])).not.toBe(digest);
    expect(digests.code(['env', 'flow', '1', '23456'])).not.toBe(digest);
    expect(keyring(2).digests.code(['env', 'flow', '123456'])).not.toBe(digest);
    expect(digests.contact('e1', 'a@b.c')).not.toBe(digests.contact('e2', 'a@b.c'));
  });

  it('compares digests of unequal length as unequal instead of throwing', () => {
    expect(equalDigests('abc', 'abc')).toBe(true);
    expect(equalDigests('abc', 'abd')).toBe(false);
    expect(equalDigests('abc', 'abcd')).toBe(false);
  });
});

describe('secrets in memory', () => {
  it.each([
    ['Redacted', new Redacted('hunter2')],
    ['Sealed', new Sealed('hunter2', place)],
  ])('%s does not print or serialize (SEC-71)', (_name, secret) => {
    for (const text of [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
    ]) {
      expect(text).not.toContain('hunter2');
    }
  });
});
