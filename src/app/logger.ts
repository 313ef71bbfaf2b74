import { destination, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../config/config.js';
import type { Logger } from '../kernel/log.js';

/** Standard error: standard output belongs to what a command was asked for. */
const STDERR = 2;
/** What a sink that does not read may make us hold; beyond it lines are dropped, and requests go on (SEC-82). */
const MOST_UNWRITTEN_BYTES = 4 * 1024 * 1024;

/** The last of several nets: secrets print as redacted by their types before it comes to this (SEC-71). */
const SECRET_FIELDS = [
  'otp',
  'code',
  'secret',
  'password',
  'token',
  'accessToken',
  'authorization',
  'clientSecret',
  'masterKey',
  'phone',
  'email',
  'body',
];

/** One JSON object a line; whatever a value holds is encoded, so that no value makes a line of its own. */
export function createLogger(level: LogLevel): Logger {
  const sink = destination({ fd: STDERR, sync: false, maxLength: MOST_UNWRITTEN_BYTES });
  // Whoever closed standard error does not want to read of it, and must not end the server.
  sink.on('error', () => {});
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    },
    sink,
  );
}
