import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LICENSE_ID, ORGANIZATION_ID } from '../../src/cli/seed/world.js';
import { refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, NOBODY, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const ORGANIZATION = `/organizations/${ORGANIZATION_ID}`;
const embedded = ({ body }: Answer, name: string): Body[] => (body['_embedded'] as Record<string, Body[]>)[name] ?? [];
const filtered = (path: string, filter: string): Promise<Answer> =>
  world.ask({ path: `${path}?filter=${encodeURIComponent(filter)}` });
const NO_ACCESS = 'The request could not be completed. You do not have access to this resource.';

describe('organizations (00 §6.1)', () => {
  it('there is one, which environments name', async () => {
    const listed = embedded(await world.ask({ path: '/organizations' }), 'organizations');
    expect(listed).toEqual([(await world.ask({ path: ORGANIZATION })).body]);
    expect(listed[0]).toMatchObject({ id: ORGANIZATION_ID, type: 'INTERNAL', name: 'Postern' });
    const { body } = await world.ask({ path: `/environments/${HERE}` });
    expect(body['organization']).toEqual({ id: ORGANIZATION_ID });
  });

  it('are found by the beginning of a name', async () => {
    expect(embedded(await filtered('/organizations', 'name sw "pos"'), 'organizations')).toHaveLength(1);
    expect(embedded(await filtered('/organizations', 'name sw "acme"'), 'organizations')).toEqual([]);
    expect(refusalOf(await filtered('/organizations', 'type eq "PAID"')).details).toEqual(['INVALID_FILTER filter']);
  });

  it('that are not there are no access, and so are their licences', async () => {
    for (const path of [`/organizations/${NOBODY}`, `/organizations/${NOBODY}/licenses`]) {
      const answer = await world.ask({ path });
      expect(refusalOf(answer)).toEqual({ status: 403, code: 'ACCESS_FAILED' });
      expect(answer.body['message']).toBe(NO_ACCESS);
    }
  });

  it('are seen by whoever has a role in one of their environments', async () => {
    const token = await world.tokenOf('Configuration Read Only');
    expect((await world.ask({ path: ORGANIZATION, token })).status).toBe(200);
  });
});

describe('licences (00 §6.1)', () => {
  it('there is one, active, with every switch of MFA on, and it counts its environments', async () => {
    const [license] = embedded(await world.ask({ path: `${ORGANIZATION}/licenses` }), 'licenses');
    expect(license).toMatchObject({ id: LICENSE_ID, status: 'ACTIVE', assignedEnvironmentsCount: 2 });
    expect(new Set(Object.values(license?.['mfa'] as Body))).toEqual(new Set([true]));
    expect((await world.ask({ path: `${ORGANIZATION}/licenses/${LICENSE_ID}` })).body).toEqual(license);
    expect((await world.ask({ path: `${ORGANIZATION}/licenses/${NOBODY}` })).status).toBe(404);
  });

  it('are ordered by their beginning, and filtered by it and their status', async () => {
    const path = `${ORGANIZATION}/licenses`;
    expect(embedded(await world.ask({ path: `${path}?order=-beginsAt` }), 'licenses')).toHaveLength(1);
    expect(embedded(await filtered(path, 'beginsAt lt "2000-01-01T00:00:00.000Z"'), 'licenses')).toEqual([]);
    expect(embedded(await filtered(path, 'beginsAt lt "2100-01-01T00:00:00.000Z"'), 'licenses')).toHaveLength(1);
    const active = '(status eq "active") and (beginsAt lt';
    expect(embedded(await filtered(path, `${active} "2006-01-02T15:04:05")`), 'licenses')).toEqual([]);
    expect(embedded(await filtered(path, `${active} "2100-01-02T15:04:05Z")`), 'licenses')).toHaveLength(1);
    expect(embedded(await filtered(path, 'status eq "expired"'), 'licenses')).toEqual([]);
    expect((await world.ask({ path: `${path}?order=name` })).status).toBe(400);
  });
});

describe('roles (00 §6.2)', () => {
  it('are listed with what they permit, one by one too, and in every environment', async () => {
    const listed = embedded(await world.ask({ path: '/roles' }), 'roles');
    expect(listed.map(({ name }) => name)).toContain('Identity Data Admin');
    for (const role of listed) expect((await world.ask({ path: `/roles/${role['id']}` })).body).toEqual(role);
    const inside = embedded(await world.ask({ path: `/environments/${HERE}/roles` }), 'roles');
    expect(inside).toEqual(listed);
    expect(embedded(await filtered(`/environments/${HERE}/roles`, 'type eq "CUSTOM"'), 'roles')).toEqual([]);
    const users = listed.find(({ name }) => name === 'Identity Data Read Only');
    expect(users?.['permissions']).toContainEqual({ id: 'users:read', classifier: 'users', description: 'read users' });
  });

  it('that are not there say so in their own words (00 §4.4)', async () => {
    const answer = await world.ask({ path: `/roles/${NOBODY}` });
    expect(refusalOf(answer)).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect(answer.body['message']).toBe(`Role not found for id: ${NOBODY} and environmentId: ${HERE}`);
  });
});

describe('the name of a licence (00 §6.1)', () => {
  const LICENSE = `${ORGANIZATION}/licenses/${LICENSE_ID}`;
  const rename = (body: Body, token?: string, path = LICENSE) =>
    world.ask({ method: 'PUT', path: `${path}/name`, body, ...(token === undefined ? {} : { token }) });

  it('is read and changed, and shown with the licence', async () => {
    expect((await world.ask({ path: `${LICENSE}/name` })).body).toMatchObject({ name: 'Postern' });
    const named = await rename({ name: 'Ours “all”' });
    expect(named.status, named.text).toBe(200);
    expect(named.body).toEqual({
      _links: {
        self: { href: `${world.postern.apiPath}${LICENSE}/name` },
        license: { href: `${world.postern.apiPath}${LICENSE}` },
      },
      name: 'Ours “all”',
    });
    expect((await world.ask({ path: `${LICENSE}/name` })).body).toEqual(named.body);
    expect((await world.ask({ path: LICENSE })).body['name']).toBe('Ours “all”');
    expect((await rename({ name: 'Again' })).body['name']).toBe('Again');
    expect(world.events).toContain('LICENSE.UPDATED');
  });

  it('is changed by whoever is admin of the whole organization (SEC-44)', async () => {
    // Both are roles over one environment of the organization.
    for (const role of ['Organization Admin', 'Environment Admin'])
      expect(refusalOf(await rename({ name: 'Mine' }, await world.tokenOf(role)))).toMatchObject({ status: 403 });
    expect((await world.ask({ path: LICENSE })).body['name']).not.toBe('Mine');
  });

  it('has one to 255 characters, and is of a licence that is there', async () => {
    expect([
      refusalOf(await rename({})).details,
      refusalOf(await rename({ name: '' })).details,
      refusalOf(await rename({ name: 'x'.repeat(256) })).details,
      refusalOf(await rename({ name: 4 })).details,
    ]).toEqual([['REQUIRED_VALUE name'], ['EMPTY_VALUE name'], ['SIZE_LIMIT_EXCEEDED name'], ['INVALID_VALUE name']]);
    const path = `${ORGANIZATION}/licenses/${NOBODY}`;
    expect((await rename({ name: 'Nobody’s' }, undefined, path)).status).toBe(404);
    expect((await world.ask({ path: `${path}/name` })).status).toBe(404);
  });
});
