/** What authenticators write: the part of CBOR that CTAP2 knows, without tags, floats and undefined (CTAP 2.1 §8). */
export type CborValue = number | boolean | null | string | Buffer | readonly CborValue[] | CborMap;
export type CborMap = ReadonlyMap<string | number, CborValue>;

/** A value and where the next one begins. */
export interface CborItem {
  readonly value: CborValue;
  readonly end: number;
}

/** SEC-30. */
const MAX_BYTES = 65_536;
const MAX_DEPTH = 8;

/** Thrown by the reader and caught where it is entered: it never leaves this file. */
class Malformed extends Error {
  override readonly name = 'Malformed';
}

/** The one value that the bytes hold, with nothing behind it (SEC-30). `undefined` for anything else. */
export function decodeCbor(bytes: Buffer): CborValue | undefined {
  const item = readCbor(bytes, 0);
  return item?.end === bytes.length ? item.value : undefined;
}

/**
 * The value that begins at an offset. Strict: definite lengths in their shortest form, text in valid UTF-8, map keys that are
 * numbers or text and come once, at most 64 KiB and eight levels (SEC-30). The order of keys is not looked at: it carries no
 * meaning, and attestation statements in the field have it otherwise.
 */
export function readCbor(bytes: Buffer, offset: number): CborItem | undefined {
  if (bytes.length > MAX_BYTES) return undefined;
  try {
    return read(bytes, offset, 1);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export function isCborMap(value: CborValue | undefined): value is CborMap {
  return value instanceof Map;
}

function read(bytes: Buffer, offset: number, depth: number): CborItem {
  if (depth > MAX_DEPTH) throw new Malformed('too deep');
  const initial = byteAt(bytes, offset);
  const major = initial >> 5;
  if (major === 7) return { value: simple(initial & 0x1f), end: offset + 1 };
  const { argument, end } = readArgument(bytes, offset + 1, initial & 0x1f);
  switch (major) {
    case 0:
      return { value: argument, end };
    case 1:
      return { value: -1 - argument, end };
    case 2:
      return { value: slice(bytes, end, argument), end: end + argument };
    case 3:
      return { value: text(slice(bytes, end, argument)), end: end + argument };
    case 4:
      return readArray(bytes, end, argument, depth);
    case 5:
      return readMap(bytes, end, argument, depth);
    default:
      throw new Malformed('a tag');
  }
}

/** The number in the initial byte or behind it; the shortest form only, and nothing that a double cannot hold. */
function readArgument(bytes: Buffer, at: number, info: number): { readonly argument: number; readonly end: number } {
  if (info < 24) return { argument: info, end: at };
  const width = [1, 2, 4, 8][info - 24];
  if (width === undefined) throw new Malformed('an indefinite length');
  const field = slice(bytes, at, width);
  const argument = width === 8 ? Number(field.readBigUInt64BE()) : field.readUIntBE(0, width);
  const least = width === 1 ? 24 : 2 ** (width * 4);
  if (argument < least || !Number.isSafeInteger(argument)) throw new Malformed('not the shortest form');
  return { argument, end: at + width };
}

function readArray(bytes: Buffer, start: number, length: number, depth: number): CborItem {
  const values: CborValue[] = [];
  let end = start;
  for (let index = 0; index < length; index++) {
    const item = read(bytes, end, depth + 1);
    values.push(item.value);
    end = item.end;
  }
  return { value: values, end };
}

function readMap(bytes: Buffer, start: number, length: number, depth: number): CborItem {
  const map = new Map<string | number, CborValue>();
  let end = start;
  for (let index = 0; index < length; index++) {
    const key = read(bytes, end, depth + 1);
    if (typeof key.value !== 'string' && typeof key.value !== 'number') throw new Malformed('a key of another type');
    if (map.has(key.value)) throw new Malformed('a key twice');
    const member = read(bytes, key.end, depth + 1);
    map.set(key.value, member.value);
    end = member.end;
  }
  return { value: map, end };
}

function simple(info: number): boolean | null {
  if (info === 20) return false;
  if (info === 21) return true;
  if (info === 22) return null;
  throw new Malformed('a float or another simple value');
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new Malformed('ends too early');
  return byte;
}

/** Checked before anything of that size is made. */
function slice(bytes: Buffer, start: number, length: number): Buffer {
  if (length > bytes.length - start) throw new Malformed('ends too early');
  return bytes.subarray(start, start + length);
}

function text(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // `TextDecoder` throws for invalid UTF-8 and nothing else.
    throw new Malformed('invalid UTF-8');
  }
}
