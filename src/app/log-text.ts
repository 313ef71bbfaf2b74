/** Stands in the place of what was taken out. */
const OUT = '[redacted]';

/** Whether there may be anything to take out: most texts have none of these, and one look tells. */
const SUSPECT = /[@+\u007f-\u009f\u2028-\u202e\u2066-\u2069]|\d{4}|\bey[\w-]{8}/;
/** What only a long text can hold. */
const LONG = 32;
const SUSPECT_WORD = /[\w-]{32}/;
const UUID_LENGTH = 36;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Not encoded by JSON, but obeyed by terminals and viewers: DEL, C1 (one of them begins an escape), line ends, directions. */
const CONTROL = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;
/** A line of a stack: names, paths and line numbers, which look like other things. */
const FRAME = /^\s*at /;

const CREDENTIALS_IN_URL = /(\/\/)[^\s/@]*@/g;
const EMAIL = /[^\s@"'<>()[\]{},;:=]+@[^\s@"'<>()[\]{},;:=]+/g;
const PHONE = /\+[1-9](?:[ .()-]{0,2}\d){6,14}/g;
/** JSON Web Tokens, whole or cut off after their payload. */
const WEB_TOKEN = /\bey[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g;
/** Keys and secrets in base64, base64url or hexadecimal. */
const LONG_WORD =
  /[\w-]{32,}=*|(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40,}=*/g;
/**
 * Codes, and numbers without their `+`: digits that stand alone. Not the parts of ids, dates and decimals, and not the port behind
 * an address.
 */
const DIGITS = /(?<![\w-]|\d\.|(?:\d\.\d{1,3}|localhost|\]|[a-z]\.[a-z]{2,}):)\d{4,15}(?![\w-]|\.\d)/g;

/**
 * A text as it may stand in the log: what has the shape of a token, a code, a phone number or an e-mail address is gone, ids stay.
 * The last of several nets (SEC-71): nothing of that kind should come this far.
 */
export function scrubbed(text: string): string {
  if (text.length === UUID_LENGTH && UUID.test(text)) return text;
  if (!SUSPECT.test(text) && (text.length < LONG || !SUSPECT_WORD.test(text))) return text;
  const encoded = text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return encoded.includes('\n') ? encoded.split('\n').map(scrubbedLine).join('\n') : scrubbedLine(encoded);
}

function scrubbedLine(line: string): string {
  const named = line.replace(CREDENTIALS_IN_URL, `$1${OUT}@`).replace(EMAIL, withoutAddress).replace(PHONE, OUT);
  const tokenless = named.replace(WEB_TOKEN, OUT);
  if (FRAME.test(line)) return tokenless;
  return tokenless.replace(LONG_WORD, (word) => (UUID.test(word) ? word : OUT)).replace(DIGITS, OUT);
}

/** What the pattern before has left of a URL is no address. */
const withoutAddress = (match: string): string => (match.startsWith(`//`) || match.includes(OUT) ? match : OUT);
