import { createCipheriv, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decrypt, derive, encrypt, mac } from '../../src/kernel/cipher.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

interface GcmVector {
  readonly tcId: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: 'valid' | 'invalid';
}
const gcm: readonly GcmVector[] = JSON.parse(
  readFileSync(new URL('./vectors/aes-gcm.json', import.meta.url), 'utf8'),
).tests;

describe('AES-256-GCM (Wycheproof, SEC-92)', () => {
  it('opens every valid vector and no invalid one', () => {
    expect(gcm.filter(({ result }) => result === 'valid').length).toBeGreaterThan(20);
    expect(gcm.filter(({ result }) => result === 'invalid').length).toBeGreaterThan(20);
    for (const { tcId, key, iv, aad, msg, ct, tag, result } of gcm) {
      const opened = decrypt(createSecretKey(hex(key)), hex(iv + ct + tag), hex(aad))?.toString('hex');
      expect([tcId, opened]).toEqual([tcId, result === 'valid' ? msg : undefined]);
    }
  });

  it('seals what a bare AES-256-GCM would make of the same nonce', () => {
    for (const { key, aad, msg, result } of gcm) {
      if (result !== 'valid') continue;
      const sealed = Buffer.from(encrypt(createSecretKey(hex(key)), hex(msg), hex(aad)), 'base64url');
      const bare = createCipheriv('aes-256-gcm', hex(key), sealed.subarray(0, 12));
      bare.setAAD(hex(aad));
      const expected = Buffer.concat([bare.update(hex(msg)), bare.final(), bare.getAuthTag()]);
      expect(sealed.subarray(12)).toEqual(expected);
    }
  });

  it('refuses a tag that was cut short', () => {
    const key = createSecretKey(Buffer.alloc(32, 1));
    const sealed = Buffer.from(encrypt(key, 'secret', 'place'), 'base64url');
    for (let length = 0; length < sealed.length; length++)
      expect(decrypt(key, sealed.subarray(0, length), 'place')).toBeUndefined();
    expect(decrypt(key, sealed, 'place')?.toString()).toBe('secret');
  });
});

describe('HKDF-SHA-256 (SEC-92)', () => {
  it.each([
    // Without a salt: RFC 5869, appendix A.3, of which the first 32 of 42 bytes; Wycheproof hkdf_sha256, tcId 76.
    ['RFC 5869 A.3', '0b'.repeat(22), '', '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d'],
    [
      'Wycheproof 76',
      '3ee1fc0d8fac49d494c4a1b8cf6bf290a4a2c19a27c3ab1914d0d21c841577e0',
      '4dc991623624fadef207587e42776cf3e0fdf4e5',
      'f41f703259063d401de67cea9192038ddddc71ede5cdb383aad71894c1a39e8c',
    ],
  ])('%s', (_name, secret, info, okm) => {
    expect(derive(hex(secret), hex(info)).toString('hex')).toBe(okm);
  });
});

describe('HMAC-SHA-256 (RFC 4231, SEC-92)', () => {
  const text = (value: string): string => Buffer.from(value).toString('hex');
  it.each([
    [1, '0b'.repeat(20), text('Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
    [
      2,
      text('Jefe'),
      text('what do ya want for nothing?'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ],
    [3, 'aa'.repeat(20), 'dd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
    [
      4,
      '0102030405060708090a0b0c0d0e0f10111213141516171819',
      'cd'.repeat(50),
      '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
    ],
    [
      6,
      'aa'.repeat(131),
      text('Test Using Larger Than Block-Size Key - Hash Key First'),
      '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    ],
    [
      7,
      'aa'.repeat(131),
      text(
        'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
      ),
      '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
    ],
  ])('test case %i', (_number, key, message, expected) => {
    expect(Buffer.from(mac(createSecretKey(hex(key)), hex(message)), 'base64url').toString('hex')).toBe(expected);
  });
});
