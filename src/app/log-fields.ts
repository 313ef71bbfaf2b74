import { scrubbed } from './log-text.js';

const OUT = '[redacted]';
/** Fields that are never shown, wherever they stand and whatever they hold. In lower case. */
const SECRET_FIELDS = new Set([
  'accesstoken',
  'authorization',
  'body',
  'clientsecret',
  'contact',
  'cookie',
  'email',
  'masterkey',
  'otp',
  'password',
  'phone',
  'secret',
  'to',
  'token',
]);
const HAS_CAPITAL = /[A-Z]/;
/** An error's code names a condition: `ECONNREFUSED`, `57P01`, `HPE_INVALID_METHOD`; a code that somebody typed is digits. */
const CONDITION = /^(?=.*[A-Z])[A-Z0-9_]{3,40}$/;
/** SQLSTATE: five characters, perhaps all digits; on errors only. */
const SQL_STATE = /^[0-9A-Z]{5}$/;
/** Deeper, longer or wider values are cut: a log line is no dump. */
const MOST_DEPTH = 6;
const MOST_MEMBERS = 64;
const MOST_TEXT = 8_192;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields as they may be printed (SEC-71): secret types print as redacted by themselves, secret names are hidden, every text is
 * scrubbed, at any depth, in errors and their causes as elsewhere. Never throws, whatever it is given.
 */
export function printableFields(fields: object): Fields {
  return members(fields, 0);
}

function members(value: object, depth: number): Fields {
  const result: Record<string, unknown> = {};
  const names = Object.keys(value);
  for (let at = 0; at < names.length && at < MOST_MEMBERS; at++) {
    const name = names[at] ?? '';
    result[name] = member(name, read(value, name), depth);
  }
  return result;
}

/** A getter may throw, and what it would have said is not worth a lost line. */
function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch {
    return '[unreadable]';
  }
}

function member(key: string, value: unknown, depth: number): unknown {
  if (value === undefined) return undefined;
  if (key === 'code') return typeof value === 'string' && CONDITION.test(value) ? value : OUT;
  if (SECRET_FIELDS.has(key) || (HAS_CAPITAL.test(key) && SECRET_FIELDS.has(key.toLowerCase()))) return OUT;
  if (typeof value === 'number') return value;
  return printable(value, depth);
}

function printable(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return scrubbed(value.length > MOST_TEXT ? `${value.slice(0, MOST_TEXT)}…` : value);
    case 'bigint':
      return scrubbed(String(value));
    case 'object':
      return value === null ? null : printableObject(value, depth + 1);
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

function printableObject(value: object, depth: number): unknown {
  if (depth > MOST_DEPTH) return '[…]';
  if (value instanceof Error) return printableError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map((item) => printable(item, depth));
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name} of ${value.size}]`;
  // Redacted and sealed values say what they may; dates too.
  if (typeof read(value, 'toJSON') === 'function') return printable(jsonOf(value), depth);
  return members(value, depth);
}

function jsonOf(value: object): unknown {
  try {
    const text = JSON.stringify(value);
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return '[unreadable]';
  }
}

/**
 * What an error says of itself, without what libraries hang on it: a database's `detail` quotes the row, a mail library's `response`
 * the address.
 */
function printableError(error: Error, depth: number): Fields {
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const reason = 'reason' in error ? error.reason : undefined;
  return {
    type: name,
    message: printable(message, depth),
    ...(typeof code === 'string' && (CONDITION.test(code) || SQL_STATE.test(code)) ? { code } : {}),
    ...(reason === undefined ? {} : { reason: printable(reason, depth) }),
    ...(stack === undefined ? {} : { stack: printable(framesOf(stack), depth) }),
    ...(cause === undefined ? {} : { cause: printable(cause, depth) }),
    ...(error instanceof AggregateError ? { errors: printable(error.errors, depth) } : {}),
  };
}

/** The message stands above; an error's name and message would be in its stack again. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s*at /.test(line))
    .join('\n');
}
