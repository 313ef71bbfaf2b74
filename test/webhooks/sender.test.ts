import { createHmac, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { days, minutes, seconds } from '../../src/kernel/duration.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { Post } from '../../src/outbound/post.js';
import { waitAfter } from '../../src/webhooks/sender.js';
import { addUser, DATABASES, uuid } from '../contract/world.js';
import { issueCertificate } from '../helpers/certificates.js';
import { startWebhookWorld, TAKEN, type WebhookWorld } from './world.js';

const REFUSED = { kind: 'answered', status: 503 } as const;
const LONG = minutes(11);
const usersOf = ({ arrived }: WebhookWorld): string[] => arrived.flatMap(({ users }) => users);
const idIn = ({ headers }: Post): string | undefined => /id=([^,]+)/.exec(headers['postern-signature'] ?? '')?.[1];

describe.each(DATABASES.filter(({ name }) => name !== 'SQLite file'))('webhooks on $name (00 §11.5)', ({ name }) => {
  const start = () =>
    startWebhookWorld(
      name === 'PostgreSQL' ? { kind: 'postgres' } : { database: { kind: 'sqlite', file: ':memory:' } },
    );

  it('send what happened since the subscription, once, in the order of the trail', async () => {
    await using world = await start();
    await world.happen(3);
    world.advance(1);
    await world.subscribe();
    const first = await world.happen(5);
    await world.sender.deliver();
    expect(usersOf(world)).toEqual(first);
    await world.sender.deliver();
    expect(world.arrived).toHaveLength(1);
    const second = await world.happen(2);
    await world.sender.deliver();
    expect(usersOf(world)).toEqual([...first, ...second]);
    expect(world.counted).toEqual(['delivered 5', 'delivered 2']);
  });

  it('are sent by the key pair that they name, or not at all', async () => {
    await using world = await start();
    const { environmentId, test } = world;
    const { der, key } = issueCertificate({ subject: { CN: 'Events' } });
    const pem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const id = uuid();
    const put = (usageType: string) =>
      test.store.transact({ environmentId }, ({ now }) => {
        const body = { usageType, certificate: der.toString('base64') };
        const times = { createdAt: now, updatedAt: now };
        const value = { environmentId, kind: 'key', id, body, secret: new Redacted(pem), ...times } as const;
        return { writes: [{ kind: 'put', entity: 'document', value }], outcome: undefined };
      });
    await put('SIGNING');
    await world.subscribe({ tlsClientAuthKeyPair: { id } });
    await world.happen(1);
    await world.sender.deliver();
    expect(world.arrived).toEqual([]);
    await put('OUTBOUND_MTLS');
    world.advance(LONG);
    await world.sender.deliver();
    expect(world.arrived.map(({ client }) => [client?.key.reveal(), client?.certificate])).toEqual([
      [pem, new X509Certificate(der).toString()],
    ]);
  });

  it('send the same batch again until it is answered by 200, and nothing before it', async () => {
    await using world = await start();
    await world.subscribe();
    const first = await world.happen(2);
    for (const status of [500, 302, 204]) {
      world.answer = () => ({ kind: 'answered', status });
      await world.sender.deliver();
      await world.sender.deliver();
      world.advance(LONG);
      // What happens meanwhile does not join the batch.
      await world.happen(1);
    }
    expect(world.arrived.map(({ users }) => users)).toEqual([first, first, first]);
    expect(new Set(world.arrived.map(({ body }) => body)).size).toBe(1);
    expect(new Set(world.arrived.map(idIn)).size).toBe(1);
    world.answer = () => ({ kind: 'unanswered', reason: 'ECONNREFUSED' });
    await world.sender.deliver();
    expect((await world.test.store.backlog()).webhooks).toEqual({ count: 1, oldest: 3 * LONG });
    world.advance(LONG);
    world.answer = () => TAKEN;
    await world.sender.deliver();
    expect(world.arrived.slice(-2).map(({ users }) => users.length)).toEqual([2, 3]);
    expect(world.counted.slice(-3)).toEqual(['unanswered 2', 'delivered 2', 'delivered 3']);
    expect((await world.test.store.backlog()).webhooks).toEqual({ count: 0, oldest: 0 });
  });

  it('of two processes one sends at a time, and the other takes over what was left (SEC-64)', async () => {
    await using world = await start();
    if (name !== 'PostgreSQL') return;
    await using other = await world.another();
    await world.subscribe();
    const users = await world.happen(4);
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isSending = (): void => {};
    const sending = new Promise<void>((resolve) => {
      isSending = resolve;
    });
    world.answer = async () => {
      isSending();
      await held;
      return TAKEN;
    };
    const delivered = world.sender.deliver();
    await sending;
    await other.sender.deliver();
    expect(other.arrived).toEqual([]);
    // The first is as good as dead: its lease ends, and the other sends; what the first then has to say counts for nothing.
    world.advance(seconds(61));
    await other.sender.deliver();
    release();
    await delivered;
    expect([usersOf(world), usersOf(other)]).toEqual([users, users]);
    await Promise.all([world.sender.deliver(), other.sender.deliver()]);
    expect([world.arrived.length, other.arrived.length]).toEqual([1, 1]);
    const more = await world.happen(3);
    await Promise.all([world.sender.deliver(), other.sender.deliver()]);
    expect([...usersOf(world), ...usersOf(other)].filter((user) => more.includes(user))).toEqual(more);
  });

  it('forget a subscription that is deleted', async () => {
    await using world = await start();
    const id = await world.subscribe();
    await world.happen(1);
    world.answer = () => REFUSED;
    await world.sender.deliver();
    await world.unsubscribe(id);
    world.advance(LONG);
    await world.sender.deliver();
    expect(world.arrived).toHaveLength(1);
    expect((await world.test.store.backlog()).webhooks.count).toBe(0);
  });
});

describe('webhooks (00 §11.5)', () => {
  const start = () => startWebhookWorld({ database: { kind: 'sqlite', file: ':memory:' } });

  it('are signed over time, id and body with the subscription’s secret (SEC-64)', async () => {
    await using world = await start();
    const id = await world.subscribe({ httpEndpoint: { url: 'https://a.example/', headers: { 'X-Token': 'abc' } } });
    await world.happen(1);
    await world.sender.deliver();
    const [post] = world.arrived;
    if (!post) throw new Error('nothing arrived');
    expect(post.headers).toMatchObject({ 'content-type': 'application/json', 'x-token': 'abc' });
    const [, time, batch, hex] =
      /^t=(\d+),id=([^,]+),v1=([0-9a-f]{64})$/.exec(post.headers['postern-signature'] ?? '') ?? [];
    expect(Number(time)).toBe(Math.floor(world.test.clock.now() / 1000));
    const secret = world.test.keyring.webhooks.secret(world.environmentId, id).reveal();
    expect(createHmac('sha256', secret).update(`${time}.${batch}.${post.body}`).digest('hex')).toBe(hex);
    expect(world.test.keyring.webhooks.secret(world.environmentId, uuid()).reveal()).not.toBe(secret);
  });

  it('wait while disabled, and go on from there when enabled, up to two weeks back', async () => {
    await using world = await start();
    const id = await world.subscribe({ enabled: false });
    await world.happen(1);
    await world.sender.deliver();
    world.advance(days(13));
    const kept = await world.happen(2);
    await world.sender.deliver();
    expect(world.arrived).toEqual([]);
    world.advance(days(2));
    await world.subscribe({}, id);
    await world.sender.deliver();
    expect(usersOf(world)).toEqual(kept);
    expect(world.counted).toEqual(['dropped 1', 'delivered 2']);
  });

  it('drop what nobody has taken for seven days', async () => {
    await using world = await start();
    await world.subscribe();
    world.advance(1);
    await world.happen(1);
    world.answer = () => REFUSED;
    await world.sender.deliver();
    world.advance(days(6));
    const kept = await world.happen(2);
    world.advance(days(1) + 1);
    world.answer = () => TAKEN;
    await world.sender.deliver();
    expect(usersOf(world).slice(1)).toEqual(kept);
    expect(world.counted).toEqual(['refused 1', 'dropped 1', 'delivered 2']);
  });

  it('are tried again at once when the subscription is changed', async () => {
    await using world = await start();
    const id = await world.subscribe();
    await world.happen(1);
    world.answer = () => ({ kind: 'forbidden', reason: 'no' });
    await world.sender.deliver();
    world.advance(1);
    await world.sender.deliver();
    expect(world.arrived).toHaveLength(1);
    await world.subscribe({ httpEndpoint: { url: 'https://other.example.org/' } }, id);
    world.answer = () => TAKEN;
    await world.sender.deliver();
    expect(world.arrived.map(({ url }) => url)).toEqual(['https://hooks.example.org/', 'https://other.example.org/']);
  });

  it('have as many events as allowed, and no more bytes', async () => {
    await using world = await start();
    const limit = (type: string, size: number) => ({ payloadOptions: { maximumPayloadLimit: { type, size } } });
    await world.subscribe(limit('EVENTS_PER_PAYLOAD', 2));
    const users = await world.happen(5);
    await world.sender.deliver();
    expect(world.arrived.map((post) => post.users)).toEqual([users.slice(0, 2), users.slice(2, 4), users.slice(4)]);
    await using other = await start();
    await other.subscribe(limit('KB_PER_PAYLOAD', 1));
    const more = await other.happen(20);
    await other.sender.deliver();
    expect(usersOf(other)).toEqual(more);
    expect(other.arrived.length).toBeGreaterThan(2);
    for (const { body } of other.arrived) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(1024);
  });

  it('never have more than 500 events', async () => {
    await using world = await start();
    await world.subscribe();
    const { environmentId, test } = world;
    const events = Array.from({ length: 600 }, () => ({ type: 'USER.LOCKED', environmentId, userId: uuid() }) as const);
    await test.store.audit.append([{ environmentId, at: test.clock.now(), by: {}, events }]);
    await world.happen(0);
    await world.sender.deliver();
    expect(world.arrived.map(({ users }) => users.length)).toEqual([500, 100]);
    expect(usersOf(world)).toEqual(events.map(({ userId }) => userId));
  });

  it('are for the types, applications and populations that are named', async () => {
    await using world = await start();
    const { environmentId, test } = world;
    const { user } = await addUser(test.store, { environmentId, policyId: environmentId });
    const filters = {
      types: { includedActionTypes: ['USER.UNLOCKED', 'REQUEST.REFUSED'] },
      applications: { includedActionTypes: ['USER.LOCKED'], includedApplications: [{ id: uuid() }] },
      populations: { includedActionTypes: ['USER.LOCKED'], includedPopulations: [{ id: user.populationId }] },
      tags: { includedActionTypes: ['USER.LOCKED'], includedTags: ['adminIdentityEvent'] },
    };
    for (const [name, filterOptions] of Object.entries(filters))
      await world.subscribe({ filterOptions, httpEndpoint: { url: `https://${name}.example/` } });
    const [application] = filters.applications.includedApplications;
    await world.happen(1);
    const unlocked = await world.happen(1, { type: 'USER.UNLOCKED' });
    const refused = await world.happen(1, { type: 'REQUEST.REFUSED' });
    const byApplication = await world.happen(1, {}, application ? { clientId: application.id } : {});
    const inPopulation = await world.happen(1, { userId: user.id });
    await world.sender.deliver();
    const sent = Object.fromEntries(
      world.arrived.map(({ url, users }) => [new URL(url).hostname.split('.')[0], users]),
    );
    expect(sent).toEqual({
      types: [...unlocked, ...refused],
      applications: byApplication,
      populations: inPopulation,
    });
  });

  it('have the form that is asked for', async () => {
    await using world = await start();
    const as = (name: string, over: object) =>
      world.subscribe({ httpEndpoint: { url: `https://${name}.example/` }, ...over });
    const https = (format: string, prettyPrint = false) => ({
      payloadOptions: { payloadFormat: { https: { format, prettyPrint } } },
    });
    await as('array', https('JSON_ARRAY'));
    await as('pretty', https('JSON_ARRAY', true));
    await as('lines', https('ND_JSON', true));
    await as('splunk', { format: 'SPLUNK' });
    await as('newrelic', { format: 'NEWRELIC' });
    const users = await world.happen(2);
    await world.sender.deliver();
    const sent = new Map(world.arrived.map((post) => [new URL(post.url).hostname.split('.')[0], post]));
    const body = (name: string): string => sent.get(name)?.body ?? '';
    const events = JSON.parse(body('array')) as { user: string }[];
    expect(events.map(({ user }) => user)).toEqual(users);
    expect(JSON.parse(body('pretty'))).toEqual(events);
    expect(body('pretty')).toContain('\n  "user"');
    const linesOf = (name: string) =>
      body(name)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
    expect(linesOf('lines')).toEqual(events);
    expect(sent.get('lines')?.headers['content-type']).toBe('application/x-ndjson');
    const time = world.test.clock.now();
    expect(linesOf('splunk')).toEqual(events.map((event) => ({ time: time / 1000, source: 'postern', event })));
    expect(JSON.parse(body('newrelic'))).toEqual(
      events.map((event) => ({ timestamp: time, message: 'USER.LOCKED', attributes: event })),
    );
  });

  it('one receiver that fails keeps no other waiting', async () => {
    await using world = await start();
    await world.subscribe({ httpEndpoint: { url: 'https://bad.example/' } });
    await world.subscribe({ httpEndpoint: { url: 'https://good.example/' } });
    const users = await world.happen(1);
    world.answer = ({ url }) => (url.includes('bad') ? REFUSED : TAKEN);
    await world.sender.deliver();
    users.push(...(await world.happen(1)));
    await world.sender.deliver();
    expect(world.arrived.filter(({ url }) => url.includes('good')).flatMap((post) => post.users)).toEqual(users);
  });

  it('wait longer from try to try, ten minutes at most', () => {
    expect([0, 1, 2, 6, 7, 50].map((failures) => waitAfter(failures, 1) / 1000)).toEqual([5, 10, 20, 320, 600, 600]);
    expect(waitAfter(3, 0)).toBe(20_000);
  });
});
