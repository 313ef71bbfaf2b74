import { describe, expect, it } from 'vitest';
import {
  isContext,
  isUniversal,
  OBJECT_IDENTIFIER,
  oidOf,
  readAll,
  readDer,
  readInside,
  readWhole,
  SEQUENCE,
} from '../../src/webauthn/der.js';
import { der } from '../helpers/certificates.js';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('DER (X.690; SEC-30)', () => {
  it.each([
    ['0500', { form: 0x00, tag: 5, content: '', end: 2 }],
    ['04020102', { form: 0x00, tag: 4, content: '0102', end: 4 }],
    ['a303020101', { form: 0xa0, tag: 3, content: '020101', end: 5 }],
    ['df1f00', { form: 0xc0, tag: 31, content: '', end: 3 }],
    ['bf7f00', { form: 0xa0, tag: 127, content: '', end: 3 }],
    ['bf810000', { form: 0xa0, tag: 128, content: '', end: 4 }],
    ['bf8458020500', { form: 0xa0, tag: 600, content: '0500', end: 6 }],
  ])('%s is read', (bytes, { content, ...rest }) => {
    expect(readDer(hex(bytes), 0)).toEqual({ ...rest, content: hex(content) });
    expect(readDer(hex(`00${bytes}`), 1)).toEqual({ ...rest, content: hex(content), end: rest.end + 1 });
  });

  it.each([
    ['of one byte', '7f', 0x7f],
    ['of two', '8180', 0x80],
    ['of two, the greatest', '81ff', 0xff],
    ['of three', '820100', 0x100],
    ['of four', '83010000', 0x10000],
  ])('a length %s is read', (_what, length, size) => {
    const bytes = Buffer.concat([hex(`04${length}`), Buffer.alloc(size, 1)]);
    expect(readWhole(bytes)?.content.length).toBe(size);
    expect(readWhole(bytes.subarray(0, -1))).toBeUndefined();
    expect(readWhole(Buffer.concat([bytes, Buffer.of(0)]))).toBeUndefined();
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '04'],
    ['a tag of 31 cut short', 'bf'],
    ['a long tag alone', 'bf1f'],
    ['a long tag for a small number', 'bf1e00'],
    ['a long tag behind a zero', 'bf803200'],
    ['a long tag of two bytes cut short', 'bf84'],
    ['a long tag of three bytes', 'bf81808000'],
    ['an indefinite length', '30800000'],
    ['a length in two bytes that fits one', '04817f'.padEnd(6 + 254, '0')],
    ['a length in three bytes that fits two', '048200ff'.padEnd(8 + 510, '0')],
    ['a length in four bytes that fits three', '048300ffff'.padEnd(10 + 131_070, '0')],
    ['a length in five bytes', '048401000000'],
    ['a length cut short', '048201'],
    ['a content cut short', '040201'],
  ])('%s is not read', (_what, bytes) => expect(readDer(hex(bytes), 0)).toBeUndefined());

  it('is read from one value to the next, and not past what does not read', () => {
    expect(readAll(hex('05000101ff'))?.map(({ tag }) => tag)).toEqual([5, 1]);
    expect(readAll(hex(''))).toEqual([]);
    expect(readAll(hex('050001'))).toBeUndefined();
    expect(readInside(readWhole(hex('30020500')), SEQUENCE)?.length).toBe(1);
    expect(readInside(readWhole(hex('31020500')), SEQUENCE)).toBeUndefined();
    expect(readInside(undefined, SEQUENCE)).toBeUndefined();
  });

  it('has types by class, form and number together', () => {
    const value = (first: number) => readDer(Buffer.of(first, 0), 0);
    expect([0x30, 0x10, 0x31, 0xb0].map((first) => isUniversal(value(first), SEQUENCE))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(isUniversal(undefined, SEQUENCE)).toBe(false);
    const isFour = (first: number): boolean => {
      const read = value(first);
      return read !== undefined && isContext(read, 4);
    };
    expect([0xa4, 0x84, 0xa5, 0x24].map(isFour)).toEqual([true, false, false, false]);
  });

  it.each([
    ['27', '0.39'],
    ['28', '1.0'],
    ['4f', '1.39'],
    ['50', '2.0'],
    ['78', '2.40'],
    ['883703', '2.999.3'],
    ['2a864886f70d', '1.2.840.113549'],
    ['2aa0808080808001', '1.2.140737488355329'],
  ])('%s is the object identifier %s', (content, dotted) => {
    expect(oidOf(readWhole(der(OBJECT_IDENTIFIER, hex(content))))).toBe(dotted);
  });

  it.each(['', '2a86', '2a80', '2a8001', '8027', '2aa0808080808101'])('%s is no object identifier', (content) => {
    expect(oidOf(readWhole(der(OBJECT_IDENTIFIER, hex(content))))).toBeUndefined();
  });

  it('has no object identifier in another type', () => {
    expect(oidOf(readWhole(hex('04012a')))).toBeUndefined();
    expect(oidOf(undefined)).toBeUndefined();
  });
});
