import { destination, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from '../config/config.js';
import type { Logger } from '../kernel/log.js';
import { printableFields } from './log-fields.js';
import { scrubbed } from './log-text.js';

/** Standard error: standard output belongs to what a command was asked for. */
const STDERR = 2;
/** What a sink that does not read may make us hold; beyond it lines are dropped and counted, and requests go on (SEC-82). */
const MOST_UNWRITTEN_BYTES = 4 * 1024 * 1024;

/** The log of a process. */
export interface ProcessLog extends Logger {
  /** Lines that were lost because nobody read them. */
  dropped(): number;
}

export interface LogSink {
  readonly fd: number;
  readonly mostUnwrittenBytes: number;
}

const STANDARD_ERROR: LogSink = { fd: STDERR, mostUnwrittenBytes: MOST_UNWRITTEN_BYTES };

/**
 * One JSON object a line; whatever a value holds is encoded, so that no value makes a line of its own, and nothing is printed that
 * has not been through the scrubber (SEC-71). Writing never waits.
 */
export function createLogger(level: LogLevel, { fd, mostUnwrittenBytes }: LogSink = STANDARD_ERROR): ProcessLog {
  const sink = destination({ fd, sync: false, maxLength: mostUnwrittenBytes });
  const log = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  );
  let dropped = 0;
  let told = 0;
  // Whoever closed standard error does not want to read of it, and must not end the server.
  sink.on('error', () => {});
  sink.on('drop', () => {
    dropped += 1;
  });
  // Somebody reads again, and learns that something is missing.
  sink.on('drain', () => {
    if (dropped === told) return;
    const lines = dropped - told;
    told = dropped;
    log.warn({ lines }, 'log lines were dropped: nobody read them in time');
  });
  const at =
    (name: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      if (log.isLevelEnabled(name)) log[name](printableFields(fields), scrubbed(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), dropped: () => dropped };
}
