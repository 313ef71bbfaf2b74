import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACTORY_RESOURCES } from '../../src/platform/resources/resources.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { flag, integer, object, oneOf, text } from './shapes.js';
import { type Answer, type Body, clientId, HERE, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;

const PATH = `/environments/${HERE}/resources`;
const resources = managed(world, PATH);
const scopesOf = (resource: Pick<Answer, 'body'>) => managed(world, `${resources.itemOf(resource)}/scopes`);
const grants = managed(world, `/environments/${HERE}/applications/${clientId(HERE, 'backend')}/grants`);
const predefined = async (name: string): Promise<Pick<Answer, 'body'>> => {
  const body = (await resources.listed()).find((each) => each['name'] === name);
  if (!body) throw new Error(`no resource ${name}`);
  return { body };
};
const constraint = (answer: Answer): void =>
  expect(refusalOf(answer)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });

const ORDERS: Body = {
  name: 'Orders',
  description: 'of the shop',
  audience: 'https://orders.example.org',
  accessTokenValiditySeconds: 600,
  introspectEndpointAuthMethod: 'CLIENT_SECRET_POST',
  applicationPermissionsSettings: { claimEnabled: true },
};

describe('resources (00 §9.4)', () => {
  it('begin with OpenID’s and the platform’s own, each with its scopes', async () => {
    for (const { body, scopes } of FACTORY_RESOURCES) {
      const resource = await predefined(String(body['name']));
      expect(resource.body).toMatchObject({ ...body, environment: { id: HERE } });
      const listed = await scopesOf(resource).listed();
      expect(listed.map(({ name }) => name)).toEqual(scopes);
      expect(listed[0]).toMatchObject({ resource: { id: resource.body['id'] } });
    }
  });

  it('that are predefined stay as they are', async () => {
    const openid = await predefined('openid');
    constraint(await resources.put(resources.itemOf(openid), { name: 'openid', description: 'mine' }));
    constraint(await resources.remove(resources.itemOf(openid)));
  });

  it('of an environment’s own come back as they were sent, of type CUSTOM whatever was asked for, and go with their scopes', async () => {
    const created = await resources.create({ ...ORDERS, type: 'OPENID_CONNECT' });
    expect(created.body).toMatchObject({ ...ORDERS, type: 'CUSTOM' });
    expect((await resources.read(resources.itemOf(created))).body).toEqual(created.body);
    const scopes = scopesOf(created);
    const scope = await scopes.create({ name: 'orders:read', description: 'sees orders' });
    const replaced = await scopes.put(scopes.itemOf(scope), { name: 'orders:see' });
    expect(replaced.body).toMatchObject({ name: 'orders:see', resource: { id: created.body['id'] } });
    expect(replaced.body).not.toHaveProperty('description');
    const bare = await resources.put(resources.itemOf(created), { name: 'Orders' });
    expect(Object.keys(bare.body).sort()).toEqual(
      ['_links', 'createdAt', 'environment', 'id', 'name', 'type', 'updatedAt'].sort(),
    );
    expect((await resources.remove(resources.itemOf(created))).status).toBe(204);
    expect((await world().ask({ path: scopes.path })).status).toBe(404);
  });
});

describe('scopes (00 §9.4)', () => {
  it('that are predefined keep their names and stay; what is said of them may change', async () => {
    const scopes = scopesOf(await predefined('PingOne API'));
    const body = (await scopes.listed()).find(({ name }) => name === 'p1:read:user') ?? {};
    const at = scopes.itemOf({ body });
    const changed = await scopes.put(at, { name: 'p1:read:user', schemaAttributes: ['email', 'name.given'] });
    expect([changed.status, changed.body['schemaAttributes']]).toEqual([200, ['email', 'name.given']]);
    expect(refusalOf(await scopes.put(at, { name: 'p1:read:all' })).details).toEqual(['INVALID_VALUE name']);
    constraint(await scopes.remove(at));
  });

  it('of the platform are added for users’ attributes only, those of OpenID freely', async () => {
    const platform = scopesOf(await predefined('PingOne API'));
    const added = await platform.create({ name: 'p1:read:user:mail', schemaAttributes: ['email'] });
    expect((await platform.remove(platform.itemOf(added))).status).toBe(204);
    const refused = await world().ask({ path: platform.path, body: { name: 'p1:delete:everything' } });
    expect(refusalOf(refused).details).toEqual(['INVALID_VALUE name']);
    const openid = scopesOf(await predefined('openid'));
    const own = await openid.create({ name: 'membership' });
    expect((await openid.remove(openid.itemOf(own))).status).toBe(204);
  });
});

describe('attributes of resources (00 §9.4)', () => {
  const attributesOf = (resource: Pick<Answer, 'body'>) => managed(world, `${resources.itemOf(resource)}/attributes`);
  const find = async (of: ReturnType<typeof attributesOf>, name: string) => ({
    body: (await of.listed()).find((each) => each['name'] === name) ?? {},
  });

  it('begin with the claims of OpenID, which keep their names and stay, and take other values, even none', async () => {
    const openid = attributesOf(await predefined('openid'));
    expect((await openid.listed()).map(({ type }) => type)).toEqual(Array(24).fill('PREDEFINED'));
    const email = await find(openid, 'email');
    const { _links, id, environment, resource, ...document } = email.body;
    expect(document).toEqual({
      name: 'email',
      value: `\${user.email}`,
      type: 'PREDEFINED',
      idToken: true,
      userInfo: true,
    });
    const at = openid.itemOf(email);
    for (const value of [`\${user.nickname}`, '', `\${user.email}`]) {
      const replaced = await openid.put(at, { ...email.body, value });
      expect([replaced.status, replaced.body['value'], replaced.body['type']]).toEqual([200, value, 'PREDEFINED']);
    }
    expect(refusalOf(await openid.put(at, { ...document, name: 'mail' })).details).toEqual(['INVALID_VALUE name']);
    constraint(await openid.remove(at));
  });

  it('of a new resource begin with its subject; others come and go', async () => {
    const attributes = attributesOf(await resources.create({ name: 'With attributes' }));
    const [subject] = await attributes.listed();
    expect(subject).toMatchObject({ name: 'sub', value: `\${user.id}`, type: 'CORE' });
    expect(subject).not.toHaveProperty('idToken');
    constraint(await attributes.remove(`${attributes.path}/${subject?.['id']}`));
    const value = `\${user.name.given + ', ' + user.name.family}`;
    const made = await attributes.create({ name: 'display', value, type: 'CORE' });
    expect(made.body).toMatchObject({ name: 'display', value, type: 'CUSTOM' });
    const renamed = await attributes.put(attributes.itemOf(made), { name: 'shown', value });
    expect((await attributes.read(attributes.itemOf(made))).body).toEqual(renamed.body);
    expect((await attributes.remove(attributes.itemOf(made))).status).toBe(204);
  });

  it('leave the scopes that open them, each of which opens those of its own resource alone (SEC-43)', async () => {
    const openid = await predefined('openid');
    const attributes = attributesOf(openid);
    const made = await attributes.create({ name: 'membership_level', value: 'gold', idToken: true, userInfo: false });
    const scopes = scopesOf(openid);
    const body = { name: 'level', mappedClaims: [made.body['id']] };
    const scope = await scopes.create(body);
    const elsewhere = scopesOf(await resources.create({ name: 'Elsewhere' }));
    expect(refusalOf(await world().ask({ path: elsewhere.path, body })).details).toEqual([
      'INVALID_VALUE mappedClaims[0]',
    ]);
    const other = await find(attributes, 'email');
    await scopes.put(scopes.itemOf(scope), { ...body, mappedClaims: [made.body['id'], other.body['id']] });
    expect((await attributes.remove(attributes.itemOf(made))).status).toBe(204);
    expect((await scopes.read(scopes.itemOf(scope))).body['mappedClaims']).toEqual([other.body['id']]);
    const last = await attributes.create({ name: 'last_one', value: 'x' });
    await scopes.put(scopes.itemOf(scope), { ...body, mappedClaims: [last.body['id']] });
    expect((await attributes.remove(attributes.itemOf(last))).status).toBe(204);
    expect((await scopes.read(scopes.itemOf(scope))).body).not.toHaveProperty('mappedClaims');
    expect((await scopes.remove(scopes.itemOf(scope))).status).toBe(204);
  });

  it('are refused with reserved names, for nobody to see, or where they do not belong', async () => {
    const openid = attributesOf(await predefined('openid'));
    const custom = attributesOf(await resources.create({ name: 'Refusing' }));
    const platform = attributesOf(await predefined('PingOne API'));
    const refused = async (of: ReturnType<typeof attributesOf>, body: Body) =>
      refusalOf(await world().ask({ path: of.path, body })).details;
    expect([
      await refused(openid, { name: 'aud', value: 'x' }),
      await refused(openid, { name: 'p1.region', value: 'x' }),
      await refused(openid, { name: 'unseen', value: 'x', idToken: false, userInfo: false }),
      await refused(openid, { name: 'email', value: 'x' }),
      await refused(custom, { name: 'other', value: 'x', idToken: true }),
      await refused(custom, { name: '', value: 7 }),
      await refused(platform, { name: 'other', value: 'x' }),
    ]).toEqual([
      ['INVALID_VALUE name'],
      ['INVALID_VALUE name'],
      ['INVALID_VALUE userInfo'],
      ['UNIQUENESS_VIOLATION name'],
      ['INVALID_VALUE idToken'],
      ['EMPTY_VALUE name', 'INVALID_VALUE value'],
      ['CONSTRAINT_VIOLATION'],
    ]);
  });
});

describe('grants (00 §9.1)', () => {
  it('give an application scopes of a resource, as the workflow of an MFA-only flow makes them (40 §7.1)', async () => {
    const openid = await predefined('openid');
    const scopes = (await scopesOf(openid).listed()).slice(0, 2).map(({ id }) => ({ id }));
    const body = { resource: { id: openid.body['id'] }, scopes };
    const made = await grants.create(body);
    expect(made.body).toMatchObject({ ...body, application: { id: clientId(HERE, 'backend') } });
    expect(refusalOf(await world().ask({ path: grants.path, body })).details).toEqual([
      'UNIQUENESS_VIOLATION resource.id',
    ]);
    const fewer = { ...body, scopes: scopes.slice(1) };
    expect((await grants.put(grants.itemOf(made), fewer)).body['scopes']).toEqual(fewer.scopes);
    expect((await grants.remove(grants.itemOf(made))).status).toBe(204);
  });

  it('keep the resource and the scope that they name', async () => {
    const resource = await resources.create({ name: 'Granted' });
    const scopes = scopesOf(resource);
    const scope = await scopes.create({ name: 'use' });
    const made = await grants.create({ resource: { id: resource.body['id'] }, scopes: [{ id: scope.body['id'] }] });
    constraint(await resources.remove(resources.itemOf(resource)));
    constraint(await scopes.remove(scopes.itemOf(scope)));
    expect((await grants.remove(grants.itemOf(made))).status).toBe(204);
    expect((await scopes.remove(scopes.itemOf(scope))).status).toBe(204);
  });
});

refusesBadFields('a bad field of a resource is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => ({ ...ORDERS, name: 'Fields' }),
  shape: object({
    'name*': text({ max: 256 }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    audience: text({ max: 1_024, malformed: ['https://a.example.org/#part', 'two words'] }),
    accessTokenValiditySeconds: integer(300, 2_592_000),
    introspectEndpointAuthMethod: oneOf('NONE', 'CLIENT_SECRET_BASIC', 'CLIENT_SECRET_POST'),
    applicationPermissionsSettings: object({ claimEnabled: flag() }),
  }),
});

describe('what does not fit together', () => {
  let path = '';
  let scope: unknown;
  let elsewhere: unknown;
  beforeAll(async () => {
    const resource = await resources.create({ name: 'Own' });
    path = `${resources.itemOf(resource)}/scopes`;
    scope = (await scopesOf(resource).create({ name: 'taken' })).body['id'];
    elsewhere = (await world().ask({ path: `/environments/${THERE}/resources`, body: { name: 'Theirs' } })).body['id'];
  });
  refusesBadFields('a bad field of a scope is named', {
    world,
    to: () => ({ path }),
    right: () => ({ name: 'right', description: 'x' }),
    shape: object({
      'name*': text({ max: 256, malformed: ['two words', 'a"b', 'ä'] }),
      description: text({ max: 1_024, mayBeEmpty: true }),
    }),
  });
  refusesRequests('a scope is refused that', { world, to: () => ({ path }) }, [
    { name: 'has the name of another', body: () => ({ name: 'taken' }), details: ['UNIQUENESS_VIOLATION name'] },
    {
      name: 'opens claims that are no ids',
      body: () => ({ name: 'other', mappedClaims: ['email'] }),
      details: ['INVALID_VALUE mappedClaims[0]'],
    },
    {
      name: 'opens attributes of users and is not the platform’s',
      body: () => ({ name: 'other', schemaAttributes: ['email'] }),
      details: ['INVALID_VALUE schemaAttributes'],
    },
  ]);
  refusesRequests('a grant is refused that', { world, to: () => ({ path: grants.path }) }, [
    {
      name: 'names a resource of another environment (SEC-43)',
      body: () => ({ resource: { id: elsewhere }, scopes: [{ id: scope }] }),
      details: ['INVALID_VALUE resource.id', 'INVALID_VALUE scopes[0].id'],
    },
    {
      name: 'names a scope of another resource',
      body: () => ({ resource: { id: path.split('/').at(-2) }, scopes: [{ id: scope }, { id: elsewhere }] }),
      details: ['INVALID_VALUE scopes[1].id'],
    },
    {
      name: 'grants nothing',
      body: () => ({ resource: { id: elsewhere }, scopes: [] }),
      details: ['EMPTY_VALUE scopes'],
    },
    { name: 'says nothing', body: () => ({}), details: ['REQUIRED_VALUE resource', 'REQUIRED_VALUE scopes'] },
  ]);
});
