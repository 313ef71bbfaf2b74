import { type Instant, type Millis, toTimestamp } from '../kernel/clock.js';
import type { InboxChange } from './service.js';
import { viewMessage } from './view.js';

/** Silence after which a comment is sent, so that proxies and browsers keep the connection. */
const HEARTBEAT: Millis = 20_000;

/**
 * The inbox as server-sent events (HTML Standard §9.2): `message` with the message, when its code expires and the server's time,
 * and `emptied`. The id of an event is the cursor, which browsers send back when they reconnect.
 */
export async function* eventStream(
  changes: AsyncIterable<InboxChange>,
  now: () => Instant,
  heartbeat: Millis = HEARTBEAT,
): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  const iterator = changes[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const result = await orSilence(next, heartbeat);
    if (result === undefined) yield ': waiting\n\n';
    else if (result.done) return;
    else {
      yield eventOf(result.value, now());
      next = iterator.next();
    }
  }
}

function eventOf(change: InboxChange, now: Instant): string {
  if (change.kind === 'emptied') return 'event: emptied\ndata: {}\n\n';
  const { sequence, message } = change.entry;
  // JSON has no line breaks of its own, so that one line of data holds it.
  const data = { ...viewMessage(message, now), expiresAt: toTimestamp(message.deadline), now: toTimestamp(now) };
  return `id: ${sequence}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** What comes, or `undefined` when nothing comes for so long. */
async function orSilence<T>(next: Promise<T>, limit: Millis): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limit);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}
