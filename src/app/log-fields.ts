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

/** Stands for what throws when it is looked at. */
const UNREADABLE = '[unreadable]';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields as they may be printed (SEC-71): secret types print as redacted by themselves, secret names are hidden, every text is
 * scrubbed, at any depth, in errors and their causes as elsewhere. Never throws, whatever it is given: a proxy may throw at every look.
 */
export function printableFields(fields: object): Fields {
  try {
    return members(fields, 0);
  } catch {
    return { fields: UNREADABLE };
  }
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
    return UNREADABLE;
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
      return value === null ? null : readableObject(value, depth + 1);
    case 'function':
    case 'symbol':
      return undefined;
    default:
      return value;
  }
}

/** What does not let itself be read costs its own place, not the line. */
function readableObject(value: object, depth: number): unknown {
  try {
    return printableObject(value, depth);
  } catch {
    return UNREADABLE;
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
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

/**
 * What an error says of itself, without what libraries hang on it: a database's `detail` quotes the row, a mail library's `response`
 * the address.
 */
function printableError(error: Error, depth: number): Fields {
  const [code, reason, stack, cause] = ['code', 'reason', 'stack', 'cause'].map((key) => read(error, key));
  return {
    type: printable(read(error, 'name'), depth),
    message: printable(read(error, 'message'), depth),
    ...(typeof code === 'string' && (CONDITION.test(code) || SQL_STATE.test(code)) ? { code } : {}),
    ...(reason === undefined ? {} : { reason: printable(reason, depth) }),
    ...(typeof stack === 'string' ? { stack: printable(framesOf(stack), depth) } : {}),
    ...(cause === undefined ? {} : { cause: printable(cause, depth) }),
    ...(error instanceof AggregateError ? { errors: printable(read(error, 'errors'), depth) } : {}),
  };
}

/** The message stands above; an error's name and message would be in its stack again. */
function framesOf(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s*at /.test(line))
    .join('\n');
}
