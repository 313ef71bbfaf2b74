import { type Instant, toTimestamp } from './clock.js';

/** One value in the distinguished encoding (X.690 §10): tag, definite length, content. `contents` are joined. */
export function value(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
}

/** The shortest form of a length (X.690 §8.1.3). */
function lengthOf(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits: number[] = [];
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  return Buffer.from([0x80 | digits.length, ...digits]);
}

export const sequence = (...members: readonly Uint8Array[]): Buffer => value(0x30, ...members);
/** A set of one: the members of a larger one would have to be sorted. */
export const setOf = (member: Uint8Array): Buffer => value(0x31, member);
export const octets = (content: Uint8Array): Buffer => value(0x04, content);
export const text = (content: string): Buffer => value(0x0c, Buffer.from(content, 'utf8'));
export const yes = (): Buffer => value(0x01, Buffer.from([0xff]));
/** `[n]` around a value, or around the content of one whose own tag it replaces when that is constructed. */
export const tagged = (n: number, ...contents: readonly Uint8Array[]): Buffer => value(0xa0 | n, ...contents);
/** `[n]` in place of the tag of a primitive value. */
export const implicit = (n: number, content: Uint8Array): Buffer => value(0x80 | n, content);
/** `unused` low bits of the last byte do not count. */
export const bits = (content: Uint8Array, unused = 0): Buffer => value(0x03, Buffer.from([unused]), content);

/** A number that is not negative, big-endian, in as few bytes as it needs (X.690 §8.3). */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = start < 0 ? new Uint8Array(1) : bytes.subarray(start);
  const isHigh = (digits[0] ?? 0) >= 0x80;
  return value(0x02, ...(isHigh ? [new Uint8Array(1)] : []), digits);
}

/** `1.2.840.10045.4.3.2`; its first two numbers share a byte (X.690 §8.19). */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return value(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): readonly number[] {
  const digits = [number % 128];
  for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
    digits.unshift(0x80 | (left % 128));
  return digits;
}

/** Whole seconds; the short form until the end of 2049 (RFC 5280 §4.1.2.5). */
export function time(instant: Instant): Buffer {
  const digits = `${toTimestamp(instant).slice(0, 19).replace(/\D/g, '')}Z`;
  return digits < '2050' ? value(0x17, Buffer.from(digits.slice(2))) : value(0x18, Buffer.from(digits));
}
