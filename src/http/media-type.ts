/**
 * What a `Content-Type` header says: nothing at all, an essence (`type/subtype`, lower-case), or something that is not one media
 * type in UTF-8 and is therefore refused.
 */
export type ContentType =
  | { readonly kind: 'absent' }
  | { readonly kind: 'essence'; readonly essence: string }
  | { readonly kind: 'refused' };

const ABSENT: ContentType = { kind: 'absent' };
const REFUSED: ContentType = { kind: 'refused' };
const MAX_LENGTH = 256;

/** Which characters may stand in a token (RFC 9110 §5.6.2), by character code. */
const IS_TOKEN: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9!#$%&'*+.^_`|~-]/.test(String.fromCharCode(code)),
);

function skipToken(text: string, from: number): number {
  let at = from;
  while (at < text.length && IS_TOKEN[text.charCodeAt(at)]) at++;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

/** A quoted string's value and end, or `undefined` when it is not closed. */
function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at];
    if (character === '"') return { value, end: at + 1 };
    if (character === '\\') at++;
    value += text[at] ?? '';
  }
  return undefined;
}

/**
 * Parses one media type by hand, in one pass: no pattern that could backtrack, and nothing that two readers could understand
 * differently (SEC-52). Parameters are ignored but must be well formed, appear once, and `charset` must be UTF-8.
 */
export function parseContentType(header: string | undefined): ContentType {
  if (header === undefined || header === '') return ABSENT;
  if (header === 'application/json') return { kind: 'essence', essence: header };
  if (header.length > MAX_LENGTH) return REFUSED;
  const start = skipSpace(header, 0);
  const slash = skipToken(header, start);
  const end = skipToken(header, slash + 1);
  if (slash === start || header[slash] !== '/' || end === slash + 1) return REFUSED;
  return parametersAreFine(header, end)
    ? { kind: 'essence', essence: header.slice(start, end).toLowerCase() }
    : REFUSED;
}

function parametersAreFine(header: string, from: number): boolean {
  const seen = new Set<string>();
  let at = skipSpace(header, from);
  while (at < header.length) {
    if (header[at] !== ';') return false;
    at = skipSpace(header, at + 1);
    if (at === header.length) return true;
    const equals = skipToken(header, at);
    if (equals === at || header[equals] !== '=') return false;
    const name = header.slice(at, equals).toLowerCase();
    let value: string;
    if (header[equals + 1] === '"') {
      const quoted = readQuoted(header, equals + 1);
      if (!quoted) return false;
      value = quoted.value;
      at = quoted.end;
    } else {
      at = skipToken(header, equals + 1);
      if (at === equals + 1) return false;
      value = header.slice(equals + 1, at);
    }
    if (seen.has(name) || (name === 'charset' && value.toLowerCase() !== 'utf-8')) return false;
    seen.add(name);
    at = skipSpace(header, at);
  }
  return true;
}
