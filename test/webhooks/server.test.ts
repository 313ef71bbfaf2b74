import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HERE, here, startWorld, type World } from '../api/world.js';

/** A receiver on this machine, as a developer has one. */
async function receiver() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    bodies,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const subscription = (url: string) => ({
  name: 'Hook',
  enabled: true,
  httpEndpoint: { url },
  filterOptions: { includedActionTypes: ['DEVICE.CREATED', 'AUTHENTICATION.CREATED', 'NOTIFICATION.CREATED'] },
  verifyTlsCertificates: true,
});

async function subscribe(world: World, url: string): Promise<void> {
  const { status, text } = await world.ask({ path: `/environments/${HERE}/subscriptions`, body: subscription(url) });
  expect(status, text).toBe(201);
}

async function deliver({ postern: { app } }: World): Promise<void> {
  await app.sealer.seal();
  await app.webhooks.deliver();
}

describe('a server with a subscription (00 §11.5)', () => {
  it('sends each event as activities show it, and nothing secret (SEC-64)', async () => {
    await using hook = await receiver();
    await using world = await startWorld();
    await subscribe(world, hook.url);
    await world.ask({
      path: `/environments/${HERE}/users/${here.newcomer}/devices`,
      body: { type: 'EMAIL', email: 'bob@example.net' },
    });
    await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: here.user } } });
    await world.postern.drain();
    await deliver(world);
    const sent = hook.bodies.flatMap((body) => JSON.parse(body) as { action: { type: string } }[]);
    const filter = encodeURIComponent(
      'recordedat ge "2020-01-01T00:00:00Z" and action.type in ("DEVICE.CREATED", "AUTHENTICATION.CREATED", "NOTIFICATION.CREATED")',
    );
    const { body } = await world.ask({ path: `/environments/${HERE}/activities?filter=${filter}` });
    const shown = (body['_embedded'] as { activities: { _links: { self: { href: string } } }[] }).activities;
    expect(sent).toEqual([...shown].reverse());
    expect(new Set(sent.map(({ action }) => action.type)).size).toBe(3);
    // Ids and names; never a code or an address (SEC-64).
    expect(hook.bodies.join()).not.toMatch(/bob@example\.net|"otp"|\+1512/);
    expect(await world.postern.app.metrics()).toMatch(/postern_webhook_events_total\{result="delivered"\} [1-9]/);
  });

  it('is not led to an internal address by a name (SEC-59)', async () => {
    await using hook = await receiver();
    await using world = await startWorld({ env: { POSTERN_OUTBOUND_NETWORKS: '192.0.2.1' } });
    await subscribe(world, hook.url.replace('127.0.0.1', 'localhost'));
    await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: here.user } } });
    await deliver(world);
    expect(hook.bodies).toEqual([]);
    expect(await world.postern.app.metrics()).toMatch(/postern_webhook_batches_total\{result="forbidden"\} 1/);
    expect(await world.postern.app.metrics()).toMatch(/postern_webhook_subscriptions_failing 1/);
  });
});
