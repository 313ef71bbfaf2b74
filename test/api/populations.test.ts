import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { namedId } from '../../src/kernel/keys.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, list, object, text } from './shapes.js';
import { type Answer, type Body, HERE, NOBODY, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const PATH = `/environments/${HERE}/populations`;
const { create, put, read, remove, itemOf, listed, defaults } = managed(world, PATH);

/** What the environment was made with. */
const THEME = namedId(uuidOf(HERE), 'theme//default');

const full = (name: string): Body => ({
  name,
  description: 'People who stay a while',
  default: false,
  passwordPolicy: { id: namedId(uuidOf(HERE), 'passwordPolicy//Basic') },
  preferredLanguage: 'de-AT',
  theme: { id: THEME },
  alternativeIdentifiers: ['contractors', 'externals'],
});
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

describe('populations (00 §7.2)', () => {
  it('come back as they were sent, from POST, GET and PUT alike', async () => {
    const created = await create(full('Echo'));
    expect(documentOf(created)).toEqual({ ...full('Echo'), userCount: 0 });
    expect((await read(itemOf(created))).body).toEqual(created.body);
    const replaced = await put(itemOf(created), { name: 'Echo, smaller' });
    expect([replaced.status, documentOf(replaced)]).toEqual([
      200,
      { name: 'Echo, smaller', default: false, preferredLanguage: 'en', theme: { id: THEME }, userCount: 0 },
    ]);
    expect((await read(itemOf(created))).body).toEqual(replaced.body);
  });

  it('have one default, in which new users are: it moves, is not given up and not deleted', async () => {
    const before = await defaults();
    const created = await create({ name: 'New default', default: true });
    expect([before, await defaults()]).toEqual([['Default'], ['New default']]);
    const user = await world().ask({
      path: `/environments/${HERE}/users`,
      body: { username: 'newest', email: 'newest@example.org' },
    });
    expect(user.body['population']).toEqual({ id: created.body['id'] });
    const kept = await put(itemOf(created), { name: 'New default' });
    expect([kept.status, kept.body['default']]).toEqual([200, true]);
    expect(refusalOf(await put(itemOf(created), { name: 'New default', default: false }))).toEqual({
      ...CONSTRAINT,
      details: ['CONSTRAINT_VIOLATION default'],
    });
    expect(refusalOf(await remove(itemOf(created)))).toEqual(CONSTRAINT);
    const [former] = (await listed()).filter(({ name }) => name === 'Default');
    expect((await put(`${PATH}/${former?.['id']}`, { name: 'Default', default: true })).status).toBe(200);
    expect(await defaults()).toEqual(['Default']);
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) => world().ask({ path: PATH, body: { name: `Rival ${n}`, default: true } })),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await defaults()).toHaveLength(1);
  });

  it('stay while somebody is in them', async () => {
    const created = await create({ name: 'Full' });
    const users = `/environments/${HERE}/users`;
    const body = { username: 'inside', email: 'inside@example.org', population: { id: created.body['id'] } };
    const user = await world().ask({ path: users, body });
    expect((await read(itemOf(created))).body['userCount']).toBe(1);
    const counts = (await listed()).map(({ name, userCount }) => [name, userCount]);
    expect(counts).toContainEqual(['Full', 1]);
    expect(counts).toContainEqual(['Echo, smaller', 0]);
    const refused = await remove(itemOf(created));
    expect(refusalOf(refused)).toEqual(CONSTRAINT);
    // The Terraform provider's own tests look for how it begins.
    expect(refused.body['message']).toMatch(/^The request could not be completed/);
    expect((await world().ask({ method: 'DELETE', path: `${users}/${user.body['id']}` })).status).toBe(204);
    expect((await remove(itemOf(created))).status).toBe(204);
    expect(refusalOf(await read(itemOf(created)))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('are filtered by one name or another', async () => {
    const names = ['Sales', 'Stores'];
    for (const name of names) await create({ name });
    const filter = encodeURIComponent(names.map((name) => `name eq "${name}"`).join(' or '));
    expect((await listed(`?filter=${filter}`)).map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(await listed(`?filter=${filter}`)).toHaveLength(2);
  });

  it('of which there must be one: the last says so (00 §4.4)', async () => {
    const body = { name: 'One population', type: 'SANDBOX', region: 'NA' };
    const { body: made } = await world().ask({ path: '/environments', body });
    const path = `/environments/${made['id']}/populations`;
    const own = managed(world, path);
    const [last] = await own.listed();
    const refused = await own.remove(`${path}/${last?.['id']}`);
    expect(refusalOf(refused)).toEqual(CONSTRAINT);
    expect(refused.text).toContain('must contain at least one population');
  });

  it('are paged through by links that are followed as they stand, whatever is added meanwhile (00 §3.4)', async () => {
    const { body: made } = await world().ask({
      path: '/environments',
      body: { name: 'Many', type: 'SANDBOX', region: 'NA' },
    });
    const path = `/environments/${made['id']}/populations`;
    const own = managed(world, path);
    for (let n = 0; n < 27; n++) await own.create({ name: `Number ${n}` });
    const seen: unknown[] = [];
    let page: Answer = await world().ask({ path: `${path}?limit=10` });
    for (;;) {
      const { _embedded, _links, count } = page.body as {
        _embedded: { populations: Body[] };
        _links: { next?: { href: string } };
        count: number;
      };
      expect(count).toBeGreaterThanOrEqual(28);
      seen.push(..._embedded.populations.map(({ name }) => name));
      if (!_links.next) break;
      await own.create({ name: `Late ${seen.length}` });
      page = (await world().postern.send({ method: 'GET', url: _links.next.href })) as Answer;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['Default', ...Array.from({ length: 27 }, (_, n) => `Number ${n}`)]));
  });

  it('have names of their own', async () => {
    await create({ name: 'Once' });
    expect(refusalOf(await world().ask({ path: PATH, body: { name: 'Once' } }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION name'),
    );
    const elsewhere = await world().ask({ path: PATH.replace(HERE, THERE), body: { name: 'Once' } });
    expect(elsewhere.status).toBe(201);
  });
});

describe('a population’s default identity provider (public SDK: PopulationDefaultIdp)', () => {
  const google = (name: string): Body => ({
    type: 'GOOGLE',
    name,
    enabled: false,
    clientId: 'a-client',
    clientSecret: 'a-secret-for-tests',
  });
  const provider = async (name: string, environment = HERE): Promise<string> => {
    const path = `/environments/${environment}/identityProviders`;
    return String((await world().ask({ path, body: google(name) })).body['id']);
  };
  const pathOf = (answer: Answer): string => `${itemOf(answer)}/defaultIdentityProvider`;

  it('is none, then the one that is named with its type, then none again; the population shows nothing of it', async () => {
    const created = await create({ name: 'Signers' });
    const path = pathOf(created);
    expect(await read(path)).toMatchObject({ status: 200, text: '{}' });
    const id = await provider('First');
    expect(await put(path, { id })).toMatchObject({ status: 200, text: JSON.stringify({ id, type: 'GOOGLE' }) });
    expect((await read(itemOf(created))).body).toEqual(created.body);
    // What replaces the population cannot speak of it, and leaves it.
    expect((await put(itemOf(created), { name: 'Signers, still' })).status).toBe(200);
    expect((await read(path)).body).toEqual({ id, type: 'GOOGLE' });
    expect(await put(path, {})).toMatchObject({ status: 200, text: '{}' });
    expect((await read(path)).text).toBe('{}');
  });

  it('ends with the provider, and is not found when the population is gone', async () => {
    const created = await create({ name: 'Orphans' });
    const id = await provider('Second');
    expect((await put(pathOf(created), { id })).status).toBe(200);
    expect((await remove(`/environments/${HERE}/identityProviders/${id}`)).status).toBe(204);
    expect((await read(pathOf(created))).text).toBe('{}');
    expect((await remove(itemOf(created))).status).toBe(204);
    expect(refusalOf(await read(pathOf(created)))).toEqual({ status: 404, code: 'NOT_FOUND' });
    expect(refusalOf(await put(pathOf(created), {}))).toEqual({ status: 404, code: 'NOT_FOUND' });
  });

  it('is one of the environment, and nothing else (SEC-43)', async () => {
    const path = pathOf(await create({ name: 'Strangers' }));
    for (const id of [NOBODY, await provider('Theirs', THERE), 'x', 5])
      expect(refusalOf(await put(path, { id }))).toEqual(invalidData('INVALID_VALUE id'));
    expect((await read(path)).text).toBe('{}');
  });
});

refusesBadFields('a bad field of a population is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => full('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    default: flag(),
    preferredLanguage: text({ max: 100 }),
    alternativeIdentifiers: list(text({ max: 256 }), { max: 100, of: 'a' }),
  }),
});

refusesRequests('a population is refused that', { world, to: () => ({ path: PATH }) }, [
  {
    name: 'has no name and an odd theme',
    body: () => ({ theme: { id: 'x' } }),
    details: ['INVALID_VALUE theme.id', 'REQUIRED_VALUE name'],
  },
  {
    name: 'names a password policy that is not there (SEC-43)',
    body: () => ({ name: 'Lost', passwordPolicy: { id: NOBODY } }),
    details: ['INVALID_VALUE passwordPolicy.id'],
  },
  {
    name: 'names another environment’s password policy (SEC-43)',
    body: () => ({ name: 'Strange', passwordPolicy: { id: namedId(uuidOf(THERE), 'passwordPolicy//Basic') } }),
    details: ['INVALID_VALUE passwordPolicy.id'],
  },
  {
    name: 'names another environment’s theme (SEC-43)',
    body: () => ({ name: 'Painted', theme: { id: namedId(uuidOf(THERE), 'theme//default') } }),
    details: ['INVALID_VALUE theme.id'],
  },
]);
