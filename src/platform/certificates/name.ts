import { objectId, sequence, setOf, text, value } from '../../kernel/der.js';
import { type DerValue, oidOf, readInside, SEQUENCE, SET } from '../../webauthn/der.js';

/** One attribute of a distinguished name: `CN` and its value. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

const PRINTABLE = 0x13;
const IA5 = 0x16;

/** Attributes that a name may have, by their short names (RFC 4514 §3 and common use). */
const TYPES: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SERIALNUMBER: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  T: '2.5.4.12',
  DC: '0.9.2342.19200300.100.1.25',
  UID: '0.9.2342.19200300.100.1.1',
  EMAILADDRESS: '1.2.840.113549.1.9.1',
};
const SHORT: ReadonlyMap<string, string> = new Map(Object.entries(TYPES).map(([type, oid]) => [oid, type]));

/**
 * A distinguished name as it is written, the most specific attribute first: `CN=a, O=b, C=US` (RFC 4514). An attribute may be empty; a
 * comma in a value follows a backslash. `undefined` when it is none, or says nothing.
 */
export function parseName(written: string): readonly NameAttribute[] | undefined {
  const attributes: NameAttribute[] = [];
  for (const part of written.split(/(?<!\\),/)) {
    const equals = part.indexOf('=');
    const type = part.slice(0, equals).trim().toUpperCase();
    const content = part
      .slice(equals + 1)
      .trim()
      .replace(/\\(.)/g, '$1');
    if (equals < 1 || !Object.hasOwn(TYPES, type)) return undefined;
    if (!fits(type, content)) return undefined;
    attributes.push({ type, value: content });
  }
  return attributes.some(({ value: content }) => content !== '') ? attributes : undefined;
}

/** Upper bounds of X.520; a country has two letters, and what is kept in ASCII is ASCII. */
function fits(type: string, content: string): boolean {
  if (content.length > 256) return false;
  if (type === 'C') return /^(?:[A-Za-z]{2})?$/.test(content);
  return tagOf(type) === undefined || /^[\x20-\x7e]*$/.test(content);
}

/** The tag of what is not kept as UTF-8. */
const tagOf = (type: string): number | undefined =>
  type === 'C' || type === 'SERIALNUMBER' ? PRINTABLE : type === 'DC' || type === 'EMAILADDRESS' ? IA5 : undefined;

/** The encoding, which begins with the least specific attribute (RFC 4514 §2.1); those that say nothing are not in it. */
export function encodeName(attributes: readonly NameAttribute[]): Buffer {
  const said = attributes.filter(({ value: content }) => content !== '').reverse();
  return sequence(
    ...said.map(({ type, value: content }) => {
      const tag = tagOf(type);
      const encoded = tag === undefined ? text(content) : value(tag, Buffer.from(content, 'latin1'));
      return setOf(sequence(objectId(TYPES[type] ?? ''), encoded));
    }),
  );
}

/** The attributes of an encoded name in the order of the encoding; unknown ones by their numbers. */
export function decodeName(name: DerValue | undefined): readonly NameAttribute[] | undefined {
  const attributes: NameAttribute[] = [];
  for (const set of readInside(name, SEQUENCE) ?? []) {
    for (const pair of readInside(set, SET) ?? []) {
      const [type, content] = readInside(pair, SEQUENCE) ?? [];
      const oid = oidOf(type);
      if (oid === undefined || !content) return undefined;
      attributes.push({ type: SHORT.get(oid) ?? oid, value: textOf(content) });
    }
  }
  return attributes.length > 0 ? attributes : undefined;
}

const BMP = 0x1e;

function textOf({ tag, content }: DerValue): string {
  return tag === BMP && content.length % 2 === 0
    ? Buffer.from(content).swap16().toString('utf16le')
    : content.toString('utf8');
}

/** As certificates that come from elsewhere are shown: in the order of their encoding. */
export function writtenName(attributes: readonly NameAttribute[]): string {
  return attributes.map(written).join(',');
}

/** As keys that come from elsewhere are shown, and all others are sent: the most specific attribute first. */
export function spokenName(attributes: readonly NameAttribute[]): string {
  return [...attributes].reverse().map(written).join(', ');
}

const written = ({ type, value: content }: NameAttribute): string => `${type}=${content.replace(/[,\\]/g, '\\$&')}`;

/** The most specific common name. */
export function commonNameIn(attributes: readonly NameAttribute[]): string | undefined {
  return attributes.findLast(({ type }) => type === 'CN')?.value;
}
