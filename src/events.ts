import type { Uuid } from './kernel/ids.js';

/** Where business events go: log and metric together. */
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
