import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { verifySignature } from '../../src/webauthn/algorithm.js';
import type { CborMap, CborValue } from '../../src/webauthn/cbor.js';
import { credentialKeyOf } from '../../src/webauthn/cose-key.js';

const hex = (text: string): Buffer => Buffer.from(text.length % 2 === 0 ? text : `0${text}`, 'hex');
const minimal = (bytes: Buffer): Buffer => bytes.subarray(bytes.findIndex((byte) => byte !== 0));

interface Vectors {
  readonly groups: readonly {
    readonly file: string;
    readonly algorithm: number;
    /** A point, or a modulus and an exponent. */
    readonly key: string | { readonly n: string; readonly e: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly flags: string;
      readonly msg: string;
      readonly sig: string;
      /** `other parameters`: right by parameters that COSE does not have. */
      readonly result: 'valid' | 'invalid' | 'acceptable' | 'other parameters';
    }[];
  }[];
  readonly points: { readonly tests: readonly { readonly tcId: number; readonly point: string }[] };
}
const { groups, points }: Vectors = JSON.parse(
  readFileSync(new URL('./vectors/wycheproof.json', import.meta.url), 'utf8'),
);

type Parameters = readonly (readonly [number, CborValue])[];
const coseMap = (...parameters: Parameters): CborMap => new Map(parameters);

const EC_CURVES: Readonly<Record<number, number>> = { [-7]: 1, [-35]: 2, [-36]: 3 };
const OKP_CURVES: Readonly<Record<number, number>> = { [-8]: 6, [-53]: 7 };

function ec2(algorithm: number, point: Buffer): CborMap {
  const size = (point.length - 1) / 2;
  const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
  return coseMap([1, 2], [3, algorithm], [-1, EC_CURVES[algorithm] ?? 0], [-2, x], [-3, y]);
}

const okp = (algorithm: number, x: Buffer): CborMap =>
  coseMap([1, 1], [3, algorithm], [-1, OKP_CURVES[algorithm] ?? 0], [-2, x]);
const rsa = (algorithm: number, n: Buffer, e: Buffer): CborMap => coseMap([1, 3], [3, algorithm], [-1, n], [-2, e]);

function keyOf({ algorithm, key }: Vectors['groups'][number]): CborMap {
  if (typeof key !== 'string') return rsa(algorithm, minimal(hex(key.n)), minimal(hex(key.e)));
  return algorithm in EC_CURVES ? ec2(algorithm, hex(key)) : okp(algorithm, hex(key));
}

describe('signatures (Wycheproof; SEC-30, SEC-92)', () => {
  it('are of every kind, right ones and wrong ones', () => {
    const results = groups.flatMap(({ tests }) => tests.map(({ result }) => result));
    expect(results.filter((result) => result === 'valid').length).toBeGreaterThan(25);
    expect(results.filter((result) => result === 'invalid').length).toBeGreaterThan(45);
  });

  it.each([...new Set(groups.map(({ file }) => file))])('%s: what is right is taken, and nothing else', (file) => {
    for (const group of groups.filter((each) => each.file === file)) {
      const imported = credentialKeyOf(keyOf(group));
      expect(imported?.algorithm).toBe(group.algorithm);
      for (const { tcId, msg, sig, flags, result } of group.tests) {
        const isRight = imported && verifySignature(group.algorithm, imported.key, hex(msg), hex(sig));
        expect([tcId, flags, isRight]).toEqual([tcId, flags, result === 'valid']);
      }
    }
  });
});

describe('keys in COSE (SEC-30)', () => {
  const p256 = hex(String(groups.find(({ algorithm }) => algorithm === -7)?.key));
  const [x, y] = [p256.subarray(1, 33), p256.subarray(33)];
  const ed25519 = hex(String(groups.find(({ algorithm }) => algorithm === -8)?.key));
  const modulus = (bits: number): Buffer => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits });
    return Buffer.from(String(publicKey.export({ format: 'jwk' }).n), 'base64url');
  };
  const n = modulus(2048);
  const e = Buffer.of(1, 0, 1);
  const field = hex('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff');

  it('that are right are taken (a control)', () => {
    expect(
      [
        ec2(-7, p256),
        okp(-8, ed25519),
        okp(-19, ed25519),
        rsa(-257, n, e),
        rsa(-37, n, e),
        rsa(-257, n, Buffer.of(3)),
      ].map((map) => credentialKeyOf(map.has(-1) && map.get(3) === -19 ? new Map([...map, [-1, 6]]) : map)?.algorithm),
    ).toEqual([-7, -8, -19, -257, -37, -257]);
  });

  it('of RSA are taken with up to 8192 bits, and an exponent of up to eight bytes', () => {
    const widest = rsa(-257, Buffer.alloc(1_024, 0xff), Buffer.of(1, 0, 0, 0, 0, 0, 0, 1));
    expect(credentialKeyOf(widest)?.key.asymmetricKeyDetails?.modulusLength).toBe(8_192);
  });

  it.each(points.tests)('a point off its curve is no key: Wycheproof $tcId', ({ point }) => {
    expect(credentialKeyOf(ec2(-7, hex(point)))).toBeUndefined();
  });

  it.each<[string, CborMap]>([
    ['a coordinate too short', coseMap([1, 2], [3, -7], [-1, 1], [-2, x.subarray(1)], [-3, y])],
    ['a coordinate too long', coseMap([1, 2], [3, -7], [-1, 1], [-2, Buffer.concat([Buffer.of(0), x])], [-3, y])],
    ['a coordinate beyond the field', coseMap([1, 2], [3, -7], [-1, 1], [-2, field], [-3, y])],
    ['the origin', coseMap([1, 2], [3, -7], [-1, 1], [-2, Buffer.alloc(32)], [-3, Buffer.alloc(32)])],
    ['a compressed point', coseMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, (y[31] ?? 0) % 2 === 1])],
    ['an uncompressed point as one coordinate', coseMap([1, 2], [3, -7], [-1, 1], [-2, p256], [-3, y])],
    ['no second coordinate', coseMap([1, 2], [3, -7], [-1, 1], [-2, x])],
    ['coordinates in text', coseMap([1, 2], [3, -7], [-1, 1], [-2, x.toString('hex')], [-3, y.toString('hex')])],
    ['a point of another curve', coseMap([1, 2], [3, -7], [-1, 2], [-2, x], [-3, y])],
    ['an algorithm of another curve', coseMap([1, 2], [3, -35], [-1, 1], [-2, x], [-3, y])],
    ['secp256k1', coseMap([1, 2], [3, -47], [-1, 8], [-2, x], [-3, y])],
    ['an algorithm of another type', coseMap([1, 2], [3, -257], [-1, 1], [-2, x], [-3, y])],
    ['another type', coseMap([1, 1], [3, -7], [-1, 1], [-2, x], [-3, y])],
    ['a member too many', coseMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, y], [2, Buffer.of(1)])],
    ['its private half', coseMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, y], [-4, x])],
    ['a type of its own', coseMap([1, 4], [3, -7], [-1, 1], [-2, x], [-3, y])],
    ['a second coordinate in text', coseMap([1, 2], [3, -7], [-1, 1], [-2, x], [-3, 'y'.repeat(32)])],
    ['no curve', coseMap([1, 2], [3, -7], [-2, x], [-3, y], [2, x])],
    ['a member too many beside an Ed25519 key', new Map([...okp(-8, ed25519), [2, x]])],
    ['an Ed25519 key in text', coseMap([1, 1], [3, -8], [-1, 6], [-2, 'x'.repeat(32)])],
    ['a member too many beside an RSA key', new Map([...rsa(-257, n, e), [2, x]])],
    ['a modulus in text', coseMap([1, 3], [3, -257], [-1, 'n'.repeat(256)], [-2, e])],
    ['an exponent in text', coseMap([1, 3], [3, -257], [-1, n], [-2, 'AQAB'])],
    ['an algorithm in text', coseMap([1, 2], [3, 'ES256'], [-1, 1], [-2, x], [-3, y])],
    ['no modulus', rsa(-257, Buffer.alloc(0), e)],
    ['8200 bits of RSA', rsa(-257, Buffer.alloc(1_025, 0xff), e)],
    ['no algorithm', coseMap([1, 2], [-1, 1], [-2, x], [-3, y])],
    ['an Ed25519 key too short', okp(-8, ed25519.subarray(1))],
    ['an Ed25519 key too long', okp(-8, Buffer.concat([ed25519, Buffer.of(0)]))],
    ['an Ed25519 key for Ed448', coseMap([1, 1], [3, -53], [-1, 6], [-2, ed25519])],
    ['X25519', coseMap([1, 1], [3, -8], [-1, 4], [-2, ed25519])],
    ['1024 bits of RSA', rsa(-257, modulus(1024), e)],
    ['2040 bits of RSA', rsa(-257, n.subarray(1), e)],
    ['1024 bits of RSA behind zeros', rsa(-257, Buffer.concat([Buffer.alloc(128), modulus(1024)]), e)],
    ['a modulus behind a zero', rsa(-257, Buffer.concat([Buffer.of(0), n]), e)],
    ['an even modulus', rsa(-257, Buffer.concat([n.subarray(0, -1), Buffer.of(2)]), e)],
    ['more RSA than anyone has', rsa(-257, Buffer.alloc(2049, 0xff), e)],
    ['an exponent of one', rsa(-257, n, Buffer.of(1))],
    ['an exponent of one behind zeros', rsa(-257, n, Buffer.of(0, 0, 1))],
    ['an exponent behind a zero', rsa(-257, n, Buffer.of(0, 1, 0, 1))],
    ['an even exponent', rsa(-257, n, Buffer.of(1, 0, 0))],
    ['an exponent of zero', rsa(-257, n, Buffer.of(0))],
    ['an exponent of nine bytes', rsa(-257, n, Buffer.of(1, 0, 0, 0, 0, 0, 0, 0, 1))],
    ['no exponent', rsa(-257, n, Buffer.alloc(0))],
  ])('are none with %s', (_what, map) => expect(credentialKeyOf(map)).toBeUndefined());

  it('verify under their own algorithm alone', () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const data = Buffer.from('data');
    const signature = sign('sha256', data, privateKey);
    const taken = [-257, -37, -258, -259, -7, -8, -65535, 0].filter((algorithm) =>
      verifySignature(algorithm, publicKey, data, signature),
    );
    expect(taken).toEqual([-257]);
  });
});
