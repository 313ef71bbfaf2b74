import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import {
  ELSEWHERE,
  HERE,
  LICENSE,
  NOWHERE,
  ORGANIZATION,
  OTHER_POPULATION,
  POPULATION,
  role,
  worker,
} from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const WIDE = uuidOf('00000000-0000-4000-8000-0000000000c3');

/** A worker with a role over the whole organization. */
async function wide(api: PlatformApi): Promise<string> {
  await api.putApplication(worker({ id: WIDE, roles: [role('Organization Admin', 'ORGANIZATION', ORGANIZATION)] }));
  return api.tokenOf(WIDE);
}

const names = (body: { _embedded: { environments: { name: string }[] } }) =>
  body._embedded.environments.map(({ name }) => name);

describe('environments (00 §7.1)', () => {
  it('reads as documented', async () => {
    await using api = await platformApi();
    const base = `https://mfa.example.org/v1/environments/${HERE}`;
    const organization = `https://mfa.example.org/v1/organizations/${ORGANIZATION}`;
    const { status, body } = await api.call('GET', `/v1/environments/${HERE}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      _links: {
        self: { href: base },
        organization: { href: organization },
        license: { href: `${organization}/licenses/${LICENSE}` },
        users: { href: `${base}/users` },
        populations: { href: `${base}/populations` },
        billOfMaterials: { href: `${base}/billOfMaterials` },
      },
      id: HERE,
      name: 'Production',
      type: 'SANDBOX',
      region: 'EU',
      organization: { id: ORGANIZATION },
      license: { id: LICENSE },
      status: 'ACTIVE',
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
  });

  it('shows a caller those that its roles cover, in list, count and page alike (SEC-42)', async () => {
    await using api = await platformApi();
    const own = await api.call('GET', '/v1/environments');
    expect([names(own.body), own.body.count]).toEqual([['Production'], 1]);
    const token = await wide(api);
    const all = await api.call('GET', '/v1/environments', { token });
    expect([names(all.body), all.body.count]).toEqual([['Production', 'Staging'], 2]);
    const first = await api.call('GET', '/v1/environments?limit=1', { token });
    expect(names(first.body)).toEqual(['Production']);
    const second = await api.call(
      'GET',
      new URL(first.body._links.next.href).pathname + new URL(first.body._links.next.href).search,
      { token },
    );
    expect([names(second.body), second.body._links.next]).toEqual([['Staging'], undefined]);
  });

  it('filters by the beginning of a name, whatever its case (00 §3.6)', async () => {
    await using api = await platformApi();
    const token = await wide(api);
    const find = async (filter: string) =>
      names((await api.call('GET', `/v1/environments?filter=${encodeURIComponent(filter)}`, { token })).body);
    expect(await find('name sw "stag"')).toEqual(['Staging']);
    expect(await find(`name sw "p" and id eq "${HERE}"`)).toEqual(['Production']);
    expect(await find(`organization.id eq "${NOWHERE}"`)).toEqual([]);
    expect((await api.call('GET', '/v1/environments?filter=region%20eq%20"EU"', { token })).body.details).toEqual([
      expect.objectContaining({
        code: 'INVALID_FILTER',
        innerError: { supportedAttributes: expect.arrayContaining(['name']) },
      }),
    ]);
  });

  it('one that is not there is 404 to those with a role over the organization, 403 to others (00 §4.6)', async () => {
    await using api = await platformApi();
    const token = await wide(api);
    for (const id of [NOWHERE, 'nope']) {
      const { status, body } = await api.call('GET', `/v1/environments/${id}`, { token });
      expect([status, body.message]).toEqual([404, `Unable to find environment with ID: '${id}'`]);
      expect((await api.call('GET', `/v1/environments/${id}`)).status).toBe(403);
    }
    expect((await api.call('GET', `/v1/environments/${ELSEWHERE}`)).status).toBe(403);
    expect((await api.call('GET', `/v1/environments/${ELSEWHERE}`, { token })).status).toBe(200);
  });
});

describe('populations (00 §7.2)', () => {
  it('reads as documented', async () => {
    await using api = await platformApi();
    const environment = { href: `https://mfa.example.org/v1/environments/${HERE}` };
    const self = { href: `${environment.href}/populations/${POPULATION}` };
    const { status, body } = await api.call('GET', `/populations/${POPULATION}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      _links: { self, environment },
      id: POPULATION,
      environment: { id: HERE },
      name: 'Production people',
      default: true,
      theme: { id: expect.any(String) },
      preferredLanguage: 'en',
      userCount: 0,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect((await api.call('GET', '/populations')).body).toEqual({
      _links: { self: { href: `${environment.href}/populations` }, environment },
      _embedded: { populations: [body] },
      count: 1,
      size: 1,
    });
  });

  it('pages and filters', async () => {
    await using api = await platformApi();
    for (const name of ['Contractors', 'Customers', 'Partners']) {
      api.test.clock.advance(1);
      const at = { createdAt: api.test.clock.now(), updatedAt: api.test.clock.now() };
      const value = {
        environmentId: HERE,
        kind: 'population',
        id: api.test.random.uuid(),
        body: { name, description: 'x' },
        ...at,
      } as const;
      await api.write(HERE, { kind: 'put', entity: 'document', value });
    }
    const listed = async (query: string) => {
      const { body } = await api.call('GET', `/populations?${query}`);
      return body._embedded.populations.map(({ name }: { name: string }) => name);
    };
    expect(await listed('limit=2')).toEqual(['Production people', 'Contractors']);
    expect(await listed(`filter=${encodeURIComponent('name sw "C"')}`)).toEqual(['Contractors', 'Customers']);
    const { body } = await api.call('GET', `/populations?limit=1&filter=${encodeURIComponent('name sw "c"')}`);
    expect(body).toMatchObject({ count: 2, size: 1 });
    expect(await listed(new URL(body._links.next.href).search.slice(1))).toEqual(['Customers']);
  });

  it.each([NOWHERE, OTHER_POPULATION, 'nope'])('%s is 404', async (id) => {
    await using api = await platformApi();
    expect((await api.call('GET', `/populations/${id}`)).status).toBe(404);
  });
});
