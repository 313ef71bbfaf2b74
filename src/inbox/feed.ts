import type { Millis } from '../kernel/clock.js';
import { Entries, type Wanted } from './entries.js';
import type { InboxEntry, InboxStore } from './port.js';

/** The inbox as this process knows it: in memory, so that looking for a message does not read them all from the database. */
export interface Feed extends Disposable {
  /** Entries after a sequence that have the values wanted, oldest first. */
  after(sequence: number, wanted?: Wanted): readonly InboxEntry[];
  /** The newest sequence seen: every entry up to it is here, or gone for good. */
  readonly newest: number;
  /** How often the inbox was emptied, as far as this process saw. */
  readonly emptied: number;
  /** Ended: nothing will change any more. */
  readonly closed: boolean;
  /** Brings in what has arrived in the store, whichever process delivered it. */
  refresh(): Promise<void>;
  /** This process has just delivered something: whoever waits learns of it now. */
  nudge(): void;
  /** Resolves at the next change, or when the signal ends. While anyone waits, other processes' deliveries are looked for. */
  change(signal: AbortSignal): Promise<void>;
}

const PAGE = 1_000;

export function createFeed(store: InboxStore, pollEvery: Millis, onFault: (error: unknown) => void): Feed {
  const entries = new Entries();
  let newest = 0;
  let emptied = 0;
  let current: Promise<void> | undefined;
  let following: Promise<void> | undefined;
  const waiting = new Set<() => void>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  async function read(): Promise<void> {
    let changed = await dropRemoved();
    for (;;) {
      const page = await store.after(newest, PAGE);
      const last = page.at(-1);
      if (!last) break;
      entries.add(page);
      newest = last.sequence;
      changed = true;
      if (page.length < PAGE) break;
    }
    if (changed) for (const wake of [...waiting]) wake();
  }

  /** Another process may have emptied the inbox, or the store have dropped the oldest: what the store begins with tells. */
  async function dropRemoved(): Promise<boolean> {
    const first = entries.oldest;
    if (!first) return false;
    const [oldest] = await store.after(first.sequence - 1, 1);
    if (oldest?.sequence === first.sequence) return false;
    if (oldest) entries.dropBefore(oldest.sequence);
    else entries.clear();
    if (!entries.oldest) emptied += 1;
    return true;
  }

  /** A caller must see what was in the store when it called: a read that is under way began before, so another follows it. */
  function refresh(): Promise<void> {
    if (!current) {
      current = read().finally(() => {
        current = undefined;
      });
      return current;
    }
    following ??= current
      .catch(() => {})
      .then(() => {
        following = undefined;
        return refresh();
      });
    return following;
  }

  function poll(): void {
    if (timer || closed || waiting.size === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      refresh().catch(onFault).finally(poll);
    }, pollEvery).unref();
  }

  return {
    after: (sequence, wanted) => entries.after(sequence, wanted),
    get newest() {
      return newest;
    },
    get emptied() {
      return emptied;
    },
    get closed() {
      return closed;
    },
    refresh,
    nudge() {
      // With nobody waiting, the next look brings it in; if this one fails, the next poll does.
      if (waiting.size > 0) refresh().catch(onFault);
    },
    change(signal) {
      return new Promise((resolve) => {
        if (signal.aborted || closed) return resolve();
        const done = (): void => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done);
        poll();
      });
    },
    [Symbol.dispose]() {
      closed = true;
      clearTimeout(timer);
      for (const wake of [...waiting]) wake();
    },
  };
}
