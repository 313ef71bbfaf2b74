import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { type Child, childCommand, start } from '../contract/child.js';
import { newMasterKey } from '../contract/world.js';
import { startWebhookWorld } from './world.js';

/** Ends what began, whatever the test came to. */
const ended = async (children: readonly Child[]): Promise<void> => {
  for (const { process } of children) process.kill('SIGKILL');
  await Promise.all(children.map((child) => child.ended));
};

describe('two processes on one PostgreSQL', () => {
  it('send to a receiver one at a time, in the order of the trail, each event once while both live (00 §11.5)', async () => {
    const masterKey = newMasterKey();
    await using world = await startWebhookWorld({
      kind: 'postgres',
      clock: 'host',
      keyring: createKeyring(new Redacted(Buffer.from(masterKey, 'hex'))),
    });
    if (world.test.database.kind !== 'postgres') throw new Error('not a PostgreSQL store');
    const events: { user: string; pid: number }[] = [];
    let [open, atOnce, requests] = [0, 0, 0];
    let hasAll = (): void => {};
    const server = createServer((request, response) => {
      open += 1;
      atOnce = Math.max(atOnce, open);
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        open -= 1;
        requests += 1;
        // The first answer of each five is another than 200.
        if (requests % 5 === 1) return response.writeHead(500).end();
        events.push(...(JSON.parse(body) as typeof events));
        response.end();
        return hasAll();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const children = [0, 1].map(() =>
      start(
        childCommand('webhooks', [world.test.database.kind === 'postgres' ? world.test.database.url : '', masterKey]),
      ),
    );
    try {
      await Promise.all(children.map((child) => child.said('ready')));
      const id = await world.subscribe({
        httpEndpoint: { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
        payloadOptions: { maximumPayloadLimit: { type: 'EVENTS_PER_PAYLOAD', size: 3 } },
      });
      const users: string[] = [];
      const complete = new Promise<void>((resolve) => {
        hasAll = () => {
          if (users.length === 40 && events.length >= 40) resolve();
        };
      });
      for (let round = 0; round < 8; round += 1) {
        const happened = await world.happen(5);
        users.push(...happened);
        // A change has a batch that was not taken tried again at once.
        await world.touch(id);
      }
      const again = setInterval(() => void world.touch(id), 200);
      hasAll();
      await complete.finally(() => clearInterval(again));
      expect(atOnce).toBe(1);
      expect(events.map(({ user }) => user)).toEqual(users);
    } finally {
      await ended(children);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
