import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days, minutes } from '../../src/kernel/duration.js';
import { type Postern, type PosternAnswer, startPostern } from '../helpers/postern.js';

/** The audit trail over the API (`00` §11). */

interface Activity {
  readonly id: string;
  readonly recordedAt: string;
  readonly correlationId?: string;
  readonly actors: Readonly<Record<string, { readonly id: string; readonly name?: string }>>;
  readonly action: { readonly type: string; readonly description: string };
  readonly resources: readonly {
    readonly type: string;
    readonly id: string;
    readonly name?: string;
    readonly href: string;
  }[];
  readonly result: { readonly status: string; readonly description: string };
}

interface Page {
  readonly _links: { readonly self: { readonly href: string }; readonly next?: { readonly href: string } };
  readonly _embedded: { readonly activities: readonly Activity[] };
  readonly size: number;
}

let postern: Postern;
let since = '';
beforeAll(async () => {
  postern = await startPostern();
  since = new Date(postern.now() - 1).toISOString();
});
afterAll(() => postern[Symbol.asyncDispose]());

const environment = (): string => `${postern.apiPath}/environments/${postern.environmentId}`;
const send = (method: string, url: string, body?: object, contentType = 'application/json'): Promise<PosternAnswer> =>
  postern.send({ method, url, ...(body ? { body: JSON.stringify(body), contentType } : {}) });
const idOf = ({ body }: PosternAnswer): string => (body as { id: string }).id;

async function query(filter: string, more = ''): Promise<Page> {
  await postern.drain();
  await postern.app.sealer.seal();
  const answer = await send('GET', `${environment()}/activities?filter=${encodeURIComponent(filter)}${more}`);
  expect(answer.status).toBe(200);
  return answer.body as Page;
}
const typesOf = ({ _embedded }: Page): string[] => _embedded.activities.map(({ action }) => action.type);

let serial = 0;
async function aUser(): Promise<{ readonly id: string; readonly name: string }> {
  const name = `trail-${serial++}`;
  const answer = await send('POST', `${environment()}/users`, {
    username: name,
    email: 'someone@example.com',
    population: { id: postern.populationId },
  });
  const id = idOf(answer);
  await send('PUT', `${environment()}/users/${id}/mfaEnabled`, { mfaEnabled: true });
  return { id, name };
}

const devicesOf = (user: string): string => `${environment()}/users/${user}/devices`;
const aDevice = async (user: string): Promise<string> =>
  idOf(await send('POST', devicesOf(user), { type: 'EMAIL', email: `d${serial++}@example.com` }));
const vnd = (action: string): string => `application/vnd.pingidentity.${action}+json`;
const flows = (): string => `${postern.authPath}/${postern.environmentId}/deviceAuthentications`;
const ofUser = (id: string): string => `recordedat ge "${since}" and resources.id eq "${id}"`;

describe('activities', () => {
  it('show a whole authentication, newest first, each with actors, resources and correlation id (00 §11.3, 10 §16)', async () => {
    const user = await aUser();
    const device = await aDevice(user.id);
    const created = await send('POST', flows(), { user: { id: user.id } });
    const flow = idOf(created);
    const right = await postern.lastCode({ deviceAuthentication: flow });
    const wrong = right === '000000' ? '000001' : '000000';
    await send('POST', `${flows()}/${flow}`, { otp: wrong }, vnd('otp.check'));
    const checked = await send('POST', `${flows()}/${flow}`, { otp: right }, vnd('otp.check'));
    expect(checked.status).toBe(200);
    const page = await query(ofUser(flow));
    expect(typesOf(page)).toEqual([
      'AUTHENTICATION.UPDATED',
      'OTP.CHECK_SUCCESS',
      'OTP.CHECK_INVALID',
      'NOTIFICATION.UPDATED',
      'NOTIFICATION.CREATED',
      'AUTHENTICATION.CREATED',
    ]);
    expect(page.size).toBe(6);
    const success = page._embedded.activities[1];
    expect(success).toEqual({
      _links: { self: { href: `${environment()}/activities/${success?.id}` } },
      id: success?.id,
      recordedAt: new Date(postern.now()).toISOString(),
      createdAt: new Date(postern.now()).toISOString(),
      correlationId: checked.headers['correlation-id'],
      actors: {
        client: {
          id: postern.clientId,
          name: expect.any(String),
          environment: { id: postern.environmentId },
          href: `${environment()}/applications/${postern.clientId}`,
          type: 'CLIENT',
        },
        user: {
          id: user.id,
          name: user.name,
          environment: { id: postern.environmentId },
          population: { id: postern.populationId },
          href: `${environment()}/users/${user.id}`,
          type: 'USER',
        },
      },
      action: { type: 'OTP.CHECK_SUCCESS', description: 'OTP Check Success' },
      resources: [
        {
          type: 'USER',
          id: user.id,
          name: user.name,
          environment: { id: postern.environmentId },
          population: { id: postern.populationId },
          href: `${environment()}/users/${user.id}`,
        },
        {
          type: 'DEVICE',
          id: device,
          environment: { id: postern.environmentId },
          href: `${devicesOf(user.id)}/${device}`,
        },
        {
          type: 'DEVICE_AUTHENTICATION',
          id: flow,
          environment: { id: postern.environmentId },
          href: `${flows()}/${flow}`,
        },
      ],
      result: { status: 'SUCCESS', description: 'OTP Check Success: deviceType EMAIL' },
    });
    expect(page._embedded.activities[2]?.result.status).toBe('FAILURE');
    expect(JSON.stringify(page)).not.toMatch(new RegExp(`[" ](?:${right}|${wrong})[", ]|@example`));
    const single = await send('GET', `${environment()}/activities/${success?.id}`);
    expect(single).toMatchObject({ status: 200, body: success });
  });

  it('have the events of every operation, and who asked for it (20 §18.2, 00 §11.4; SEC-72)', async () => {
    const user = await aUser();
    const device = await aDevice(user.id);
    const second = await aDevice(user.id);
    const at = `${devicesOf(user.id)}/${device}`;
    const act = (url: string, action: string, body = {}): Promise<PosternAnswer> =>
      send('POST', url, body, vnd(action));
    await act(at, 'device.block');
    await act(at, 'device.unblock');
    await send('PUT', `${at}/nickname`, { nickname: 'Work' });
    await act(devicesOf(user.id), 'devices.reorder', { order: [{ id: second }, { id: device }] });
    await act(devicesOf(user.id), 'devices.order.remove');
    await act(devicesOf(user.id), 'devices.reorder', { order: [{ id: device }] });
    const pending = await send('POST', devicesOf(user.id), {
      type: 'EMAIL',
      email: `p${serial++}@example.com`,
      status: 'ACTIVATION_REQUIRED',
    });
    const code = await postern.lastCode({ device: idOf(pending) });
    const proof = (otp: string) => act(`${devicesOf(user.id)}/${idOf(pending)}`, 'device.activate', { otp });
    await proof(code === '000000' ? '000001' : '000000');
    await proof(code);
    const userAt = `${environment()}/users/${user.id}`;
    await act(userAt, 'account.lock');
    await act(userAt, 'account.unlock');
    await send('DELETE', at);
    await send('DELETE', userAt);
    const { _embedded } = await query(ofUser(user.id), '&limit=1000');
    expect(_embedded.activities.map(({ action }) => action.type).reverse()).toEqual([
      'USER.CREATED',
      'USER.UPDATED',
      'DEVICE.CREATED',
      'DEVICE.ACTIVATED',
      'DEVICE.CREATED',
      'DEVICE.ACTIVATED',
      'DEVICE.BLOCKED',
      'DEVICE.UNBLOCKED',
      'DEVICE.NICKNAME_UPDATED',
      'DEVICES.ORDER_UPDATED',
      'DEVICES.ORDER_DELETED',
      'DEVICES.ORDER_CREATED',
      'DEVICE.CREATED',
      'NOTIFICATION.CREATED',
      'NOTIFICATION.UPDATED',
      'DEVICE.ACTIVATION_OTP_INVALID',
      'DEVICE.ACTIVATED',
      'USER.LOCKED',
      'USER.UNLOCKED',
      'DEVICE.DELETED',
      'USER.DELETED',
    ]);
    for (const { action, actors, correlationId } of _embedded.activities)
      if (action.type !== 'NOTIFICATION.UPDATED') {
        expect(actors['client']?.id).toBe(postern.clientId);
        expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
      }
    // Who is gone has no name any more: the trail holds ids only (SEC-74).
    expect(JSON.stringify(_embedded)).not.toContain(user.name);
  });

  it('have policies, settings and what the environment began with', async () => {
    const policies = `${environment()}/deviceAuthenticationPolicies`;
    const found = (await send('GET', `${policies}/${postern.deviceAuthPolicyId}`)).body as Record<string, unknown>;
    const { id: _, _links, environment: __, updatedAt, createdAt, ...document } = found;
    const policy = idOf(await send('POST', policies, { ...document, name: 'Other', default: false }));
    await send('PUT', `${policies}/${policy}`, { ...document, name: 'Another', default: false });
    await send('DELETE', `${policies}/${policy}`);
    await send('DELETE', `${environment()}/mfaSettings`);
    expect(typesOf(await query(ofUser(policy)))).toEqual(
      ['DELETED', 'UPDATED', 'CREATED'].map((change) => `DEVICE_AUTHENTICATION_POLICY.${change}`),
    );
    const types = typesOf(await query(`recordedat ge "${since}" and actors.client.id eq "${postern.clientId}"`));
    expect(types).toContain('MFA_SETTINGS.UPDATED');
    for (const type of ['ENVIRONMENT', 'POPULATION', 'APPLICATION', 'KEY'])
      expect(typesOf(await query(`recordedat ge "${since}" and action.type eq "${type}.CREATED"`))).not.toEqual([]);
  });

  it('show refusals that changed nothing when they are asked for by name (SEC-72)', async () => {
    const { id } = await aUser();
    const url = `${devicesOf(id)}/${id}`;
    for (let n = 0; n < 3; n++) await send('POST', url, {}, vnd('device.block'));
    await postern.send({ method: 'GET', url: `${environment()}/users`, token: 'nobody' });
    await postern.send({
      method: 'POST',
      url: `${postern.authPath}/${postern.environmentId}/as/token`,
      contentType: 'application/x-www-form-urlencoded',
      body: `grant_type=client_credentials&client_id=${postern.clientId}&client_secret=wrong`,
      token: null,
    });
    const { _embedded } = await query(`recordedat ge "${since}" and action.type in ["REQUEST.REFUSED"]`);
    const said = _embedded.activities.map(({ result }) => result.description);
    expect(said.filter((text) => text.includes('DeviceNotFound') || text.includes('NotFound'))).toHaveLength(1);
    expect(said.join('\n')).toMatch(/count 3/);
    expect(said.join('\n')).toMatch(/user\.list.*INVALID_TOKEN/);
    expect(said.join('\n')).toMatch(/token\.issue.*ClientNotAuthenticated/);
    expect(typesOf(await query(`recordedat ge "${since}"`, '&limit=1000'))).not.toContain('REQUEST.REFUSED');
  });

  it('come page by page, by filters in the address or in the body (00 §11.1, §11.2)', async () => {
    const user = await aUser();
    for (let n = 0; n < 4; n++) await aDevice(user.id);
    const filter = `${ofUser(user.id)} and action.type in ("DEVICE.CREATED", "DEVICE.ACTIVATED")`;
    const all = await query(filter);
    expect(all.size).toBe(8);
    expect(all._links.next).toBeUndefined();
    const ids: string[] = [];
    let page = await query(filter, '&limit=3');
    for (;;) {
      ids.push(...page._embedded.activities.map(({ id }) => id));
      if (!page._links.next) break;
      page = (await send('GET', page._links.next.href)).body as Page;
    }
    expect(ids).toEqual(all._embedded.activities.map(({ id }) => id));
    const posted = (await send('POST', `${environment()}/activities?limit=3`, { filter })).body as Page;
    expect(posted._embedded.activities.map(({ id }) => id)).toEqual(ids.slice(0, 3));
    const next = (await send('GET', posted._links.next?.href ?? '')).body as Page;
    expect(next._embedded.activities.map(({ id }) => id)).toEqual(ids.slice(3, 6));
    const foreign = await send('GET', `${posted._links.next?.href}&filter=x`);
    expect(foreign.status).toBe(400);
  });

  it.each([
    ['actors.user.name', (user: { name: string }) => user.name.toUpperCase(), 1],
    ['actors.user.id', (user: { id: string }) => user.id, 1],
    ['resources.type', () => 'USER', 7],
    ['resources.population.id', () => postern.populationId, 7],
    ['actors.client.id', () => '00000000-0000-4000-8000-000000000000', 0],
    ['actors.user.name', () => 'nobody', 0],
    ['correlationid', () => '00000000-0000-4000-8000-000000000000', 0],
  ])('can be filtered by %s (00 §11.2)', async (attribute, value, expected) => {
    const user = await aUser();
    await aDevice(user.id);
    const flow = await send('POST', flows(), { user: { id: user.id } });
    const page = await query(`${ofUser(user.id)} and ${attribute} eq "${value(user)}"`);
    // Of the seven events of this user only the flow's creation has the user for an actor.
    expect(page.size).toBe(expected);
    const correlated = await query(`${ofUser(user.id)} and correlationId eq "${flow.headers['correlation-id']}"`);
    expect(typesOf(correlated)).toEqual(['NOTIFICATION.CREATED', 'AUTHENTICATION.CREATED']);
  });

  it.each([
    ['', 'INVALID_FILTER'],
    ['action.type eq "DEVICE.CREATED"', 'INVALID_FILTER'],
    ['recordedat ge "yesterday"', 'INVALID_FILTER'],
    ['recordedat eq "2026-11-22T09:00:00Z"', 'INVALID_FILTER'],
    ['recordedat ge "2026-11-22T09:00:00Z" or action.type eq "X"', 'INVALID_FILTER'],
    ['recordedat ge "2026-11-22T09:00:00Z" and action.type in []', 'INVALID_FILTER'],
    ['recordedat ge "2026-11-22T09:00:00Z" and tags eq "x"', 'INVALID_FILTER'],
  ])('need a filter with a range of time: %j is 400', async (filter, code) => {
    const url =
      filter === ''
        ? `${environment()}/activities`
        : `${environment()}/activities?filter=${encodeURIComponent(filter)}`;
    expect(await send('GET', url)).toMatchObject({ status: 400, body: { code: 'INVALID_DATA', details: [{ code }] } });
  });

  it('are those of the last 14 days (00 §11.2), and unknown ones are 404', async () => {
    await using old = await startPostern();
    await old.app.sealer.seal();
    const here = `${old.apiPath}/environments/${old.environmentId}/activities`;
    const url = `${here}?filter=${encodeURIComponent('recordedat gt "2020-01-01T00:00:00Z"')}`;
    const listed = (await old.send({ method: 'GET', url })).body as Page;
    expect(listed.size).toBeGreaterThan(0);
    const { id } = listed._embedded.activities[0] ?? { id: '' };
    old.advance(days(14) + minutes(1));
    const token = await old.newToken();
    expect(await old.send({ method: 'GET', url, token })).toMatchObject({ status: 200, body: { size: 0 } });
    expect((await old.send({ method: 'GET', url: `${here}/${id}`, token })).status).toBe(404);
    const unknown = await old.send({ method: 'GET', url: `${here}/00000000-0000-4000-8000-000000000000`, token });
    expect(unknown.status).toBe(404);
  });
});
