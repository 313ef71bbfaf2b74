import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, signedBytes } from '../../src/webauthn/bytes.js';
import { decodeCbor } from '../../src/webauthn/cbor.js';
import { readWhole } from '../../src/webauthn/der.js';
import { encodeCbor } from '../helpers/cbor.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('CBOR', () => {
  it.each([
    ['00', 0],
    ['1818', 24],
    ['3903e7', -1000],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['190100', 256],
    ['1a00010000', 65_536],
    ['1b0000000100000000', 2 ** 32],
    ['3b001ffffffffffffe', -Number.MAX_SAFE_INTEGER],
    ['4401020304', hex('01020304')],
    ['63efbbbf', '\ufeff'],
    ['f5', true],
    ['8181818181818100', [[[[[[[0]]]]]]]],
    ['62c3bc', 'ü'],
    ['83010203', [1, 2, 3]],
    ['f4', false],
    ['f6', null],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
  ])('%s is read (RFC 8949, appendix A)', (bytes, value) => {
    expect(decodeCbor(hex(bytes))).toEqual(value);
  });

  it('is read in its one form, to its last byte (SEC-30)', () => {
    const refused = {
      nothing: '',
      'bytes behind it': '0000',
      'cut short': '4401',
      'not the shortest form': '1817',
      'not the shortest form, in two bytes': '190018',
      'not the shortest form, in four bytes': '1a0000ffff',
      'not the shortest form, in eight bytes': '1b00000000ffffffff',
      'nine levels of maps': `${'a100'.repeat(8)}00`,
      'more than a double holds': '1bffffffffffffffff',
      'an indefinite length': '5f41004100ff',
      'an indefinite map': 'bf0001ff',
      'a tag': 'c000',
      'a float': 'f90000',
      undefined: 'f7',
      'a reserved length': '1c',
      'a key twice': 'a200010002',
      'a key that is bytes': 'a1410000',
      'no UTF-8': '61ff',
      'an array of 2^32': '9affffffff',
      'nine levels': '8181818181818181 00'.replace(' ', ''),
    };
    for (const [what, bytes] of Object.entries(refused))
      expect([what, decodeCbor(hex(bytes))]).toEqual([what, undefined]);
    expect(decodeCbor(Buffer.alloc(70_000, 0x80))).toBeUndefined();
  });

  it('is read up to 64 KiB (SEC-30)', () => {
    const bytes = (length: number) =>
      decodeCbor(Buffer.concat([Buffer.of(0x59, length >> 8, length & 0xff), Buffer.alloc(length)]));
    expect(bytes(65_533)).toEqual(Buffer.alloc(65_533));
    expect(bytes(65_534)).toBeUndefined();
  });

  it('gives back what was written', () => {
    const leaf = fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.oneof(leaf, fc.array(leaf))), (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(value);
      }),
    );
  });

  it('answers whatever bytes it is given', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        decodeCbor(Buffer.from(bytes));
        readWhole(Buffer.from(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('bytes as text', () => {
  it('are read in both alphabets, in their one spelling', () => {
    expect([decodeBase64('-_-_'), decodeBase64('+/+/'), decodeBase64('AA=='), decodeBase64('AA')]).toEqual([
      ...[hex('fbffbf'), hex('fbffbf'), hex('00'), hex('00')],
    ]);
    expect(decodeBase64('A'.repeat(87_384))?.length).toBe(65_538);
    expect(decodeBase64('A'.repeat(87_388))).toBeUndefined();
    for (const text of ['-/AA', '+_AA', 'AA*A', '-/', 'A', 'AB', 'AA=', 'A A', 'AA==\n', '=', 'AA====', 'ä'])
      expect([text, decodeBase64(text)]).toEqual([text, undefined]);
  });

  it('are written as signed numbers, which wrap back', () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(Math.min(...signedBytes(bytes))).toBe(-128);
    expect(Buffer.from(new Uint8Array(signedBytes(bytes)))).toEqual(bytes);
  });
});
