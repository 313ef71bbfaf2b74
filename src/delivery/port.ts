import type { AuditEvent } from '../audit/record.js';
import type { Millis } from '../kernel/clock.js';
import type { LeasedMessage, Settlement } from './message.js';

/** The dispatcher's view of the store. */
export interface Outbox {
  /** Takes over up to `limit` rows whose lease has ended, counting the attempt before anything is sent; expired ones are abandoned. */
  claim(limit: number, lease: Millis): Promise<readonly LeasedMessage[]>;
  /**
   * Records one attempt's result, with the event that it is in the audit trail, erasing the content when accepted or abandoned.
   * `false`: another process holds the row now, and nothing is recorded.
   */
  settle(message: LeasedMessage, settlement: Settlement, event?: AuditEvent): Promise<boolean>;
}
