import type { AuditEvent } from './audit/record.js';
import type { Logger } from './kernel/log.js';

/** Where business events go. */
export interface EventSink {
  emit(event: BusinessEvent): void;
}

/** The very events of the audit trail. Never a code, never a contact (SEC-71). */
export interface BusinessEvent extends AuditEvent {
  /** What the log is told and the trail is not, because nothing could take it back from there when its user goes (SEC-74). */
  readonly logOnly?: Readonly<Record<string, string>>;
}

/** What an operator wants to see without asking for more: somebody was shut out, or something was not sent. */
const NOTABLE: ReadonlySet<string> = new Set([
  'DEVICE.LOCKED',
  'DEVICE.PAIRING_FAILED_COMPROMISED',
  'NOTIFICATION.PREFIX_STOPPED',
  'NOTIFICATION.REJECTED',
  'OTP.CHECK_FAILED',
  'SEALED_VALUE.REFUSED',
  'USER.FAILURES_EXCEEDED',
  'USER.LOCKED',
]);

/**
 * Logs each event: the notable at `info`, the daily business at `debug`, so that a request stays one line. `note` sees every event
 * too: the metrics count from it.
 */
export function createEventSink(logger: Logger, note?: (event: BusinessEvent) => void): EventSink {
  return {
    emit(event) {
      note?.(event);
      if (NOTABLE.has(event.type)) logger.info(event, 'event');
      else logger.debug(event, 'event');
    },
  };
}
