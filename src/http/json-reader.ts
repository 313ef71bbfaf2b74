import { isAscii, isUtf8 } from 'node:buffer';
import { type Json, withoutNulls } from '../kernel/json.js';

/** What a body may be made of (SEC-53); its size in bytes is limited before it gets here. */
export const JSON_LIMITS = { depth: 32, keys: 1_000, items: 10_000, stringLength: 16_384 } as const;

/** The text is not JSON, is ambiguous, or is more than `JSON_LIMITS` allow. The message is for the log. */
export class JsonRefusal extends Error {
  override readonly name = 'JsonRefusal';
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/**
 * Reads one JSON text strictly (RFC 8259). Beyond what `JSON.parse` refuses, these are refused: invalid UTF-8, duplicate keys,
 * `__proto__` as a key, NUL, lone surrogates, numbers beyond a double, and anything over `JSON_LIMITS`, of which `longestText` and
 * `mostKeys` may replace two. Throws `JsonRefusal`.
 */
export function readJson(
  bytes: Buffer,
  longestText: number = JSON_LIMITS.stringLength,
  mostKeys: number = JSON_LIMITS.keys,
): Json {
  return new Reader(decode(bytes), longestText, mostKeys).read();
}

/** The same without `null` members: in a `POST` or `PUT` they count as omitted (`00` §2.4). */
export function readJsonWithoutNulls(
  bytes: Buffer,
  longestText: number = JSON_LIMITS.stringLength,
  mostKeys: number = JSON_LIMITS.keys,
): Json {
  const reader = new Reader(decode(bytes), longestText, mostKeys);
  const value = reader.read();
  return reader.sawNull ? withoutNulls(value) : value;
}

function decode(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw new JsonRefusal('not UTF-8');
  return bytes.toString('utf8');
}

/** One pass over the text: every check happens before the value it concerns is built. */
class Reader {
  sawNull = false;
  readonly #text: string;
  readonly #longestText: number;
  readonly #mostKeys: number;
  #at = 0;
  #keys = 0;
  #items = 0;

  constructor(text: string, longestText: number, mostKeys: number) {
    this.#text = text;
    this.#longestText = longestText;
    this.#mostKeys = mostKeys;
  }

  read(): Json {
    const value = this.#value(1);
    this.#skipSpace();
    if (this.#at < this.#text.length) throw new JsonRefusal('text after the end');
    return value;
  }

  #skipSpace(): void {
    const text = this.#text;
    let at = this.#at;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
      at++;
    }
    this.#at = at;
  }

  #value(depth: number): Json {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    if (code === QUOTE) return this.#string();
    if (code === OPEN_BRACE) return this.#object(depth);
    if (code === OPEN_BRACKET) return this.#array(depth);
    if (code === 0x74 && this.#text.startsWith('true', this.#at)) return this.#word(4, true);
    if (code === 0x66 && this.#text.startsWith('false', this.#at)) return this.#word(5, false);
    if (code === 0x6e && this.#text.startsWith('null', this.#at)) {
      this.sawNull = true;
      return this.#word(4, null);
    }
    return this.#number();
  }

  #word<T>(length: number, value: T): T {
    this.#at += length;
    return value;
  }

  #object(depth: number): Json {
    if (depth > JSON_LIMITS.depth) throw new JsonRefusal('too deep');
    const members: Record<string, Json> = {};
    this.#at++;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACE) return this.#word(1, members);
    for (;;) {
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== QUOTE) throw new JsonRefusal('a key is missing');
      const key = this.#string();
      if (++this.#keys > this.#mostKeys) throw new JsonRefusal('too many keys');
      // `constructor` and the like are inert as own members; this one would replace the prototype.
      if (key.length > JSON_LIMITS.stringLength) throw new JsonRefusal('a key too long');
      if (key === '__proto__') throw new JsonRefusal('the key __proto__');
      if (Object.hasOwn(members, key)) throw new JsonRefusal('a key twice');
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== COLON) throw new JsonRefusal('a colon is missing');
      this.#at++;
      members[key] = this.#value(depth + 1);
      this.#skipSpace();
      const next = this.#text.charCodeAt(this.#at++);
      if (next === CLOSE_BRACE) return members;
      if (next !== COMMA) throw new JsonRefusal('an object is not closed');
    }
  }

  #array(depth: number): Json {
    if (depth > JSON_LIMITS.depth) throw new JsonRefusal('too deep');
    const items: Json[] = [];
    this.#at++;
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) === CLOSE_BRACKET) return this.#word(1, items);
    for (;;) {
      if (++this.#items > JSON_LIMITS.items) throw new JsonRefusal('too many items');
      items.push(this.#value(depth + 1));
      this.#skipSpace();
      const next = this.#text.charCodeAt(this.#at++);
      if (next === CLOSE_BRACKET) return items;
      if (next !== COMMA) throw new JsonRefusal('an array is not closed');
    }
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (!match) throw new JsonRefusal('not a value');
    this.#at = NUMBER.lastIndex;
    const number = Number(match[0]);
    if (!Number.isFinite(number)) throw new JsonRefusal('a number too large');
    return number;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) return this.#escapedString(start, at);
      // Past the end the code is NaN, which is not greater either.
      if (!(code > 0x1f)) throw new JsonRefusal('a string is not closed');
      at++;
    }
    if (at - start > this.#longestText) throw new JsonRefusal('a string too long');
    this.#at = at + 1;
    return text.slice(start, at);
  }

  /** From the first escape on, piece by piece. */
  #escapedString(start: number, firstEscape: number): string {
    const text = this.#text;
    let value = text.slice(start, firstEscape);
    let at = firstEscape;
    for (;;) {
      if (value.length > this.#longestText) throw new JsonRefusal('a string too long');
      const code = text.charCodeAt(at);
      if (code === QUOTE) break;
      if (!(code > 0x1f)) throw new JsonRefusal('a string is not closed');
      if (code !== BACKSLASH) {
        value += text[at++];
      } else if (text[at + 1] === 'u') {
        const unit = this.#unit(at);
        at += 6;
        if (unit >= 0xdc00 && unit <= 0xdfff) throw new JsonRefusal('a lone surrogate');
        if (unit >= 0xd800 && unit <= 0xdbff) {
          const low = text[at] === '\\' && text[at + 1] === 'u' ? this.#unit(at) : 0;
          if (low < 0xdc00 || low > 0xdfff) throw new JsonRefusal('a lone surrogate');
          value += String.fromCharCode(unit, low);
          at += 6;
        } else {
          if (unit === 0) throw new JsonRefusal('a NUL');
          value += String.fromCharCode(unit);
        }
      } else {
        const character = ESCAPES[text[at + 1] ?? ''];
        if (character === undefined) throw new JsonRefusal('an unknown escape');
        value += character;
        at += 2;
      }
    }
    this.#at = at + 1;
    return value;
  }

  /** The UTF-16 code unit of the `\uXXXX` at this place. */
  #unit(at: number): number {
    const digits = this.#text.slice(at + 2, at + 6);
    if (!/^[0-9A-Fa-f]{4}$/.test(digits)) throw new JsonRefusal('an unknown escape');
    return Number.parseInt(digits, 16);
  }
}
