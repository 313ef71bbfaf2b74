/** One value of DER (X.690): its class and number, whether it holds others, and its content. */
export interface DerValue {
  /** Class in the two high bits and the constructed bit, as in the first byte. */
  readonly form: number;
  readonly tag: number;
  readonly content: Buffer;
  readonly end: number;
}

/** First bytes, class and constructed bit included, of the types that are read here. */
export const SEQUENCE = 0x30;
export const SET = 0x31;
export const OBJECT_IDENTIFIER = 0x06;
export const OCTET_STRING = 0x04;
export const INTEGER = 0x02;
export const BOOLEAN = 0x01;

/** A context-specific constructed value with this number. */
export function isContext(value: DerValue, tag: number): boolean {
  return value.form === 0xa0 && value.tag === tag;
}

export function isUniversal(value: DerValue | undefined, type: number): value is DerValue {
  return value !== undefined && value.form === (type & 0xe0) && value.tag === (type & 0x1f);
}

/** The value that begins at an offset; `undefined` unless it is DER: definite, shortest lengths, and within the bytes (SEC-30). */
export function readDer(bytes: Buffer, offset: number): DerValue | undefined {
  const first = bytes[offset];
  if (first === undefined) return undefined;
  const tag = (first & 0x1f) === 0x1f ? readTag(bytes, offset + 1) : { number: first & 0x1f, end: offset + 1 };
  const length = tag && readLength(bytes, tag.end);
  if (!tag || !length || length.value > bytes.length - length.end) return undefined;
  const end = length.end + length.value;
  return { form: first & 0xe0, tag: tag.number, content: bytes.subarray(length.end, end), end };
}

/** The one value that the bytes are, nothing behind it. */
export function readWhole(bytes: Buffer): DerValue | undefined {
  const value = readDer(bytes, 0);
  return value?.end === bytes.length ? value : undefined;
}

/** The values that follow each other in a content, to its end. `undefined` when they do not read. */
export function readAll(content: Buffer): readonly DerValue[] | undefined {
  const values: DerValue[] = [];
  for (let at = 0; at < content.length; ) {
    const value = readDer(content, at);
    if (!value) return undefined;
    values.push(value);
    at = value.end;
  }
  return values;
}

/** The values inside a universal type. */
export function readInside(value: DerValue | undefined, type: number): readonly DerValue[] | undefined {
  return isUniversal(value, type) ? readAll(value.content) : undefined;
}

/** Dotted form of an object identifier. */
export function oidOf(value: DerValue | undefined): string | undefined {
  if (!isUniversal(value, OBJECT_IDENTIFIER)) return undefined;
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value.content) {
    // A zero before an arc's digits would be a second way to write the same identifier (X.690 §8.19.2).
    if (arc > 2 ** 40 || (arc === 0 && byte === 0x80)) return undefined;
    arc = arc * 128 + (byte & 0x7f);
    if (byte < 128) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [head, ...rest] = arcs;
  if (head === undefined || arc !== 0) return undefined;
  const root = Math.min(2, Math.floor(head / 40));
  return [root, head - root * 40, ...rest].join('.');
}

/** Tag numbers from 31 on; those of Android's key descriptions need two bytes, and no more are read. */
function readTag(bytes: Buffer, at: number): { readonly number: number; readonly end: number } | undefined {
  const [high, low] = [bytes[at], bytes[at + 1]];
  if (high === undefined) return undefined;
  if (high < 0x80) return high < 0x1f ? undefined : { number: high, end: at + 1 };
  if (high === 0x80 || low === undefined || low >= 0x80) return undefined;
  return { number: (high & 0x7f) * 128 + low, end: at + 2 };
}

function readLength(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, end: at + 1 };
  const width = first & 0x7f;
  if (width === 0 || width > 3 || at + 1 + width > bytes.length) return undefined;
  const value = bytes.readUIntBE(at + 1, width);
  return value < 0x80 || value < 2 ** (8 * (width - 1)) ? undefined : { value, end: at + 1 + width };
}
