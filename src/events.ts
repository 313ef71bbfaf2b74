import type { Uuid } from './kernel/ids.js';
import type { Logger } from './kernel/log.js';

/** Where business events go. */
export interface EventSink {
  emit(event: BusinessEvent): void;
}

/** Names as in the audit vocabulary (`10` §16, `20` §18.2). Never a code, never an unmasked contact (SEC-71). */
export interface BusinessEvent {
  readonly type: string;
  readonly environmentId: Uuid;
  readonly userId?: Uuid;
  readonly deviceId?: Uuid;
  readonly deviceAuthenticationId?: Uuid;
  readonly detail?: Readonly<Record<string, string | number | boolean>>;
}

/** What an operator wants to see without asking for more: somebody was shut out, or something was not sent. */
const NOTABLE: ReadonlySet<string> = new Set([
  'DEVICE.LOCKED',
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
