import { isAscii } from 'node:buffer';

export const FORM_TYPE = 'application/x-www-form-urlencoded';

const MAX_PARAMETERS = 50;
const MAX_FORM_BYTES = 16_384;

/**
 * A strict reader of form bodies: ASCII, well-formed percent encoding of UTF-8, each parameter once (RFC 6749 §3.2), bounded.
 * `undefined` when the body is anything else. Parameters without a value count as omitted (RFC 6749 §3.2).
 */
export function readForm(bytes: Buffer): Readonly<Record<string, string>> | undefined {
  if (bytes.length > MAX_FORM_BYTES || !isAscii(bytes)) return undefined;
  const parameters: Record<string, string> = Object.create(null);
  const pairs = bytes.toString('latin1').split('&', MAX_PARAMETERS + 1);
  if (pairs.length > MAX_PARAMETERS) return undefined;
  for (const pair of pairs) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decodeFormText(equals < 0 ? pair : pair.slice(0, equals));
    const value = decodeFormText(equals < 0 ? '' : pair.slice(equals + 1));
    if (name === undefined || value === undefined || name in parameters) return undefined;
    parameters[name] = value;
  }
  for (const name of Object.keys(parameters)) if (parameters[name] === '') delete parameters[name];
  return parameters;
}

/** Decodes one name or value of a form; also the parts of Basic credentials (RFC 6749 §2.3.1). */
export function decodeFormText(text: string): string | undefined {
  if (!/^[\x21-\x7e]*$/.test(text)) return undefined;
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return /[\u0000-\u001f\u007f]/.test(decoded) ? undefined : decoded;
  } catch {
    return undefined;
  }
}
