import type { Outgoing } from '../../src/delivery/gateway.js';
import { createInbox, type Inbox } from '../../src/inbox/service.js';
import { minutes } from '../../src/kernel/duration.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { MemoryInboxStore } from './memory-store.js';

export const START = Date.UTC(2026, 4, 1, 12);
export const random = createSystemRandom();

/** An inbox of one process. `store` shared = one database. */
export function openInbox(store = new MemoryInboxStore(), pollEvery = 5) {
  const faults: unknown[] = [];
  const inbox: Inbox = createInbox({ store, pollEvery, onFault: (error) => faults.push(error) });
  return { inbox, store, faults };
}

/** A message as the dispatcher hands it over. */
export function sms(change: Partial<Outgoing> = {}): Outgoing {
  return {
    id: random.timeOrderedUuid(START),
    channel: 'SMS',
    to: '+15551234567',
    text: 'Your sign-on code is 482915.',
    otp: '482915',
    environmentId: random.uuid(),
    userId: random.uuid(),
    createdAt: START,
    deadline: START + minutes(30),
    ...change,
  };
}
