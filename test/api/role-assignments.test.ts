import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { roleByName } from '../../src/platform/roles/roles.js';
import { refusalOf } from './refusal.js';
import { type Answer, clientId, HERE, here, NOBODY, startWorld, THERE, there, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const BASE = `/environments/${HERE}`;
const INSIDE = { type: 'ENVIRONMENT', id: HERE };
const ofUser = (id = here.user) => `${BASE}/users/${id}/roleAssignments`;
const ofGroup = (id: string) => `${BASE}/groups/${id}/roleAssignments`;
const assign = (path: string, role: Parameters<typeof roleByName>[0], scope: object, token?: string): Promise<Answer> =>
  world.ask({ path, body: { role: { id: roleByName(role).id }, scope }, ...(token === undefined ? {} : { token }) });
const remove = (path: string) => world.ask({ method: 'DELETE', path });
async function aGroup(...members: readonly string[]): Promise<string> {
  const { body } = await world.ask({ path: `${BASE}/groups`, body: { name: `group ${Math.random()}` } });
  for (const user of members)
    await world.ask({ path: `${BASE}/users/${user}/memberOfGroups`, body: { id: body['id'] } });
  return String(body['id']);
}

describe('role assignments of users and groups (00 §6.3)', () => {
  it.each([
    ['user', () => Promise.resolve(ofUser())],
    ['group', async () => ofGroup(await aGroup())],
  ])('of a %s are made, listed, read and withdrawn', async (owner, where) => {
    const path = await where();
    const made = await assign(path, 'Identity Data Read Only', INSIDE);
    expect(made.status, made.text).toBe(201);
    const item = `${path}/${made.body['id']}`;
    expect(made.body).toEqual({
      _links: {
        self: { href: `${world.postern.apiPath}${item}` },
        environment: { href: `${world.postern.apiPath}${BASE}` },
        [owner]: { href: `${world.postern.apiPath}${path.replace('/roleAssignments', '')}` },
      },
      id: made.body['id'],
      environment: { id: HERE },
      role: { id: roleByName('Identity Data Read Only').id },
      scope: INSIDE,
      readOnly: false,
    });
    expect((await world.ask({ path: item })).body).toEqual(made.body);
    expect((await world.ask({ path })).body['_embedded']).toEqual({ roleAssignments: [made.body] });
    expect(refusalOf(await assign(path, 'Identity Data Read Only', INSIDE)).details).toEqual([
      'UNIQUENESS_VIOLATION role.id',
    ]);
    expect((await remove(item)).status).toBe(204);
    expect([(await world.ask({ path: item })).status, (await remove(item)).status]).toEqual([404, 404]);
    expect((await world.ask({ path })).body['count']).toBe(0);
  });

  it('a user has the roles of the groups that the user is in, and loses them only with the group (§4.4)', async () => {
    const group = await aGroup(here.newcomer);
    const made = await assign(ofGroup(group), 'Configuration Read Only', INSIDE);
    const inherited = `${ofUser(here.newcomer)}/${made.body['id']}`;
    const shown = await world.ask({ path: inherited });
    expect(shown.body).toMatchObject({ id: made.body['id'], readOnly: true, group: { id: group }, scope: INSIDE });
    const refused = await remove(inherited);
    expect(refusalOf(refused)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(refused.body['message']).toContain('cannot be deleted as it is read only');
    // The same role of the user's own stands beside it, and goes alone.
    const own = await assign(ofUser(here.newcomer), 'Configuration Read Only', INSIDE);
    expect(own.status).toBe(201);
    expect((await world.ask({ path: ofUser(here.newcomer) })).body['count']).toBe(2);
    expect((await remove(`${ofUser(here.newcomer)}/${own.body['id']}`)).status).toBe(204);
    expect((await remove(`${BASE}/groups/${group}`)).status).toBe(204);
    expect((await world.ask({ path: ofUser(here.newcomer) })).body['count']).toBe(0);
  });

  it('a user has the roles of the groups that a filter or another group puts the user in, and cannot lose them', async () => {
    const { body: user } = await world.ask({ path: `${BASE}/users/${here.newcomer}` });
    const { body: group } = await world.ask({
      path: `${BASE}/groups`,
      body: { name: 'By filter', userFilter: `username eq "${user['username']}"` },
    });
    const made = await assign(ofGroup(String(group['id'])), 'Configuration Read Only', INSIDE);
    const inherited = `${ofUser(here.newcomer)}/${made.body['id']}`;
    expect((await world.ask({ path: inherited })).body).toMatchObject({ readOnly: true, group: { id: group['id'] } });
    expect(refusalOf(await remove(inherited)).details).toEqual(['CONSTRAINT_VIOLATION']);
    expect((await world.ask({ path: ofUser() })).body['count']).toBe(0);
    const holder = await aGroup();
    await world.ask({ path: `${BASE}/groups/${group['id']}/memberOfGroups`, body: { id: holder } });
    await assign(ofGroup(holder), 'Identity Data Read Only', INSIDE);
    const groups = async () => {
      const { roleAssignments } = (await world.ask({ path: ofUser(here.newcomer) })).body['_embedded'] as never;
      return (roleAssignments as { group: { id: string } }[]).map((assigned) => assigned.group.id).sort();
    };
    expect(await groups()).toEqual([group['id'], holder].sort());
    await remove(`${BASE}/groups/${group['id']}`);
    expect(await groups()).toEqual([]);
    expect((await world.ask({ path: inherited })).status).toBe(404);
  });

  it('are no broader than the caller’s own, over what is there, of roles that fit it (SEC-44)', async () => {
    const token = await world.tokenOf('Identity Data Admin');
    for (const path of [ofUser(), ofGroup(await aGroup())]) {
      const broader = await assign(path, 'Environment Admin', INSIDE, token);
      expect(refusalOf(broader).details).toEqual(['CONSTRAINT_VIOLATION scope']);
      expect(broader.text).toContain('Must have role at the same or broader scope');
      expect(refusalOf(await assign(path, 'Identity Data Admin', { type: 'ENVIRONMENT', id: THERE }, token)).code).toBe(
        'REQUEST_FAILED',
      );
      const over = { type: 'POPULATION', id: here.population };
      const made = await assign(path, 'Identity Data Admin', over, token);
      expect(made.status, made.text).toBe(201);
      expect((await remove(`${path}/${made.body['id']}`)).status).toBe(204);
      const refusals = [
        await assign(path, 'Environment Admin', { type: 'ENVIRONMENT', id: NOBODY }),
        await assign(path, 'Organization Admin', INSIDE),
        await world.ask({ path, body: { role: { id: NOBODY }, scope: INSIDE } }),
      ];
      expect(refusals.map((answer) => refusalOf(answer).details)).toEqual([
        ['INVALID_VALUE scope.id'],
        ['INVALID_VALUE scope'],
        ['INVALID_VALUE role.id'],
      ]);
    }
  });

  it('fit what they are over, as released clients know the roles (00 §6.2)', async () => {
    const { body } = await world.ask({ path: '/roles' });
    const listed = (body['_embedded'] as { roles: readonly Record<string, unknown>[] }).roles;
    const applicableTo = Object.fromEntries(listed.map(({ name, applicableTo: types }) => [name, types]));
    expect(applicableTo).toMatchObject({
      'Organization Admin': ['ORGANIZATION'],
      'Environment Admin': ['ORGANIZATION', 'ENVIRONMENT'],
      'Identity Data Admin': ['ENVIRONMENT', 'POPULATION'],
      'Application Owner': ['ENVIRONMENT', 'APPLICATION'],
      'DaVinci Admin': ['ORGANIZATION', 'ENVIRONMENT'],
    });
    for (const { permissions, description } of listed)
      expect([(permissions as unknown[]).length > 0, description]).toEqual([true, expect.stringMatching(/./)]);
    const application = { type: 'APPLICATION', id: clientId(HERE, 'backend') };
    for (const [role, scope] of [
      ['Application Owner', application],
      ['DaVinci Admin Read Only', INSIDE],
    ] as const)
      expect((await assign(ofUser(here.newcomer), role, scope)).status).toBe(201);
    for (const role of ['Identity Data Admin', 'Environment Admin', 'Organization Admin'] as const)
      expect(refusalOf(await assign(ofUser(), role, application)).details).toEqual(['INVALID_VALUE scope']);
  });

  it('of another environment’s users and groups are those of nobody (SEC-42, SEC-43)', async () => {
    const elsewhere = await world.ask({ path: `/environments/${THERE}/groups`, body: { name: 'Elsewhere' } });
    for (const path of [ofUser(there.user), ofUser(NOBODY), ofGroup(String(elsewhere.body['id'])), ofGroup(NOBODY)]) {
      expect((await world.ask({ path })).status).toBe(404);
      expect((await assign(path, 'Identity Data Read Only', INSIDE)).status).toBe(404);
      expect((await remove(`${path}/${NOBODY}`)).status).toBe(404);
    }
  });

  it('go with the user, and are on record', async () => {
    const { body } = await world.ask({ path: `${BASE}/users`, body: { username: 'leaves', email: 'l@example.org' } });
    const user = String(body['id']);
    await assign(ofUser(user), 'Identity Data Read Only', INSIDE);
    expect((await remove(`${BASE}/users/${user}`)).status).toBe(204);
    expect((await world.ask({ path: ofUser(user) })).status).toBe(404);
    expect(world.events.filter((type) => type === 'ROLE_ASSIGNMENT.CREATED').length).toBeGreaterThan(0);
  });
});

describe('an Application Owner (00 §6.2; SEC-44)', () => {
  const worker = {
    type: 'WORKER',
    protocol: 'OPENID_CONNECT',
    enabled: true,
    tokenEndpointAuthMethod: 'CLIENT_SECRET_POST',
    grantTypes: ['CLIENT_CREDENTIALS'],
  };
  const applications = `${BASE}/applications`;
  const make = async (name: string): Promise<string> =>
    String((await world.ask({ path: applications, body: { ...worker, name } })).body['id']);
  /** A token of a new worker with these roles. */
  async function tokenWith(...scopes: readonly object[]): Promise<string> {
    const owner = await make('Owner');
    for (const scope of scopes)
      expect((await assign(`${applications}/${owner}/roleAssignments`, 'Application Owner', scope)).status).toBe(201);
    const { body } = await world.ask({ path: `${applications}/${owner}/secret` });
    const issued = await world.ask({
      path: `/${HERE}/as/token`,
      type: 'application/x-www-form-urlencoded',
      body: `grant_type=client_credentials&client_id=${owner}&client_secret=${body['secret']}`,
      token: null,
    });
    return String(issued.body['access_token']);
  }

  it('reads and replaces that application and its secret, and nothing else of its environment', async () => {
    const [own, other] = [await make('Own'), await make('Other')];
    const token = await tokenWith({ type: 'APPLICATION', id: own });
    const at = `${applications}/${own}`;
    expect((await world.ask({ path: at, token })).body['name']).toBe('Own');
    const renamed = await world.ask({ method: 'PUT', path: at, body: { ...worker, name: 'Renamed' }, token });
    expect([renamed.status, renamed.body['name']]).toEqual([200, 'Renamed']);
    expect((await world.ask({ path: `${at}/secret`, token })).status).toBe(200);
    expect((await world.ask({ path: `${at}/secret`, body: {}, token })).status).toBe(200);
    const owned = ['application.read', 'application.update'];
    const others = world.postern.app.routes.filter(
      ({ id, permission, path }) =>
        permission !== 'public' &&
        path.includes(':envId') &&
        !owned.includes(id) &&
        !id.startsWith('application.secret.'),
    );
    expect(others.length).toBeGreaterThan(100);
    for (const { id, method, path } of others) {
      const asked = path.replace(':envId', HERE).replace(':applicationId', own).replace(/:\w+/g, NOBODY);
      const { status } = await world.ask({ method, path: asked, type: null, token });
      expect([id, status]).toEqual([id, 403]);
    }
    for (const path of [`${applications}/${other}`, `${applications}/${other}/secret`, `${applications}/${NOBODY}`])
      expect([path, (await world.ask({ path, token })).status]).toEqual([path, 403]);
  });

  it('learns nothing of other environments by the id of the application (SEC-42)', async () => {
    const own = await make('Asked elsewhere');
    const token = await tokenWith({ type: 'APPLICATION', id: own });
    const answers = [];
    for (const environment of [THERE, NOBODY])
      answers.push(refusalOf(await world.ask({ path: `/environments/${environment}/applications/${own}`, token })));
    expect(answers).toEqual(
      Array(2).fill({ status: 403, code: 'ACCESS_FAILED', details: ['INSUFFICIENT_PERMISSIONS'] }),
    );
  });

  it('of an environment is that of each of its applications', async () => {
    const own = await make('One of many');
    const token = await tokenWith(INSIDE);
    expect((await world.ask({ path: `${applications}/${own}/secret`, token })).status).toBe(200);
    expect((await world.ask({ path: BASE, token })).status).toBe(200);
    expect((await world.ask({ path: applications, token })).status).toBe(403);
    expect((await world.ask({ method: 'DELETE', path: `${applications}/${own}`, token })).status).toBe(403);
  });

  it('is made one by whoever manages applications, over no more than that', async () => {
    const token = await world.tokenOf('Client Application Developer');
    const path = `${applications}/${await make('Heir')}/roleAssignments`;
    expect(
      (await assign(path, 'Application Owner', { type: 'APPLICATION', id: await make('Given') }, token)).status,
    ).toBe(201);
    const refused = await assign(path, 'Application Owner', { type: 'ENVIRONMENT', id: THERE }, token);
    expect(refusalOf(refused).details).toEqual(['CONSTRAINT_VIOLATION scope']);
  });
});
