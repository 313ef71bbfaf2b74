import type { KeyObject } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../src/kernel/duration.js';
import { roleByName } from '../../src/platform/roles/roles.js';
import { assertionClaims, assertionForm, clientKey, jws, keySet } from '../helpers/client-assertion.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, integer, list, object, oneOf, text } from './shapes.js';
import { type Answer, type Body, clientId, HERE, NOBODY, SECRET, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const PATH = `/environments/${HERE}/applications`;
const { create, put, read, remove, itemOf, listed } = managed(world, PATH);

const worker = (name: string): Body => ({
  name,
  type: 'WORKER',
  protocol: 'OPENID_CONNECT',
  enabled: true,
  tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
  grantTypes: ['CLIENT_CREDENTIALS'],
  accessControl: { role: { type: 'ADMIN_USERS_ONLY' } },
});
const web = (name: string): Body => ({
  ...worker(name),
  type: 'WEB_APP',
  description: 'A site',
  grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
  responseTypes: ['CODE'],
  redirectUris: ['https://app.example.org/callback'],
  allowWildcardInRedirectUris: false,
  postLogoutRedirectUris: ['https://app.example.org/'],
  pkceEnforcement: 'S256_REQUIRED',
  parRequirement: 'OPTIONAL',
  parTimeout: 90,
  refreshTokenType: 'OPAQUE_TOKEN',
  refreshTokenDuration: 86_400,
  requestScopesForMultipleResourcesEnabled: false,
  corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS', origins: ['https://app.example.org'] },
  tags: ['PING_FED_CONNECTION_INTEGRATION'],
});
const native = (name: string, packageName: string): Body => ({
  ...worker(name),
  type: 'NATIVE_APP',
  tokenEndpointAuthMethod: 'NONE',
  grantTypes: ['AUTHORIZATION_CODE'],
  mobile: {
    bundleId: 'org.example.app',
    packageName,
    passcodeRefreshDuration: { duration: 45, timeUnit: 'SECONDS' },
    integrityDetection: {
      mode: 'ENABLED',
      cacheDuration: { amount: 30, units: 'MINUTES' },
      googlePlay: { verificationType: 'INTERNAL', decryptionKey: 'dk-secret', verificationKey: 'vk-secret' },
    },
  },
});
const saml = (name: string): Body => ({
  name,
  type: 'WEB_APP',
  protocol: 'SAML',
  enabled: true,
  acsUrls: ['https://sp.example.org/acs'],
  assertionDuration: 3_600,
  sessionNotOnOrAfterDuration: 7_200,
  spEntityId: 'sp:example',
  enableAlwaysAcceptAcsUrlInSignedAuthnRequest: true,
  virtualServerIdSettings: { enabled: true, virtualServerIds: [{ vsId: 'one', default: true }] },
});

const basic = (id: unknown, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const tokenWith = (id: unknown, secret: string): Promise<Answer> =>
  world().ask({
    path: `/${HERE}/as/token`,
    type: 'application/x-www-form-urlencoded',
    body: 'grant_type=client_credentials',
    token: null,
    headers: { authorization: basic(id, secret) },
  });
const secretOf = async (path: string): Promise<string> => String((await read(`${path}/secret`)).body['secret']);

describe('applications (00 §9)', () => {
  it('come back as they were sent, from POST, GET and PUT alike, of whatever type', async () => {
    for (const body of [web('Site'), worker('Job'), saml('Partner')]) {
      const created = await create(body);
      expect(documentOf(created)).toEqual(body);
      expect((await read(itemOf(created))).body).toEqual(created.body);
      const smaller = { ...body, description: 'Other' };
      const replaced = await put(itemOf(created), smaller);
      expect([replaced.status, documentOf(replaced)]).toEqual([200, smaller]);
    }
    expect((await listed()).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Site', 'Job', 'Partner', 'backend']),
    );
  });

  it('leave the MFA policies that name them when they go, whatever these name besides', async () => {
    const apps = [];
    for (const name of ['org.example.goes', 'org.example.stays']) apps.push(await create(native(name, name)));
    const policies = managed(world, `/environments/${HERE}/deviceAuthenticationPolicies`);
    const method = {
      enabled: false,
      otp: { failure: { count: 3, coolDown: { duration: 2, timeUnit: 'MINUTES' } } },
    };
    const once = { ...method, otp: { ...method.otp, lifeTime: { duration: 30, timeUnit: 'MINUTES' } } };
    const policy = {
      name: 'Apps',
      default: false,
      forSignOnPolicy: false,
      sms: once,
      voice: once,
      email: once,
      mobile: { ...method, applications: apps.map(({ body }) => ({ id: body['id'] })) },
      totp: method,
      fido2: { enabled: false },
    };
    const site = await create(web('No app'));
    const wrong = { ...policy, mobile: { ...method, applications: [{ id: site.body['id'] }] } };
    expect(refusalOf(await world().ask({ path: policies.path, body: wrong }))).toEqual(
      invalidData('INVALID_VALUE mobile.applications[0].id'),
    );
    const created = await policies.create(policy);
    const shown = async () => documentOf(await read(policies.itemOf(created)));
    const [goes, stays] = apps;
    for (const [app, left] of [
      [goes, { ...method, applications: [{ id: stays?.body['id'] }] }],
      [stays, method],
    ] as const) {
      if (app) expect((await remove(itemOf(app))).status).toBe(204);
      expect(await shown()).toEqual({ ...policy, mobile: left });
    }
  });

  it('are for administrators when they are workers of which nothing else is said', async () => {
    const { accessControl, ...job } = worker('Unsaid');
    const created = await create(job);
    expect(documentOf(created)).toEqual({ ...job, accessControl });
    const group = { type: 'ANY_GROUP', groups: [] };
    const replaced = await put(itemOf(created), { ...job, accessControl: { group } });
    expect(documentOf(replaced)).toEqual({ ...job, accessControl: { group, role: { type: 'ADMIN_USERS_ONLY' } } });
  });

  it('have an app with the defaults of the reference when they are native and say nothing of it', async () => {
    const { mobile: _, ...bare } = native('Bare', 'org.example.bare');
    const app = {
      passcodeGracePeriod: 5,
      passcodeRefreshDuration: { duration: 30, timeUnit: 'SECONDS' },
      integrityDetection: { mode: 'DISABLED' },
    };
    const created = await create(bare);
    expect(documentOf(created)).toEqual({ ...bare, mobile: app });
    const named = { bundleId: 'org.example.bare', passcodeGracePeriod: 2 };
    expect(documentOf(await put(itemOf(created), { ...bare, mobile: named }))).toEqual({
      ...bare,
      mobile: { ...app, ...named },
    });
  });

  it('keep the keys of a vendor to themselves (SEC-66)', async () => {
    const created = await create(native('App', 'org.example.app'));
    expect(created.text).not.toMatch(/-secret/);
    expect(created.body['mobile']).toMatchObject({
      integrityDetection: { googlePlay: { verificationType: 'INTERNAL' } },
    });
    expect((await read(itemOf(created))).body).toEqual(created.body);
  });

  it('of one environment have packages of their own, which stay', async () => {
    const created = await create(native('First', 'org.example.first'));
    expect(refusalOf(await world().ask({ path: PATH, body: native('Second', 'org.example.first') }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION mobile.packageName'),
    );
    expect(refusalOf(await put(itemOf(created), native('First', 'org.example.other')))).toEqual(
      invalidData('INVALID_VALUE mobile.packageName'),
    );
    const { mobile: _, ...without } = native('First', 'org.example.first');
    expect((await put(itemOf(created), without)).status).toBe(200);
    expect((await create(native('Heir', 'org.example.first'))).status).toBe(201);
  });

  it('that are not there say so in their own words (00 §4.4)', async () => {
    const answer = await read(`${PATH}/${NOBODY}`);
    expect(refusalOf(answer)).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect(answer.body['message']).toBe(`Unable to find Application with ID: '${NOBODY}'`);
    expect((await read(`${PATH}/${NOBODY}/secret`)).body['message']).toBe(
      'The request could not be completed. The requested resource was not found.',
    );
  });

  it('have tokens once they are workers, and none once they are disabled or gone (SEC-49)', async () => {
    const created = await create(worker('Worker'));
    const secret = await secretOf(itemOf(created));
    expect(secret).toMatch(/^[\w-]{64,}$/);
    const issued = await tokenWith(created.body['id'], secret);
    expect(issued.status).toBe(200);
    const token = String(issued.body['access_token']);
    const asked = async () => (await world().ask({ path: '/roles', token })).status;
    expect(await asked()).toBe(403);
    await put(itemOf(created), { ...worker('Worker'), enabled: false });
    expect([await asked(), (await tokenWith(created.body['id'], secret)).status]).toEqual([401, 401]);
    await put(itemOf(created), worker('Worker'));
    expect(await asked()).toBe(403);
    expect((await remove(itemOf(created))).status).toBe(204);
    expect([await asked(), (await tokenWith(created.body['id'], secret)).status]).toEqual([401, 401]);
  });

  it('prove themselves by their own key, or by their secret without sending it, once they are to (00 §5.1; SEC-50)', async () => {
    const key = clientKey('mine');
    const jwks = keySet(key);
    const ask = (id: unknown, alg: 'HS256' | 'RS256', by: KeyObject | string) => {
      const claims = assertionClaims(String(id), `${world().postern.authPath}/${HERE}/as`, world().postern.now());
      return world().ask({
        path: `/${HERE}/as/token`,
        type: 'application/x-www-form-urlencoded',
        body: assertionForm(jws({ alg }, claims, by), { grant_type: 'client_credentials' }),
        token: null,
      });
    };
    const body = { ...worker('By key'), tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwks };
    const created = await create(body);
    const { id } = created.body;
    expect(documentOf(created)).toEqual(body);
    const issued = await ask(id, 'RS256', key.privateKey);
    expect(issued.status).toBe(200);
    const token = String(issued.body['access_token']);
    // It is a token like any other: known, and without a role.
    expect((await world().ask({ path: PATH, token })).status).toBe(403);
    const { jwks: _, ...rest } = body;
    const bySecret = { ...rest, tokenEndpointAuthMethod: 'CLIENT_SECRET_JWT' };
    expect(documentOf(await put(itemOf(created), bySecret))).toEqual(bySecret);
    expect((await ask(id, 'RS256', key.privateKey)).status).toBe(401);
    expect((await ask(id, 'HS256', await secretOf(itemOf(created)))).status).toBe(200);
    const elsewhere = { ...rest, tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT', jwksUrl: 'https://keys.example.org/a' };
    expect(documentOf(await put(itemOf(created), elsewhere))).toEqual(elsewhere);
  });

  it('that are no workers have no tokens of their own', async () => {
    const created = await create(web('No worker'));
    const answer = await tokenWith(created.body['id'], await secretOf(itemOf(created)));
    expect([answer.status, answer.body['error']]).toEqual([400, 'unauthorized_client']);
  });

  it('inherit the roles of their maker when they are to (00 §9.2)', async () => {
    const created = await create({ ...worker('Heir'), assignActorRoles: true });
    const { body } = await read(`${itemOf(created)}/roleAssignments`);
    expect(body['count']).toBe(6);
    expect((await read(`${itemOf(await create(worker('No heir')))}/roleAssignments`)).body['count']).toBe(0);
  });
});

describe('applications that an environment comes with (00 §7.1, §9.2)', () => {
  const system = async (type: string) => ({ body: (await listed()).find((each) => each['type'] === type) ?? {} });
  const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

  it('are a portal and a self-service, as released clients look for them', async () => {
    for (const [type, name] of [
      ['PING_ONE_PORTAL', 'PingOne Application Portal'],
      ['PING_ONE_SELF_SERVICE', 'PingOne Self-Service - MyAccount'],
    ] as const) {
      const { description, icon, ...document } = documentOf(await system(type));
      expect(document).toEqual({
        name,
        type,
        protocol: 'OPENID_CONNECT',
        enabled: true,
        tokenEndpointAuthMethod: 'NONE',
        pkceEnforcement: 'OPTIONAL',
        hiddenFromAppPortal: false,
        applyDefaultTheme: false,
      });
      expect([description, icon]).toEqual([
        expect.stringContaining('no such page'),
        { id: expect.stringMatching(/^[0-9a-f-]{36}$/), href: expect.stringMatching(/^data:image\/svg\+xml;base64,/) },
      ]);
    }
  });

  it('change in what may be said of them; the rest is read only, and may be written back', async () => {
    const before = await system('PING_ONE_SELF_SERVICE');
    const path = itemOf(before);
    const said = {
      enabled: false,
      description: 'Ours',
      accessControl: { role: { type: 'ADMIN_USERS_ONLY' }, group: { type: 'ALL_GROUPS', groups: [{ id: NOBODY }] } },
      applyDefaultTheme: true,
      enableDefaultThemeFooter: true,
    };
    const sent = {
      ...documentOf(before),
      ...said,
      name: 'Other',
      icon: { id: 'x', href: 'y' },
      grantTypes: ['IMPLICIT'],
    };
    const changed = await put(path, sent);
    expect([changed.status, documentOf(changed)]).toEqual([200, { ...documentOf(before), ...said }]);
    expect((await read(path)).body).toEqual(changed.body);
    const { name, type, protocol, tokenEndpointAuthMethod } = before.body;
    const bare = await put(path, { name, type, protocol, tokenEndpointAuthMethod, enabled: true });
    const { description: _, ...kept } = documentOf(before);
    expect(documentOf(bare)).toEqual(kept);
    expect(refusalOf(await put(path, { ...documentOf(before), type: 'PING_ONE_PORTAL' })).details).toEqual([
      'INVALID_VALUE type',
    ]);
  });

  it('stay, have no secret, and are made by nobody', async () => {
    const portal = await system('PING_ONE_PORTAL');
    const path = itemOf(portal);
    expect(refusalOf(await remove(path))).toEqual(CONSTRAINT);
    await put(path, documentOf(portal));
    expect((await read(`${path}/secret`)).status).toBe(404);
    expect((await world().ask({ path: `${path}/secret`, body: {} })).status).toBe(404);
    for (const type of ['PING_ONE_PORTAL', 'PING_ONE_SELF_SERVICE', 'PING_ONE_ADMIN_CONSOLE'])
      expect(refusalOf(await world().ask({ path: PATH, body: { ...web('Second'), type } })).details).toEqual([
        'INVALID_VALUE type',
      ]);
    expect(refusalOf(await world().ask({ path: PATH, body: { ...web('Site'), applyDefaultTheme: true } }))).toEqual(
      invalidData('INVALID_VALUE applyDefaultTheme'),
    );
  });

  it('take grants and sign-on policies as others do', async () => {
    const path = itemOf(await system('PING_ONE_PORTAL'));
    const of = (collection: string) => managed(world, `/environments/${HERE}/${collection}`);
    const [openid] = await of('resources').listed();
    const [scope] = await of(`resources/${openid?.['id']}/scopes`).listed();
    const [policy] = await of('signOnPolicies').listed();
    const grants = managed(world, `${path}/grants`);
    const grant = await grants.create({ resource: { id: openid?.['id'] }, scopes: [{ id: scope?.['id'] }] });
    const assignments = managed(world, `${path}/signOnPolicyAssignments`);
    const assignment = await assignments.create({ signOnPolicy: { id: policy?.['id'] }, priority: 1 });
    expect((await grants.remove(grants.itemOf(grant))).status).toBe(204);
    expect((await assignments.remove(assignments.itemOf(assignment))).status).toBe(204);
  });
});

describe('a secret (00 §9.3)', () => {
  it('is replaced; the one before stays good as long as it was said to, and no longer', async () => {
    await using own = await startWorld();
    const { body: made } = await own.ask({ path: PATH, body: worker('Rotating') });
    const path = `${PATH}/${made['id']}/secret`;
    const first = String((await own.ask({ path })).body['secret']);
    const expiresAt = new Date(own.postern.now() + minutes(10)).toISOString();
    const rotated = await own.ask({ path, body: { previous: { expiresAt } } });
    expect(rotated.body['previous']).toEqual({ secret: first, expiresAt });
    const second = String(rotated.body['secret']);
    expect(second).not.toBe(first);
    const good = async (secret: string) =>
      (
        await own.ask({
          path: '/as/token',
          type: 'application/x-www-form-urlencoded',
          body: 'grant_type=client_credentials',
          token: null,
          headers: { authorization: basic(made['id'], secret) },
        })
      ).status;
    expect([await good(first), await good(second)]).toEqual([200, 200]);
    await own.advance(minutes(10));
    expect([await good(first), await good(second)]).toEqual([401, 200]);
    expect((await own.ask({ path })).body).not.toHaveProperty('previous');
    await own.ask({ path, body: {} });
    expect(await good(second)).toBe(401);
    expect(own.events.filter((type) => type.startsWith('SECRET.'))).toEqual([
      'SECRET.READ',
      'SECRET.UPDATED',
      'SECRET.READ',
      'SECRET.UPDATED',
    ]);
  });

  it('that was replaced is removed before its time', async () => {
    const path = itemOf(await create(worker('Hurried')));
    const first = await secretOf(path);
    const expiresAt = new Date(world().postern.now() + minutes(10)).toISOString();
    await world().ask({ path: `${path}/secret`, body: { previous: { expiresAt } } });
    expect((await remove(`${path}/secret`)).status).toBe(204);
    expect((await read(`${path}/secret`)).body).not.toHaveProperty('previous');
    expect((await tokenWith(path.slice(-36), first)).status).toBe(401);
  });

  it('is not for the worker whose it is', async () => {
    const own = `${PATH}/${clientId(HERE, 'backend')}/secret`;
    const refused = { status: 403, code: 'ACCESS_FAILED', details: ['INSUFFICIENT_PERMISSIONS'] };
    expect(refusalOf(await read(own))).toEqual(refused);
    expect(refusalOf(await world().ask({ path: own, body: {} }))).toEqual(refused);
    expect((await tokenWith(clientId(HERE, 'backend'), SECRET)).status).toBe(200);
  });

  it('survives the change of everything else', async () => {
    const created = await create(worker('Changing'));
    const secret = await secretOf(itemOf(created));
    await put(itemOf(created), { ...worker('Changed'), description: 'x' });
    expect(await secretOf(itemOf(created))).toBe(secret);
  });
});

refusesRequests(
  'a secret stays when its overlap is',
  { world, to: () => ({ path: `${PATH}/${clientId(HERE, 'everything')}/secret` }) },
  [
    ['too short', () => world().postern.now() + 59_000],
    ['too long', () => world().postern.now() + minutes(60 * 24 * 30) + 1_000],
    ['past', () => world().postern.now() - 1_000],
  ].map(([name, at]) => ({
    name: String(name),
    body: () => ({ previous: { expiresAt: new Date((at as () => number)()).toISOString() } }),
    details: ['INVALID_VALUE previous.expiresAt'],
  })),
);

describe('role assignments (00 §6.3)', () => {
  const assigned = (
    path: string,
    role: Parameters<typeof roleByName>[0],
    scope: Body,
    token?: string,
  ): Promise<Answer> =>
    world().ask({
      path: `${path}/roleAssignments`,
      body: { role: { id: roleByName(role).id }, scope },
      ...(token === undefined ? {} : { token }),
    });

  it('hold from the next request on, and no longer than they are there', async () => {
    const path = itemOf(await create(worker('Assigned')));
    const { body } = await tokenWith(path.slice(-36), await secretOf(path));
    const token = String(body['access_token']);
    const users = async () => (await world().ask({ path: `/environments/${HERE}/users`, token })).status;
    expect(await users()).toBe(403);
    const made = await assigned(path, 'Identity Data Read Only', { type: 'ENVIRONMENT', id: HERE });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ scope: { type: 'ENVIRONMENT', id: HERE }, readOnly: false });
    expect(await users()).toBe(200);
    const item = `${path}/roleAssignments/${made.body['id']}`;
    expect((await read(item)).body).toEqual(made.body);
    expect((await read(`${path}/roleAssignments`)).body['_embedded']).toEqual({ roleAssignments: [made.body] });
    expect((await remove(item)).status).toBe(204);
    expect([await users(), (await read(item)).status, (await remove(item)).status]).toEqual([403, 404, 404]);
  });

  it('survive the change of the application', async () => {
    const path = itemOf(await create(worker('Steady')));
    await assigned(path, 'Environment Admin', { type: 'ENVIRONMENT', id: THERE });
    await put(path, worker('Steadier'));
    expect((await read(`${path}/roleAssignments`)).body['count']).toBe(1);
  });

  it('are no broader than the caller’s own (SEC-44)', async () => {
    const path = itemOf(await create(worker('Climber')));
    const token = await world().tokenOf('Client Application Developer');
    const here = { type: 'ENVIRONMENT', id: HERE };
    const organization = {
      type: 'ORGANIZATION',
      id: (await world().ask({ path: `/environments/${HERE}` })).body['organization'],
    };
    const orgId = (organization.id as unknown as Body)['id'];
    for (const [role, scope] of [
      ['Environment Admin', here],
      ['Client Application Developer', { type: 'ENVIRONMENT', id: THERE }],
      ['Client Application Developer', { type: 'ORGANIZATION', id: orgId }],
    ] as const) {
      const refused = await assigned(path, role, scope, token);
      expect(refusalOf(refused)).toEqual({
        status: 400,
        code: 'REQUEST_FAILED',
        details: ['CONSTRAINT_VIOLATION scope'],
      });
      expect(refused.text).toContain('Must have role at the same or broader scope');
    }
    expect((await assigned(path, 'Client Application Developer', here, token)).status).toBe(201);
    const app = { type: 'APPLICATION', id: path.slice(-36) };
    expect((await assigned(path, 'Client Application Developer', app, token)).status).toBe(201);
  });

  it('are made once, over what is there, of roles that fit it', async () => {
    const path = itemOf(await create(worker('Checked')));
    const here = { type: 'ENVIRONMENT', id: HERE };
    expect((await assigned(path, 'Environment Admin', here)).status).toBe(201);
    const refusals = [
      await assigned(path, 'Environment Admin', here),
      await assigned(path, 'Environment Admin', { type: 'ENVIRONMENT', id: NOBODY }),
      await assigned(path, 'Environment Admin', { type: 'ORGANIZATION', id: NOBODY }),
      await assigned(path, 'Environment Admin', { type: 'POPULATION', id: HERE }),
      await assigned(path, 'Organization Admin', here),
      await world().ask({ path: `${path}/roleAssignments`, body: { role: { id: NOBODY }, scope: here } }),
    ];
    expect(refusals.map((answer) => refusalOf(answer).details)).toEqual([
      ['UNIQUENESS_VIOLATION role.id'],
      ['INVALID_VALUE scope.id'],
      ['INVALID_VALUE scope.id'],
      ['INVALID_VALUE scope.id'],
      ['INVALID_VALUE scope'],
      ['INVALID_VALUE role.id'],
    ]);
  });

  it('of a seeded client are shown like any other', async () => {
    const { body } = await read(`${PATH}/${clientId(HERE, 'Environment Admin')}/roleAssignments`);
    expect(body).toMatchObject({
      count: 1,
      _embedded: { roleAssignments: [{ scope: { type: 'ENVIRONMENT', id: HERE } }] },
    });
  });
});

refusesBadFields('a bad field of an application is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => web('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    'type*': oneOf('WEB_APP', 'NATIVE_APP'),
    'protocol*': oneOf('OPENID_CONNECT', 'SAML'),
    'enabled*': flag(),
    description: text({ max: 1_024, mayBeEmpty: true }),
    'tokenEndpointAuthMethod*': oneOf('NONE', 'CLIENT_SECRET_BASIC'),
    responseTypes: list(oneOf('CODE', 'TOKEN', 'ID_TOKEN')),
    redirectUris: list(text({ max: 2_048, malformed: ['https://*.example.org/'] })),
    pkceEnforcement: oneOf('OPTIONAL', 'REQUIRED', 'S256_REQUIRED'),
    parTimeout: integer(1, 600),
    refreshTokenDuration: integer(60, 2_147_483_647),
    refreshTokenRollingGracePeriodDuration: integer(0, 86_400),
    devicePollingInterval: integer(1, 60),
    deviceTimeout: integer(1, 3_600),
    jwks: text({ max: 8_192, malformed: ['{}', 'none', '{"keys":1}', '[]'] }),
  }),
});

refusesRequests('an application is refused that', { world, to: () => ({ path: PATH }) }, [
  {
    name: 'allows origins without naming them',
    body: () => ({ ...web('Bad'), corsSettings: { behavior: 'ALLOW_SPECIFIC_ORIGINS' } }),
    details: ['REQUIRED_VALUE corsSettings.origins'],
  },
  { name: 'has no grant', body: () => ({ ...web('Bad'), grantTypes: [] }), details: ['EMPTY_VALUE grantTypes'] },
  {
    name: 'is SAML and says nothing',
    body: () => ({ name: 'Bad', type: 'WEB_APP', protocol: 'SAML', enabled: true }),
    details: ['REQUIRED_VALUE acsUrls', 'REQUIRED_VALUE assertionDuration', 'REQUIRED_VALUE spEntityId'],
  },
  {
    name: 'is mobile and no native application',
    body: () => ({ ...web('Bad'), mobile: { bundleId: 'a' } }),
    details: ['INVALID_VALUE mobile'],
  },
  {
    name: 'fetches keys over http',
    body: () => ({ ...web('Bad'), jwksUrl: 'http://example.org/keys' }),
    details: ['INVALID_VALUE jwksUrl'],
  },
  {
    name: 'fetches keys from an address that is not public (SEC-59)',
    body: () => ({ ...web('Bad'), jwksUrl: 'https://10.0.0.1/keys' }),
    details: ['INVALID_VALUE jwksUrl'],
  },
  {
    name: 'proves itself by keys that it does not have',
    body: () => ({ ...web('Bad'), tokenEndpointAuthMethod: 'PRIVATE_KEY_JWT' }),
    details: ['REQUIRED_VALUE jwks'],
  },
  {
    name: 'has its keys in two places',
    body: () => ({ ...web('Bad'), jwks: '{"keys":[]}', jwksUrl: 'https://example.org/keys' }),
    details: ['INVALID_VALUE jwksUrl'],
  },
]);

it('a wildcard is told by its documented text (00 §4.4)', async () => {
  const { text: told } = await world().ask({ path: PATH, body: { ...web('Bad'), redirectUris: ['https://*/'] } });
  expect(told).toContain('Wildcards are not allowed in redirect URIs.');
});

it('wildcards are allowed where the application says so, for what follows a sign-on only', async () => {
  const wild = { ...web('Wild'), redirectUris: ['https://*.example.org/'], allowWildcardInRedirectUris: true };
  expect(documentOf(await create(wild))).toEqual(wild);
  const after = { ...wild, postLogoutRedirectUris: ['https://*.example.org/'] };
  expect(refusalOf(await world().ask({ path: PATH, body: after }))).toEqual(
    invalidData('INVALID_VALUE postLogoutRedirectUris[0]'),
  );
});
