import type { Channel } from '../delivery/message.js';
import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';

/** A message as the development inbox keeps it. */
export interface InboxMessage {
  readonly id: Uuid;
  readonly createdAt: Instant;
  readonly channel: Channel;
  readonly to: string;
  readonly subject?: string;
  readonly body: string;
  readonly otp: string;
  readonly environmentId: Uuid;
  /** Absent: it went to no user of the environment. */
  readonly userId?: Uuid | undefined;
  readonly deviceAuthenticationId?: Uuid;
  readonly deviceId?: Uuid;
  /** The code's expiry; past it the message reads `EXPIRED`. */
  readonly deadline: Instant;
}

export interface InboxEntry {
  /** Rises in the order of arrival, across processes; the cursor. */
  readonly sequence: number;
  readonly message: InboxMessage;
}

/** Where the inbox keeps its messages: beside the rest, so that they survive a restart and are seen from every process. */
export interface InboxStore {
  /** A message that is there already (delivered again after a crash) is not added twice. */
  append(message: InboxMessage): Promise<void>;
  /** Entries after a sequence, oldest first. */
  after(sequence: number, limit: number): Promise<readonly InboxEntry[]>;
  clear(): Promise<void>;
}

/** The newest messages that are kept. */
export const INBOX_CAPACITY = 10_000;
