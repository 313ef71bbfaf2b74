import { CHANNELS } from '../message.js';
import { defineGateway } from './definition.js';

/** Development: keeps messages where `/inbox` shows them. It exists only where there is an inbox. */
export const inbox = defineGateway({
  name: 'inbox',
  channels: CHANNELS,
  options: [],
  standIn: true,
  check: () => [],
  create: (_settings, { inbox: door }) =>
    door && {
      name: 'inbox',
      channels: CHANNELS,
      concurrency: 256,
      async send(message) {
        await door.deliver(message);
        return { ok: true, receipt: message.id };
      },
      close() {},
    },
});
