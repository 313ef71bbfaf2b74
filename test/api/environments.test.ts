import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { invalidData, refusalOf } from './refusal.js';
import { namedIn, rightRequest } from './requests.js';
import { list, object, oneOf, text } from './shapes.js';
import { type Answer, type Body, clientId, HERE, NOBODY, SECRET, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;

const PATH = '/environments';
let names = 0;
const fresh = (): Body => ({ name: `Made ${++names}`, type: 'SANDBOX', region: 'EU' });

async function create(body: Body = fresh(), token?: string): Promise<Answer> {
  const answer = await world().ask({ path: PATH, body, ...(token === undefined ? {} : { token }) });
  expect(answer.status, answer.text).toBe(201);
  return answer;
}
const pathOf = ({ body }: Answer): string => `${PATH}/${body['id']}`;
const read = (path: string): Promise<Answer> => world().ask({ path });
const remove = (path: string, token?: string): Promise<Answer> =>
  world().ask({ method: 'DELETE', path, ...(token === undefined ? {} : { token }) });
const put = (path: string, body: Body): Promise<Answer> => world().ask({ method: 'PUT', path, body });
const embedded = ({ body }: Answer, name: string): Body[] => (body['_embedded'] as Record<string, Body[]>)[name] ?? [];

const BILL = {
  solutionType: 'CUSTOMER',
  products: [
    { type: 'PING_ONE_BASE' },
    { type: 'PING_ONE_DAVINCI', tags: ['DAVINCI_MINIMAL'] },
    { type: 'PING_ONE_MFA', description: 'Codes', bookmarks: [{ name: 'Docs', href: 'https://example.org/docs' }] },
    { type: 'PING_ONE_TOMORROW', console: { href: 'https://example.org/console' } },
  ],
};
const productsOf = (bill: unknown): Body[] =>
  (bill as { products: Body[] }).products.map(({ id, ...product }) => {
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    return product;
  });

describe('an environment that is made (00 §7.1)', () => {
  it('is as it was said, in the caller’s organization, and can be used at once', async () => {
    const here = await read(`${PATH}/${HERE}`);
    const body = { ...fresh(), description: 'For tests', icon: 'https://example.org/icon.png' };
    const created = await create({ ...body, license: here.body['license'], id: NOBODY, status: 'DELETE_PENDING' });
    expect(created.body).toMatchObject({
      ...body,
      status: 'ACTIVE',
      organization: here.body['organization'],
      license: here.body['license'],
    });
    expect(created.body['id']).not.toBe(NOBODY);
    const { billOfMaterials: _, ...shown } = created.body;
    expect((await read(pathOf(created))).body).toEqual(shown);
    const user = { username: 'first', email: 'first@example.org' };
    expect((await world().ask({ path: `${pathOf(created)}/users`, body: user })).status).toBe(201);
  });

  it('contains a default of everything (30 §0.5)', async () => {
    const path = pathOf(await create());
    for (const kind of ['populations', 'deviceAuthenticationPolicies', 'notificationsPolicies'])
      expect(embedded(await read(`${path}/${kind}`), kind).map((each) => each['default'])).toEqual([true]);
    expect((await read(`${path}/mfaSettings`)).status).toBe(200);
    expect((await world().ask({ path: `${path.slice(PATH.length)}/as/jwks`, token: null })).status).toBe(200);
  });

  it('shows its bill of materials as it was sent, products that nobody knows too', async () => {
    const created = await create({ ...fresh(), billOfMaterials: BILL });
    const bill = await read(`${pathOf(created)}/billOfMaterials`);
    expect(created.body['billOfMaterials']).toMatchObject({ solutionType: 'CUSTOMER' });
    expect(productsOf(created.body['billOfMaterials'])).toEqual(BILL.products);
    expect(productsOf(bill.body)).toEqual(BILL.products);
    const replaced = await put(`${pathOf(created)}/billOfMaterials`, { products: [{ type: 'PING_ONE_BASE' }] });
    expect([replaced.status, productsOf(replaced.body)]).toEqual([200, [{ type: 'PING_ONE_BASE' }]]);
    expect(replaced.body).not.toHaveProperty('solutionType');
    expect((await read(`${pathOf(created)}/billOfMaterials`)).body).toEqual(replaced.body);
  });

  it('that was given none has MFA in its bill of materials', async () => {
    expect(productsOf((await create()).body['billOfMaterials'])).toContainEqual({ type: 'PING_ONE_MFA' });
    expect(productsOf((await read(`${PATH}/${HERE}/billOfMaterials`)).body)).toContainEqual({ type: 'PING_ONE_MFA' });
  });

  it('is on record in its own trail, as done by whom', async () => {
    const path = pathOf(await create());
    await world().postern.app.sealer.seal();
    const filter = encodeURIComponent('recordedat ge "2026-01-01T00:00:00Z" and action.type eq "ENVIRONMENT.CREATED"');
    const [activity] = embedded(await read(`${path}/activities?filter=${filter}`), 'activities');
    expect(activity).toMatchObject({ actors: { client: { id: clientId(HERE, 'backend') } } });
  });

  it('belongs to its maker: a worker without a role over the organization gets its roles before the answer (00 §6.3)', async () => {
    const token = await world().tokenOf('Environment Admin', THERE);
    const path = pathOf(await create(fresh(), token));
    const as = (request: Parameters<World['ask']>[0]) => world().ask({ ...request, token });
    expect((await as({ path })).status).toBe(200);
    expect((await as({ path: `${path}/users` })).status).toBe(200);
    expect((await as({ path: `${path}/deviceAuthenticationPolicies` })).status).toBe(200);
    expect((await as({ path: `${PATH}/${HERE}` })).status).toBe(403);
    expect((await remove(path, token)).status).toBe(204);
    expect((await as({ path })).status).toBe(403);
  });
});

describe('an environment that is changed (00 §7.1)', () => {
  it('is replaced: what is not said goes, its type stays', async () => {
    const created = await create({ ...fresh(), description: 'Old', icon: 'https://example.org/a.png' });
    const body = { name: `${created.body['name']} again`, type: 'PRODUCTION', region: 'EU' };
    const replaced = await put(pathOf(created), { ...body, organization: { id: NOBODY } });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({ ...body, type: 'SANDBOX', organization: created.body['organization'] });
    expect(replaced.body).not.toHaveProperty('description');
    expect(replaced.body).not.toHaveProperty('icon');
    expect((await read(pathOf(created))).body).toEqual(replaced.body);
  });

  it('changes its type on a path of its own, and is kept in production', async () => {
    const path = pathOf(await create());
    expect((await put(`${path}/type`, { type: 'PRODUCTION' })).body['type']).toBe('PRODUCTION');
    const kept = await remove(path);
    expect(refusalOf(kept)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION type'] });
    expect((await put(`${path}/type`, { type: 'SANDBOX' })).body['type']).toBe('SANDBOX');
    expect((await remove(path)).status).toBe(204);
  });

  it('can be announced to be deleted, and the announcement taken back', async () => {
    const path = pathOf(await create());
    const pending = await put(`${path}/status`, { status: 'DELETE_PENDING' });
    expect(pending.body).toMatchObject({ status: 'DELETE_PENDING', softDeletedAt: expect.any(String) });
    const back = await put(`${path}/status`, { status: 'ACTIVE' });
    expect(back.body).toMatchObject({ status: 'ACTIVE' });
    expect(back.body).not.toHaveProperty('softDeletedAt');
  });

  it('has a name of its own, whoever takes one first; a name given up is free', async () => {
    const body = fresh();
    const answers = await Promise.all(Array.from({ length: 4 }, () => world().ask({ path: PATH, body })));
    const [made, ...others] = answers.filter(({ status }) => status === 201);
    expect(others).toEqual([]);
    for (const answer of answers.filter((each) => each !== made))
      expect(refusalOf(answer)).toEqual(invalidData('UNIQUENESS_VIOLATION name'));
    if (!made) throw new Error('none was made');
    const other = await create();
    const renamed = { name: body['name'], type: 'SANDBOX', region: 'EU' };
    expect(refusalOf(await put(pathOf(other), renamed))).toEqual(invalidData('UNIQUENESS_VIOLATION name'));
    expect((await put(pathOf(made), { ...renamed, name: `${body['name']} moved` })).status).toBe(200);
    expect((await put(pathOf(other), renamed)).status).toBe(200);
  });
});

describe('an environment that is deleted (00 §7.1)', () => {
  it('is gone at once, for every operation below it, and its name is free', async () => {
    await using own = await startWorld();
    const routes = own.postern.app.routes.filter(
      ({ path, permission }) => path.includes(':envId') && permission !== 'public',
    );
    const named = await namedIn(own);
    expect((await own.ask({ method: 'DELETE', path: `${PATH}/${THERE}` })).status).toBe(204);
    for (const route of routes) {
      const answer = await own.ask(rightRequest(route, { ...named, environment: THERE }));
      expect([route.id, refusalOf(answer)]).toEqual([route.id, { status: 404, code: 'NOT_FOUND' }]);
      expect(answer.body['message']).toBe(`Unable to find environment with ID: '${THERE}'`);
    }
    const { body } = await own.ask({ path: PATH });
    expect(body).toMatchObject({ count: 1, _embedded: { environments: [{ id: HERE }] } });
    expect((await own.ask({ path: PATH, body: { name: 'There', type: 'SANDBOX', region: 'NA' } })).status).toBe(201);
  });

  it('takes its clients and their tokens along (SEC-49)', async () => {
    await using own = await startWorld();
    const token = await own.tokenOf('backend', THERE);
    expect((await own.ask({ path: `${PATH}/${HERE}`, token })).status).toBe(200);
    expect((await own.ask({ method: 'DELETE', path: `${PATH}/${THERE}` })).status).toBe(204);
    expect((await own.ask({ path: `${PATH}/${HERE}`, token })).status).toBe(401);
    const basic = Buffer.from(`${clientId(THERE, 'backend')}:${SECRET}`).toString('base64');
    for (const path of [`/${THERE}/as/token`, '/as/token']) {
      const answer = await own.ask({
        path,
        type: 'application/x-www-form-urlencoded',
        body: 'grant_type=client_credentials',
        token: null,
        headers: { authorization: `Basic ${basic}` },
      });
      expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
    }
    expect((await own.ask({ path: `/${THERE}/as/jwks`, token: null })).status).toBe(404);
  });

  it('is gone twice for whoever deletes it twice', async () => {
    const path = pathOf(await create());
    expect((await remove(path)).status).toBe(204);
    expect(refusalOf(await remove(path))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });
});

refusesBadFields('a bad field of an environment is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => ({ ...fresh(), billOfMaterials: BILL }),
  shape: object({
    'name*': text({ max: 256 }),
    'type*': oneOf('PRODUCTION', 'SANDBOX'),
    'region*': oneOf('NA', 'CA', 'EU', 'AU', 'SG', 'AP'),
    description: text({ max: 1_024, mayBeEmpty: true }),
    icon: text({ max: 2_048 }),
    billOfMaterials: object({
      solutionType: oneOf('CUSTOMER', 'WORKFORCE', 'CIAM_TRIAL', 'WF_TRIAL'),
      'products*': list(object({ 'type*': text({ max: 64 }) }), { max: 100, of: { type: 'PING_ONE_BASE' } }),
    }),
  }),
});

refusesRequests('an environment is refused that', { world, to: () => ({ path: PATH }) }, [
  {
    name: 'names a licence that is not the organization’s (SEC-43)',
    body: () => ({ ...fresh(), license: { id: NOBODY } }),
    details: ['INVALID_VALUE license.id'],
  },
  {
    name: 'has a name that is taken',
    body: () => ({ ...fresh(), name: 'Here' }),
    details: ['UNIQUENESS_VIOLATION name'],
  },
]);

refusesRequests(
  'an environment stays as it is when the change',
  { world, to: () => ({ method: 'PUT', path: `${PATH}/${HERE}` }) },
  [
    {
      name: 'names another region',
      body: () => ({ name: 'Here', type: 'SANDBOX', region: 'EU' }),
      details: ['INVALID_VALUE region'],
    },
    {
      name: 'names a licence that is not the organization’s (SEC-43)',
      body: () => ({ name: 'Here', type: 'SANDBOX', region: 'NA', license: { id: NOBODY } }),
      details: ['INVALID_VALUE license.id'],
    },
  ],
);

it('a bad region says which there are (00 §4.4)', async () => {
  const { body } = await world().ask({ path: PATH, body: { ...fresh(), region: 'MARS' } });
  expect(body['details']).toEqual([
    expect.objectContaining({
      target: 'region',
      innerError: { allowedValues: ['NA', 'CA', 'EU', 'AU', 'SG', 'AP'] },
    }),
  ]);
});
