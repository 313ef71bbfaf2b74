import { describe, expect, it } from 'vitest';
import { fromBase32, toBase32 } from '../../src/otp/base32.js';
import { hotp, judgeCounter, matchedCounter, type PasscodeAlgorithm, type PasscodeKey } from '../../src/otp/hotp.js';
import { keyTerms, keyUri } from '../../src/otp/key-uri.js';
import { judgeTotp, stepAt } from '../../src/otp/totp.js';

const RFC4226: PasscodeKey = { secret: Buffer.from('12345678901234567890'), algorithm: 'SHA1', digits: 6 };
const seed = (length: number): Buffer => Buffer.from('1234567890'.repeat(7).slice(0, length));
const SEEDS: Record<PasscodeAlgorithm, Buffer> = { SHA1: seed(20), SHA256: seed(32), SHA512: seed(64) };

describe('passcodes from a counter', () => {
  it('are those of RFC 4226, Appendix D (SEC-21)', () => {
    const codes = Array.from({ length: 10 }, (_, counter) => hotp(RFC4226, counter));
    expect(codes).toEqual([
      ...['755224', '287082', '359152', '969429', '338314'],
      ...['254676', '287922', '162583', '399871', '520489'],
    ]);
  });

  it('keep their leading zeros, with 6, 7 and 8 digits', () => {
    for (const digits of [6, 7, 8])
      for (let counter = 0; counter < 300; counter++)
        expect(hotp({ ...RFC4226, digits }, counter)).toMatch(new RegExp(`^[0-9]{${digits}}$`));
    const zeros = Array.from({ length: 300 }, (_, counter) => hotp(RFC4226, counter)).filter((code) =>
      code.startsWith('0'),
    );
    expect(zeros.length).toBeGreaterThan(10);
  });

  it('take counts beyond 32 bits as what they are (SEC-21)', () => {
    expect(hotp(RFC4226, 2 ** 32)).not.toBe(hotp(RFC4226, 0));
    expect(hotp(RFC4226, 2 ** 32 + 1)).not.toBe(hotp(RFC4226, 1));
  });

  it('are looked for in a range with both its ends, never below 0', () => {
    expect(matchedCounter(RFC4226, '287082', { first: -3, last: 1 })).toBe(1);
    expect(matchedCounter(RFC4226, '287082', { first: 1, last: 5 })).toBe(1);
    expect(matchedCounter(RFC4226, '287082', { first: 2, last: 9 })).toBeUndefined();
  });

  it('are none before the first count', () => {
    expect(matchedCounter(RFC4226, '755224', { first: -9, last: -1 })).toBeUndefined();
  });

  it('that stand at two counts are found at the greater, so that none is left to be used again (SEC-22)', () => {
    const short = { ...RFC4226, digits: 1 };
    const code = hotp(short, 0);
    const last = Array.from({ length: 40 }, (_, n) => n).findLast((n) => hotp(short, n) === code) ?? 0;
    expect(last).toBeGreaterThan(0);
    expect(matchedCounter(short, code, { first: 0, last: 39 })).toBe(last);
  });

  it('at or below the last accepted count are told from mistyped ones (SEC-18)', () => {
    const range = { first: 0, last: 9 };
    expect(judgeCounter(RFC4226, '359152', range, 1)).toEqual({ kind: 'right', counter: 2 });
    expect(judgeCounter(RFC4226, '359152', range, 2)).toEqual({ kind: 'wrong', replayed: true });
    expect(judgeCounter(RFC4226, '000000', range, 2)).toEqual({ kind: 'wrong', replayed: false });
  });
});

describe('passcodes from the time', () => {
  it.each<[number, PasscodeAlgorithm, string]>([
    [59, 'SHA1', '94287082'],
    [59, 'SHA256', '46119246'],
    [59, 'SHA512', '90693936'],
    [1111111109, 'SHA1', '07081804'],
    [1111111109, 'SHA256', '68084774'],
    [1111111109, 'SHA512', '25091201'],
    [1111111111, 'SHA1', '14050471'],
    [1111111111, 'SHA256', '67062674'],
    [1111111111, 'SHA512', '99943326'],
    [1234567890, 'SHA1', '89005924'],
    [1234567890, 'SHA256', '91819424'],
    [1234567890, 'SHA512', '93441116'],
    [2000000000, 'SHA1', '69279037'],
    [2000000000, 'SHA256', '90698825'],
    [2000000000, 'SHA512', '38618901'],
    [20000000000, 'SHA1', '65353130'],
    [20000000000, 'SHA256', '77737706'],
    [20000000000, 'SHA512', '47863826'],
  ])('at %i s with %s are those of RFC 6238, Appendix B (SEC-21)', (time, algorithm, code) => {
    const key = { secret: SEEDS[algorithm], algorithm, digits: 8, period: 30 };
    expect(hotp(key, stepAt(time * 1000, 30))).toBe(code);
    expect(judgeTotp(key, code, { now: time * 1000, window: 0 })).toEqual({
      kind: 'right',
      counter: Math.floor(time / 30),
    });
  });

  it('are taken from the window around the device’s own step, to its edges and not beyond', () => {
    const key = { ...RFC4226, period: 60 };
    const now = 1_000_000_000_000;
    const step = stepAt(now, 60);
    expect(step).toBe(Math.floor(1_000_000_000 / 60));
    const kinds = (drift: number) =>
      [-3, -2, 0, 2, 3].map((n) => judgeTotp(key, hotp(key, step + drift + n), { now, window: 2, drift }).kind);
    for (const drift of [-4, 0, 7]) expect(kinds(drift)).toEqual(['wrong', 'right', 'right', 'right', 'wrong']);
  });
});

describe('Base32', () => {
  it('is that of RFC 4648, §10, without padding', () => {
    const vectors = {
      '': '',
      f: 'MY',
      fo: 'MZXQ',
      foo: 'MZXW6',
      foob: 'MZXW6YQ',
      fooba: 'MZXW6YTB',
      foobar: 'MZXW6YTBOI',
    };
    for (const [plain, text] of Object.entries(vectors)) {
      expect(toBase32(Buffer.from(plain))).toBe(text);
      expect(fromBase32(text)?.toString()).toBe(plain);
    }
    const secret = Buffer.from(Array.from({ length: 20 }, (_, n) => n * 13 + 1));
    expect(toBase32(secret)).toHaveLength(32);
    expect(fromBase32(toBase32(secret))).toEqual(secret);
  });

  it.each(['mzxw6', 'MZXW6=', 'MZXW1', 'MZ XW', 'MZ', 'M'])('of no text of ours is read: %s', (text) => {
    // The last bits of MZ stand for nothing and are not zero.
    expect(fromBase32(text)).toBeUndefined();
  });
});

describe('the key URI', () => {
  it('has the label, the one secret and the policy’s parameters, percent-encoded, in their order (20 §7)', () => {
    expect(keyUri('mira.holt', 'MZXW6', {})).toBe('otpauth://totp/mira.holt?secret=MZXW6');
    expect(
      keyUri('ö:a b@x/y', 'MZXW6', { issuer: 'Harbor Demo', secret: 'MINE', 'a&b': '1=2', image: 'https://x/y' }),
    ).toBe(
      'otpauth://totp/%C3%B6%3Aa%20b%40x%2Fy?secret=MZXW6&issuer=Harbor%20Demo&a%26b=1%3D2&image=https%3A%2F%2Fx%2Fy',
    );
  });

  it.each([
    [{}, { algorithm: 'SHA1', digits: 6, period: 30 }],
    [
      { algorithm: 'sha512', digits: '8', period: '60' },
      { algorithm: 'SHA512', digits: 8, period: 60 },
    ],
    [
      { algorithm: 'MD5', digits: '9', period: '0' },
      { algorithm: 'SHA1', digits: 6, period: 30 },
    ],
    [
      { algorithm: 'SHA256', digits: '06', period: '1.5' },
      { algorithm: 'SHA256', digits: 6, period: 30 },
    ],
    [
      { digits: '7', period: '301' },
      { algorithm: 'SHA1', digits: 7, period: 30 },
    ],
  ])('tells the app what the server does as well: %j', (parameters, terms) => {
    expect(keyTerms(parameters)).toEqual(terms);
  });
});
