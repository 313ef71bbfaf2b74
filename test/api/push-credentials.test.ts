import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { object, oneOf, text } from './shapes.js';
import { type Body, clientId, HERE, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const application = (name = 'backend', environment = HERE): string =>
  `/environments/${environment}/applications/${clientId(environment, name)}`;
const credentials = managed(world, `${application()}/pushCredentials`);
const others = managed(world, `${application('everything')}/pushCredentials`);

const apns = (): Body => ({ type: 'APNS', key: 'hidden-key', teamId: 'hidden-team', token: 'hidden-token' });
const fcm = (): Body => ({ type: 'FCM_HTTP_V1', googleServiceAccountCredentials: '{"private_key":"hidden"}' });
const hms = (): Body => ({ type: 'HMS', clientId: 'shown', clientSecret: 'hidden-secret' });

describe('push credentials (30 §4)', () => {
  it.each([
    ['APNS', apns, { type: 'APNS' }],
    ['FCM_HTTP_V1', fcm, { type: 'FCM_HTTP_V1' }],
    ['HMS', hms, { type: 'HMS', clientId: 'shown' }],
  ])('of type %s show no secret, and keep it sealed (SEC-66)', async (_type, body, shown) => {
    const created = await credentials.create(body());
    expect(documentOf(created)).toEqual(shown);
    expect(created.body).toMatchObject({
      _links: { application: { href: `${world().postern.apiPath}${application()}` } },
      application: { id: clientId(HERE, 'backend') },
      environment: { id: HERE },
    });
    const path = credentials.itemOf(created);
    for (const answer of [created, await credentials.read(path), await credentials.put(path, body())]) {
      expect(documentOf(answer)).toEqual(shown);
      expect(answer.text).not.toContain('hidden');
    }
    const stored = await world().postern.app.store.documents(uuidOf(HERE), { kind: 'pushCredentials' });
    expect(JSON.stringify(stored)).not.toContain('hidden');
    expect(stored.every(({ secret }) => secret !== undefined)).toBe(true);
  });

  it('are one of each type for each application, and stay of it', async () => {
    expect(refusalOf(await world().ask({ path: credentials.path, body: hms() }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION type'),
    );
    const other = await others.create(hms());
    expect(refusalOf(await others.put(others.itemOf(other), apns()))).toEqual(invalidData('INVALID_VALUE type'));
    expect(await others.listed()).toHaveLength(1);
    expect(await credentials.listed()).toHaveLength(3);
    expect((await others.remove(others.itemOf(other))).status).toBe(204);
    await others.remove(others.itemOf(await others.create(hms())));
  });

  it('are found below their own application only (SEC-42, SEC-43)', async () => {
    const [first] = await credentials.listed();
    for (const above of [
      application('everything'),
      application('backend', THERE),
      application().replace(/[^/]+$/, NOBODY),
    ]) {
      const path = `${above}/pushCredentials/${first?.['id']}`;
      for (const answer of [
        await credentials.read(path),
        await credentials.put(path, hms()),
        await credentials.remove(path),
      ])
        expect(refusalOf(answer)).toEqual({ status: 404, code: 'NOT_FOUND' });
    }
    const nowhere = `${application().replace(/[^/]+$/, NOBODY)}/pushCredentials`;
    expect((await world().ask({ path: nowhere })).status).toBe(404);
    expect((await world().ask({ path: nowhere, body: hms() })).status).toBe(404);
  });
});

refusesBadFields('a bad field of push credentials is named', {
  world,
  to: () => ({ path: others.path }),
  right: apns,
  shape: object({
    'type*': oneOf('APNS', 'FCM_HTTP_V1', 'HMS'),
    'key*': text({ max: 256 }),
    'teamId*': text({ max: 256 }),
    'token*': text({ max: 8_192 }),
  }),
});

refusesRequests('push credentials are refused that', { world, to: () => ({ path: others.path }) }, [
  { name: 'are of the old FCM', body: () => ({ type: 'FCM', key: 'x' }), details: ['INVALID_VALUE type'] },
  {
    name: 'have the members of another type',
    body: () => ({ ...hms(), type: 'FCM_HTTP_V1' }),
    details: ['REQUIRED_VALUE googleServiceAccountCredentials'],
  },
]);
