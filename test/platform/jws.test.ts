import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { errors, jwtVerify } from 'jose';
import { createLocalJWKSet } from 'jose/jwks/local';
import { describe, expect, it } from 'vitest';
import { keyNamedBy } from '../../src/platform/tokens/access-token.js';
import { ALGORITHM, parseToken, verifyToken } from '../../src/platform/tokens/jws.js';

interface Vectors {
  readonly groups: readonly {
    readonly public: JWK;
    readonly tests: readonly {
      readonly tcId: number;
      readonly comment: string;
      readonly jws: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
}
const { groups }: Vectors = JSON.parse(
  readFileSync(new URL('./vectors/json-web-signature.json', import.meta.url), 'utf8'),
);

describe('JSON Web Signatures (RFC 7515, Appendix A; SEC-92)', () => {
  const PAYLOAD = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
  const SIGNATURE = 'DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q';
  const ES256 = `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}.${SIGNATURE}`;
  const HS256 = `eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${PAYLOAD}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk`;
  const NONE = `eyJhbGciOiJub25lIn0.${PAYLOAD}.`;
  const SECRET = 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow';
  const keys = createLocalJWKSet({
    keys: [
      {
        kty: 'EC',
        crv: 'P-256',
        x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
        y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
      },
      { kty: 'oct', k: SECRET },
    ],
  });
  /** A second before the claims expire. */
  const checks = { currentDate: new Date(1_300_819_379_000) };

  it('A.3 is verified, and is not a second later', async () => {
    expect(parseToken(ES256)?.header).toEqual({ alg: 'ES256' });
    expect(await verifyToken(ES256, keys, checks)).toEqual({
      iss: 'joe',
      exp: 1_300_819_380,
      'http://example.com/is_root': true,
    });
    expect(await verifyToken(ES256, keys, { currentDate: new Date(1_300_819_380_000) })).toBeUndefined();
  });

  it('A.3 with any one character of its signature changed is not', async () => {
    for (const [at, character] of [...SIGNATURE].entries()) {
      const other = `${SIGNATURE.slice(0, at)}${character === 'A' ? 'Q' : 'A'}${SIGNATURE.slice(at + 1)}`;
      const token = `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}.${other}`;
      expect([at, await verifyToken(token, keys, checks)]).toEqual([at, undefined]);
    }
  });

  it('A.1 and A.5, of other algorithms, are nothing here, whatever the keys', async () => {
    // A control: it is the vector, good under its key.
    const [head, body, tag] = HS256.split('.');
    const mac = createHmac('sha256', Buffer.from(SECRET, 'base64url')).update(`${head}.${body}`);
    expect(mac.digest('base64url')).toBe(tag);
    for (const token of [HS256, NONE])
      expect([parseToken(token), await verifyToken(token, keys, checks)]).toEqual([undefined, undefined]);
  });
});

describe('JSON Web Signatures (Wycheproof; SEC-48, SEC-92)', () => {
  it('every valid one under our algorithm has a good signature, and no other', async () => {
    const judged = { valid: 0, invalid: 0 };
    for (const { public: key, tests } of groups)
      for (const { tcId, comment, jws, result } of tests) {
        const keys = createLocalJWKSet({ keys: [key] });
        // What is signed is no object of claims, which is looked at behind a good signature alone.
        const reason = await jwtVerify(jws, keys, { algorithms: [ALGORITHM] }).catch((error: unknown) => error);
        const isSigned = reason instanceof errors.JWTInvalid;
        const isOurs = key.kty === 'EC' && result === 'valid';
        expect([tcId, comment, isSigned]).toEqual([tcId, comment, isOurs]);
        expect([tcId, await verifyToken(jws, keys, {})]).toEqual([tcId, undefined]);
        judged[isOurs ? 'valid' : 'invalid']++;
      }
    expect(judged.valid).toBeGreaterThanOrEqual(2);
    expect(judged.invalid).toBeGreaterThan(40);
  });

  it('one that brings its own key names none (SEC-48)', () => {
    const all = groups.flatMap(({ tests }) => tests);
    const embedded = all.find(({ comment }) => comment.includes('EmbeddedJwk'))?.jws.split('.')[0] ?? '';
    const header = JSON.parse(Buffer.from(embedded, 'base64url').toString());
    expect([header.kid, keyNamedBy(header), keyNamedBy({ kid: header.kid })]).toEqual([
      'kid-ec-sign',
      undefined,
      'kid-ec-sign',
    ]);
  });
});
