import type { Outgoing } from '../../../src/delivery/gateway.js';
import type { Rig } from './rig.js';

/** A door that keeps what passes it. */
export async function startInbox(): Promise<Rig> {
  const kept: Outgoing[] = [];
  return {
    settings: {},
    inbox: {
      async deliver(message) {
        kept.push(message);
      },
    },
    secrets: [],
    behave() {},
    delivered: () => kept.map(({ to, text }) => ({ to, data: text })),
    async [Symbol.asyncDispose]() {},
  };
}
