import { escapeHtml } from '../../kernel/html.js';

/** Where a value lands, and so how it is escaped. */
export type Context = 'text' | 'html';

/** Longest value that is put into a message; what is beyond is cut. */
const MAX_VALUE = 256;
const PLACEHOLDER = /\$\{([A-Za-z0-9._-]{1,100})\}/g;
/** Directional controls: they make a message read otherwise than it was written (SEC-63). */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * Replaces `${name}` in one pass: names compared in lower case, only those in `values`, values escaped for their context and
 * never read again for placeholders. A name without a value becomes empty (`30` §9.5; SEC-62).
 */
export function substitute(text: string, values: ReadonlyMap<string, string>, context: Context): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = cleanValue(values.get(name.toLowerCase()) ?? '');
    return context === 'html' ? escapeHtml(value) : value;
  });
}

/** One line of well-formed text without control characters. */
function cleanValue(value: string): string {
  return value.replace(BIDI_CONTROLS, '').replace(CONTROLS, ' ').slice(0, MAX_VALUE).replace(LONE_SURROGATES, '');
}
