import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, id, list, object, oneOf, text } from './shapes.js';
import { type Body, HERE, here, NOBODY, startWorld, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const ENVIRONMENT = `/environments/${HERE}`;
const PATH = `${ENVIRONMENT}/identityProviders`;
const { create, put, read, remove, itemOf } = managed(world, PATH);

const client = { clientId: 'a-client', clientSecret: 'a-secret-for-tests' };
const common = (name: string): Body => ({
  name,
  description: 'Where people come from',
  enabled: true,
  icon: { id: 'an-image', href: 'https://images.example.org/icon.png' },
  loginButtonIcon: { id: 'an-image', href: 'https://images.example.org/button.png' },
  registration: { population: { id: here.population } },
});
const oidc = (name: string): Body => ({
  ...common(name),
  type: 'OPENID_CONNECT',
  ...client,
  authorizationEndpoint: 'https://idp.example.org/authorize',
  discoveryEndpoint: 'https://idp.example.org/.well-known/openid-configuration',
  issuer: 'https://idp.example.org',
  jwksEndpoint: 'https://idp.example.org/jwks',
  pkceMethod: 'S256',
  scopes: ['openid', 'profile'],
  tokenEndpoint: 'https://idp.example.org/token',
  tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
  userInfoEndpoint: 'https://idp.example.org/userinfo',
});
const CERTIFICATE = '11111111-2222-4333-8444-555555555555';
const saml = (name: string): Body => ({
  ...common(name),
  type: 'SAML',
  authnRequestSigned: true,
  idpEntityId: 'urn:idp',
  idpVerification: { certificates: [{ id: CERTIFICATE }] },
  spEntityId: 'urn:sp',
  spSigning: { algorithm: 'SHA256withRSA', key: { id: CERTIFICATE } },
  ssoBinding: 'HTTP_POST',
  ssoEndpoint: 'https://idp.example.org/sso',
  sloBinding: 'HTTP_REDIRECT',
  sloEndpoint: 'https://idp.example.org/slo',
  sloResponseEndpoint: 'https://idp.example.org/slo-response',
  sloWindow: 3,
});
const google = (name: string): Body => ({ type: 'GOOGLE', name, enabled: false, ...client });
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

describe('identity providers', () => {
  it.each([
    google('G'),
    { ...common('F'), type: 'FACEBOOK', appId: 'an-app', appSecret: 'a-secret-for-tests' },
    {
      ...common('A'),
      type: 'APPLE',
      clientId: 'a-client',
      clientSecretSigningKey: 'a-key-for-tests',
      keyId: '1234567890',
      teamId: '0987654321',
    },
    { ...common('M'), type: 'MICROSOFT', ...client, tenantId: 'a-tenant' },
    { ...common('P'), type: 'PAYPAL', ...client, clientEnvironment: 'sandbox' },
    oidc('O'),
    saml('S'),
  ])('come back as they were sent, secrets included, which are sealed where they lie (SEC-66): $type', async (body) => {
    const created = await create(body);
    expect(documentOf(created)).toEqual(body);
    expect((await read(itemOf(created))).body).toEqual(created.body);
    const providers = await world().postern.app.store.documents(uuidOf(HERE), { kind: 'identityProvider' });
    const stored = providers.find((each) => each.id === created.body['id']);
    expect(JSON.stringify(stored?.body)).not.toMatch(/-for-tests/);
    expect(stored?.secret === undefined).toBe(body['type'] === 'SAML');
    const replaced = await put(itemOf(created), { ...body, name: `${body['name']} again` });
    expect(documentOf(replaced)).toEqual({ ...body, name: `${body['name']} again` });
    expect((await remove(itemOf(created))).status).toBe(204);
    expect((await read(itemOf(created))).status).toBe(404);
  });

  it('stay of their type, and have names of their own', async () => {
    const created = await create(google('Named'));
    expect(refusalOf(await world().ask({ path: PATH, body: google('Named') }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION name'),
    );
    expect(refusalOf(await put(itemOf(created), { ...google('Named'), type: 'YAHOO' }))).toEqual(
      invalidData('INVALID_VALUE type'),
    );
  });

  it('register nobody once the population that their new users would be in is gone', async () => {
    const populations = managed(world, `${ENVIRONMENT}/populations`);
    const population = await populations.create({ name: 'Newcomers' });
    const registration = { population: { id: population.body['id'] } };
    const provider = await create({ ...google('Registering'), registration });
    expect(provider.body).toMatchObject({ registration });
    expect((await populations.remove(populations.itemOf(population))).status).toBe(204);
    const { status, body } = await world().ask({ path: itemOf(provider) });
    expect([status, Object.keys(body)]).toEqual([200, expect.not.arrayContaining(['registration'])]);
  });

  it('are there when an action of a sign-on policy names them (SEC-43), leave those that offer others too, and stay for the rest', async () => {
    const [going, staying] = [await create(google('Going')), await create(google('Staying'))].map(
      ({ body }) => body['id'],
    );
    const policies = managed(world, `${ENVIRONMENT}/signOnPolicies`);
    const actions = managed(world, `${policies.itemOf(await policies.create({ name: 'With_Social' }))}/actions`);
    const login = (...ids: unknown[]) => ({
      type: 'LOGIN',
      priority: 1,
      socialProviders: ids.map((each) => ({ id: each })),
    });
    const first = (...ids: unknown[]) => ({
      type: 'IDENTIFIER_FIRST',
      priority: 2,
      discoveryRules: ids.map((each) => ({ identityProvider: { id: each } })),
    });
    const only = (each: unknown) => ({ type: 'IDENTITY_PROVIDER', priority: 3, identityProvider: { id: each } });
    for (const body of [login(going, NOBODY), first(NOBODY), only(NOBODY)])
      expect(refusalOf(await world().ask({ path: actions.path, body }))).toMatchObject({ code: 'INVALID_DATA' });
    for (const body of [login(going, staying), first(staying, going), only(staying)]) await actions.create(body);
    expect((await remove(`${PATH}/${going}`)).status).toBe(204);
    const left = [...(await actions.listed())].sort((a, b) => Number(a['priority']) - Number(b['priority']));
    expect(left).toMatchObject([login(staying), first(staying), only(staying)]);
    expect(refusalOf(await remove(`${PATH}/${staying}`))).toEqual(CONSTRAINT);
  });
});

describe('attributes of an identity provider', () => {
  const value = `\${providerAttributes.email}`;

  it('begin with the user’s name, of which only the value changes', async () => {
    const provider = await create(google('With attributes'));
    const attributes = managed(world, `${itemOf(provider)}/attributes`);
    const [core] = await attributes.listed();
    expect(core).toMatchObject({
      name: 'username',
      value: `\${providerAttributes.emailAddress.value}`,
      update: 'EMPTY_ONLY',
      mappingType: 'CORE',
      identityProvider: { id: provider.body['id'] },
    });
    const path = `${attributes.path}/${core?.['id']}`;
    const changed = await attributes.put(path, { name: 'username', value, update: 'EMPTY_ONLY' });
    expect(changed.body).toMatchObject({ value, mappingType: 'CORE' });
    expect(refusalOf(await attributes.put(path, { name: 'email', value, update: 'ALWAYS' })).details).toEqual([
      'INVALID_VALUE name',
      'INVALID_VALUE update',
    ]);
    expect(refusalOf(await attributes.remove(path))).toEqual(CONSTRAINT);
    await remove(itemOf(provider));
    expect((await attributes.read(path)).status).toBe(404);
  });

  it('are added and taken away, each once, and none that only this server may set', async () => {
    const attributes = managed(world, `${itemOf(await create(google('With more')))}/attributes`);
    const created = await attributes.create({ name: 'email', value, update: 'ALWAYS' });
    expect(created.body['mappingType']).toBe('CUSTOM');
    expect(
      refusalOf(await world().ask({ path: attributes.path, body: { name: 'email', value, update: 'ALWAYS' } })),
    ).toEqual(invalidData('UNIQUENESS_VIOLATION name'));
    expect(
      refusalOf(await world().ask({ path: attributes.path, body: { name: 'mfaEnabled', value, update: 'ALWAYS' } })),
    ).toEqual(invalidData('INVALID_VALUE name'));
    expect((await attributes.remove(attributes.itemOf(created))).status).toBe(204);
    expect(await attributes.listed()).toHaveLength(1);
  });
});

describe('the identity provider of a user (00 §8.1, §8.2)', () => {
  const USERS = `${ENVIRONMENT}/users`;

  it('is one of the environment, whose type it has; it is kept when the user is changed, and given up', async () => {
    const provider = await create(google('Of a user'));
    const identityProvider = { id: provider.body['id'], type: 'GOOGLE' };
    const person = { username: 'federated', email: 'federated@example.org' };
    const created = await world().ask({
      path: USERS,
      body: { ...person, identityProvider: { id: provider.body['id'] } },
    });
    expect([created.status, created.body['identityProvider']]).toEqual([201, identityProvider]);
    const path = `${USERS}/${created.body['id']}`;
    expect((await world().ask({ method: 'PUT', path, body: person })).body).toMatchObject({ identityProvider });
    const state = `${path}/identityProvider`;
    expect((await world().ask({ path: state })).body).toMatchObject(identityProvider);
    expect((await world().ask({ method: 'PUT', path: state, body: {} })).body).toMatchObject({ type: 'PING_ONE' });
    expect((await world().ask({ path })).body['identityProvider']).toEqual({ type: 'PING_ONE' });
    const again = await world().ask({ method: 'PUT', path: state, body: identityProvider });
    expect(again.body).toMatchObject(identityProvider);
    expect((await remove(itemOf(provider))).status).toBe(204);
    expect((await world().ask({ path })).body['identityProvider']).toEqual(identityProvider);
  });

  it.each([
    ['of nobody', { id: NOBODY }, 'INVALID_VALUE identityProvider.id'],
    ['by its type alone', { type: 'GOOGLE' }, 'INVALID_VALUE identityProvider.type'],
  ])('%s is refused', async (_name, identityProvider, detail) => {
    const body = { username: 'nobody', email: 'nobody@example.org', identityProvider };
    expect(refusalOf(await world().ask({ path: USERS, body }))).toEqual(invalidData(detail));
  });
});

const icon = () => object({ id: text({ max: 256 }), href: text({ max: 2_048 }) });
const shared = {
  'name*': text({ max: 256 }),
  description: text({ max: 1_024, mayBeEmpty: true }),
  'enabled*': flag(),
  icon: icon(),
  loginButtonIcon: icon(),
  registration: object({ population: object({ 'id*': id() }) }),
};
const url = () => text({ max: 2_048, malformed: ['http', 'ftp://idp.example.org', 'https://'], filler: 'h' });

refusesBadFields('a bad field of an OpenID provider is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => oidc('Fields of OIDC'),
  shape: object({
    ...shared,
    'clientId*': text({ max: 256 }),
    'authorizationEndpoint*': url(),
    discoveryEndpoint: url(),
    'issuer*': url(),
    'jwksEndpoint*': url(),
    pkceMethod: oneOf('NONE', 'S256'),
    'scopes*': list(text({ max: 256 }), { max: 100, of: 'a' }),
    'tokenEndpoint*': url(),
    'tokenEndpointAuthMethod*': oneOf('CLIENT_SECRET_BASIC'),
    userInfoEndpoint: url(),
  }),
});

refusesBadFields('a bad field of a SAML provider is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => saml('Fields of SAML'),
  shape: object({
    authnRequestSigned: flag(),
    'idpEntityId*': text({ max: 1_024 }),
    'idpVerification*': object({ 'certificates*': list(object({ 'id*': id() })) }),
    'spEntityId*': text({ max: 1_024 }),
    spSigning: object({ algorithm: oneOf('SHA256withRSA'), 'key*': object({ 'id*': id() }) }),
    'ssoBinding*': oneOf('HTTP_POST', 'HTTP_REDIRECT'),
    'ssoEndpoint*': url(),
    sloBinding: oneOf('HTTP_POST', 'HTTP_REDIRECT'),
  }),
});

refusesRequests('an identity provider is refused that', { world, to: () => ({ path: PATH }) }, [
  { name: 'is of no type', body: () => ({ ...google('None'), type: 'MYSPACE' }), details: ['INVALID_VALUE type'] },
  {
    name: 'authenticates to its provider with nothing',
    body: () => ({ ...oidc('Secretless'), clientSecret: '' }),
    details: ['REQUIRED_VALUE clientSecret'],
  },
  {
    name: 'registers users in a population that is not there (SEC-43)',
    body: () => ({ ...google('Lost'), registration: { population: { id: NOBODY } } }),
    details: ['INVALID_VALUE registration.population.id'],
  },
]);
