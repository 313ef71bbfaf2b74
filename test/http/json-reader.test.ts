import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JSON_LIMITS, JsonRefusal, readJson, readJsonWithoutNulls } from '../../src/http/json-reader.js';

const read = (text: string | Buffer) => readJson(Buffer.isBuffer(text) ? text : Buffer.from(text));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const keys = (count: number) => `{${Array.from({ length: count }, (_, at) => `"k${at}":0`).join(',')}}`;
const items = (count: number) => `[${Array.from({ length: count }, () => '0').join(',')}]`;
const string = (length: number) => `"${'x'.repeat(length)}"`;

describe('reading JSON', () => {
  it('reads what JSON.stringify writes, whatever it is', () => {
    const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        let expected: unknown;
        try {
          expected = read(text);
        } catch (cause) {
          // The only documents it may refuse are those with NUL or half a character.
          return cause instanceof JsonRefusal && /\\u0000|\\ud[89a-f]/i.test(text);
        }
        expect(expected).toEqual(JSON.parse(text));
        return true;
      }),
    );
  });

  it('never takes what JSON.parse refuses, and never takes it for something else', () => {
    const fragment = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"a":1',
      '1',
      '-',
      '0',
      '.5',
      'e3',
      'true',
      'nul',
      ' ',
      '\\',
      '"',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 12 }), (fragments) => {
        const text = fragments.join('');
        let value: unknown;
        try {
          value = read(text);
        } catch (cause) {
          return cause instanceof JsonRefusal;
        }
        expect(value).toEqual(JSON.parse(text));
        return true;
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads escapes, pairs of surrogates and characters beyond ASCII', () => {
    expect(read('"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00é😀"')).toBe('"\\/\b\f\n\r\té😀é😀');
  });

  it('leaves members out that are null, at any depth, when asked to (00 §2.4)', () => {
    const text = Buffer.from('{"a":null,"b":{"c":null,"d":[null,{"e":null}]}}');
    expect(readJsonWithoutNulls(text)).toEqual({ b: { d: [null, {}] } });
    expect(readJson(text)).toEqual({ a: null, b: { c: null, d: [null, { e: null }] } });
  });
});

describe('what is refused (SEC-53)', () => {
  it.each<[string, string | Buffer]>([
    ['nothing', ''],
    ['a duplicate key', '{"a":1,"a":1}'],
    ['a duplicate key in another spelling', '{"a":1,"\\u0061":1}'],
    ['__proto__', '{"__proto__":{"admin":true}}'],
    ['__proto__ in another spelling', '{"\\u005f_proto__":1}'],
    ['NUL as an escape', '"\\u0000"'],
    ['NUL as it is', '"\u0000"'],
    ['a line break in a string', '"a\nb"'],
    ['a lone high surrogate', '"\\ud800"'],
    ['a high surrogate before something else', '"\\ud800\\u0041"'],
    ['a lone low surrogate', '"\\udc00"'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong form', Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a byte order mark', '\ufeff{}'],
    ['UTF-16', Buffer.from('{}', 'utf16le')],
    ['a comment', '{/**/}'],
    ['a trailing comma', '{"a":1,}'],
    ['two values', '{}{}'],
    ['a number too large', '1e999'],
    ['NaN', 'NaN'],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['a bare point', '1.'],
    ['an unclosed string', '"abc'],
    ['an unclosed escape', '"\\'],
    ['a bad escape', '"\\x"'],
    ['a short escape', '"\\u12"'],
    ['single quotes', "{'a':1}"],
  ])('%s', (_name, text) => {
    expect(() => read(text)).toThrow(JsonRefusal);
  });

  it.each<[string, (size: number) => string, number]>([
    ['depth', nested, JSON_LIMITS.depth],
    ['keys', keys, JSON_LIMITS.keys],
    ['items', items, JSON_LIMITS.items],
    ['length of a string', string, JSON_LIMITS.stringLength],
    ['length of a string with an escape', (size) => string(size - 1).replace('"', '"\\n'), JSON_LIMITS.stringLength],
  ])('%s beyond its limit, and not one less', (_name, make, limit) => {
    expect(() => read(make(limit))).not.toThrow();
    expect(() => read(make(limit + 1))).toThrow(JsonRefusal);
  });

  it('keys count in the whole document, not per object', () => {
    expect(() => read(`[${keys(600)},${keys(600)}]`)).toThrow(JsonRefusal);
  });

  it('a member called constructor is a member like any other', () => {
    const value = read('{"constructor":{"prototype":{"polluted":true}},"toString":1}');
    expect(Object.keys(value as object)).toEqual(['constructor', 'toString']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
