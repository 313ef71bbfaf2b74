import { describe, expect, it } from 'vitest';
import { JSON_LIMITS, JsonRefusal, readJson, readJsonWithoutNulls } from '../../src/http/json-reader.js';

const read = (text: string | Buffer) => readJson(Buffer.isBuffer(text) ? text : Buffer.from(text));
const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const long = 'x'.repeat(JSON_LIMITS.stringLength);

/** What a refusal says in the log; the client is told nothing of it. */
function refusal(text: string | Buffer): string {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(JsonRefusal);
    expect(String(error)).toMatch(/^JsonRefusal: /);
    return error instanceof Error ? error.message : '';
  }
  return `read: ${JSON.stringify(text).slice(0, 40)}`;
}

describe('a refusal says what is wrong (SEC-53)', () => {
  it.each<[string, string | Buffer]>([
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['text after the end', '{} x'],
    ['text after the end', 'truex'],
    ['too deep', objects(JSON_LIMITS.depth + 1)],
    ['too deep', '['.repeat(JSON_LIMITS.depth + 1)],
    ['a key is missing', '{1:2}'],
    ['a key is missing', '{a:2}'],
    ['a key is missing', '{"a":1,}'],
    ['too many keys', `{${Array.from({ length: JSON_LIMITS.keys + 1 }, (_, n) => `"${n}":0`).join()}}`],
    ['the key __proto__', '{"__proto__":1}'],
    ['a key twice', '{"a":1,"b":2,"a":3}'],
    ['a colon is missing', '{"a" 1}'],
    ['a colon is missing', '{"a","b":1}'],
    ['an object is not closed', '{"a":1 "b":2}'],
    ['an object is not closed', '{"a":1]'],
    ['an object is not closed', '{"a":1'],
    ['too many items', `[${'0,'.repeat(JSON_LIMITS.items)}0]`],
    ['an array is not closed', '[1 2]'],
    ['an array is not closed', '[1}'],
    ['an array is not closed', '[1'],
    ['not a value', 'tru'],
    ['not a value', 'tRUE'],
    ['not a value', 'xrue'],
    ['not a value', 'fals'],
    ['not a value', 'nul'],
    ['not a value', '\u00a01'],
    ['not a value', ''],
    ['a number too large', '1e999'],
    ['a number too large', '-1e999'],
    ['a string is not closed', '"abc'],
    ['a string is not closed', '"\u001f"'],
    ['a string is not closed', '"a\\n'],
    ['a string is not closed', '"a\\n\u001f"'],
    ['a string too long', `"${long}x"`],
    ['a string too long', `"\\n${long}"`],
    ['a string too long', `"${long}x\\n"`],
    ['a lone surrogate', '"\\ud800"'],
    ['a lone surrogate', '"\\udbff"'],
    ['a lone surrogate', '"\\udc00"'],
    ['a lone surrogate', '"\\udfff"'],
    ['a lone surrogate', '"\\udbff\\udbff"'],
    ['a lone surrogate', '"\\ud800\\ue000"'],
    ['a lone surrogate', '"\\ud800xudc00"'],
    ['a lone surrogate', '"\\ud800\\ndc00"'],
    ['a NUL', '"\\u0000"'],
    ['an unknown escape', '"\\u12g4"'],
    ['an unknown escape', '"\\u 123"'],
    ['an unknown escape', '"\\x"'],
    ['an unknown escape', '"\\"'],
  ])('%s: %j', (message, text) => {
    const expected = message === 'an unknown escape' && text === '"\\"' ? 'a string is not closed' : message;
    expect(refusal(text)).toBe(expected);
  });
});

describe('what is just within the rules is read', () => {
  it('objects as deep as allowed', () => {
    expect(JSON.stringify(read(objects(JSON_LIMITS.depth)))).toBe(objects(JSON_LIMITS.depth));
    expect(refusal(`[${objects(JSON_LIMITS.depth)}]`)).toBe('too deep');
  });

  it('every kind of white space, around everything', () => {
    const space = ' \t\r\n';
    expect(
      read(
        `${space}{${space}"a"${space}:${space}[${space}1${space},${space}2${space}]${space},"b":{${space}}${space}}${space}`,
      ),
    ).toEqual({
      a: [1, 2],
      b: {},
    });
    expect(read(`[${space}]`)).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['"\u0020\u007f"', ' \u007f'],
    ['"\\n\u0020"', '\n '],
    ['"\\ud7ff\\ue000"', '\ud7ff\ue000'],
    ['"\\uD800\\uDC00\\udbff\\udfff"', '\u{10000}\u{10ffff}'],
    ['"\\u0001"', '\u0001'],
    ['"\\/\\b\\f"', '/\b\f'],
    ['[true,false,null,-0.5e-1,0]', [true, false, null, -0.05, 0]],
    ['{"":0}', { '': 0 }],
  ])('%j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it('nulls stay in lists and go from objects, when asked to; without one nothing is copied (00 §2.4)', () => {
    expect(readJsonWithoutNulls(Buffer.from('{"a":[null],"b":null}'))).toEqual({ a: [null] });
    expect(readJsonWithoutNulls(Buffer.from('{"a":"null"}'))).toEqual({ a: 'null' });
  });
});
