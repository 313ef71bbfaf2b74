import type { InboxDoor, Outgoing } from '../delivery/gateway.js';
import type { Millis } from '../kernel/clock.js';
import { createFeed } from './feed.js';
import type { InboxEntry, InboxMessage, InboxStore } from './port.js';
import type { InboxQuery } from './query.js';

/** The development inbox: what the `inbox` gateway delivered, in this process or another of the same database. */
export interface Inbox extends InboxDoor, AsyncDisposable {
  /** At once if something matches, else as soon as something does, else empty when the wait or the signal ends. */
  find(query: InboxQuery, signal: AbortSignal): Promise<InboxPage>;
  /** What is there after a sequence, then whatever happens, until the signal ends. */
  follow(after: number, signal: AbortSignal): AsyncIterable<InboxChange>;
  /** The newest sequence. */
  newest(): Promise<number>;
  clear(): Promise<void>;
}

export interface InboxPage {
  /** Oldest first, at most `PAGE_LIMIT`. */
  readonly entries: readonly InboxEntry[];
  /** Everything up to here was looked at. */
  readonly cursor: number;
}

export type InboxChange = { readonly kind: 'emptied' } | { readonly kind: 'arrived'; readonly entry: InboxEntry };

export interface InboxOptions {
  readonly store: InboxStore;
  /** Between two looks for other processes' messages, while somebody waits. */
  readonly pollEvery?: Millis;
  readonly onFault: (error: unknown) => void;
}

/** Messages in one answer; the rest follows under its cursor. */
export const PAGE_LIMIT = 1_000;

export function createInbox({ store, pollEvery = 200, onFault }: InboxOptions): Inbox {
  const feed = createFeed(store, pollEvery, onFault);

  async function find(query: InboxQuery, signal: AbortSignal): Promise<InboxPage> {
    let { after } = query;
    let end: AbortSignal | undefined;
    await feed.refresh();
    for (;;) {
      const found = feed.after(after, query.wanted);
      const entries = found.slice(0, PAGE_LIMIT);
      const last = found.length > PAGE_LIMIT ? entries.at(-1) : undefined;
      after = last?.sequence ?? Math.max(after, feed.newest);
      if (entries.length > 0 || query.wait === 0 || end?.aborted || feed.closed) return { entries, cursor: after };
      end ??= AbortSignal.any([signal, AbortSignal.timeout(query.wait)]);
      await feed.change(end);
    }
  }

  async function* follow(after: number, signal: AbortSignal): AsyncGenerator<InboxChange> {
    await feed.refresh();
    let position = after;
    let { emptied } = feed;
    while (!signal.aborted && !feed.closed) {
      if (feed.emptied !== emptied) {
        emptied = feed.emptied;
        yield { kind: 'emptied' };
      }
      const fresh = feed.after(position);
      position = Math.max(position, feed.newest);
      for (const entry of fresh) yield { kind: 'arrived', entry };
      if (feed.emptied === emptied && feed.newest <= position) await feed.change(signal);
    }
  }

  return {
    async deliver(message) {
      await store.append(toInboxMessage(message));
      feed.nudge();
    },
    find,
    follow,
    async newest() {
      await feed.refresh();
      return feed.newest;
    },
    async clear() {
      await store.clear();
      await feed.refresh();
    },
    async [Symbol.asyncDispose]() {
      feed[Symbol.dispose]();
    },
  };
}

function toInboxMessage(message: Outgoing): InboxMessage {
  return {
    id: message.id,
    createdAt: message.createdAt,
    channel: message.channel,
    to: message.to,
    ...(message.subject === undefined ? {} : { subject: message.subject }),
    body: message.text,
    otp: message.otp,
    environmentId: message.environmentId,
    userId: message.userId,
    ...(message.deviceAuthenticationId === undefined ? {} : { deviceAuthenticationId: message.deviceAuthenticationId }),
    ...(message.deviceId === undefined ? {} : { deviceId: message.deviceId }),
    deadline: message.deadline,
  };
}
