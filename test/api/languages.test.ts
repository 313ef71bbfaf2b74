import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, object, text } from './shapes.js';
import { type Body, HERE, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const languages = managed(world, `/environments/${HERE}/languages`);
const off = (locale: string, more: Body = {}): Body => ({ locale, enabled: false, default: false, ...more });
const on = (locale: string, isDefault = false): Body => ({ locale, enabled: true, default: isDefault });
const pathOf = async (locale: string): Promise<string> =>
  `${languages.path}/${(await languages.listed()).find((language) => language['locale'] === locale)?.['id']}`;
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

describe('languages (30 §10)', () => {
  it('begin with fourteen, of which English is spoken', async () => {
    const listed = await languages.listed();
    expect(listed.map(({ locale, name }) => [locale, name])).toEqual([
      ['de', 'German'],
      ['en', 'English'],
      ['es', 'Spanish'],
      ['fr', 'French'],
      ['fr-CA', 'French (Canada)'],
      ['it', 'Italian'],
      ['ja', 'Japanese'],
      ['ko', 'Korean'],
      ['nl', 'Dutch'],
      ['pt', 'Portuguese'],
      ['ru', 'Russian'],
      ['th', 'Thai'],
      ['tr', 'Turkish'],
      ['zh', 'Chinese'],
    ]);
    for (const { locale, enabled, default: isDefault, customerAdded } of listed)
      expect([enabled, isDefault, customerAdded]).toEqual([locale === 'en', locale === 'en', false]);
  });

  it.each([
    ['de-DE', 'German (Germany)'],
    ['cy-GB', 'Welsh (United Kingdom)'],
    ['pt_BR', 'Portuguese (Brazil)'],
  ])('have the display name of %s unless they are given one', async (locale, name) => {
    const created = await languages.create(off(locale));
    expect(documentOf(created)).toEqual({ ...off(locale), name, customerAdded: true });
    const path = languages.itemOf(created);
    expect((await languages.read(path)).body).toEqual(created.body);
    const named = await languages.put(path, { ...on(locale), name: 'Ours' });
    expect(documentOf(named)).toEqual({ ...on(locale), name: 'Ours', customerAdded: true });
    expect((await languages.remove(path)).status).toBe(204);
  });

  it('have one default, which must be enabled, and cannot be disabled or deleted', async () => {
    const french = await pathOf('fr');
    const refused = await languages.put(french, { ...off('fr'), default: true });
    expect(refusalOf(refused)).toEqual({ ...CONSTRAINT, details: ['CONSTRAINT_VIOLATION default'] });
    expect(refused.body['message']).toBe('The language must be enabled before it is set as the default');
    expect((await languages.put(french, on('fr'))).status).toBe(200);
    expect((await languages.put(french, on('fr', true))).body).toMatchObject({ default: true, customerAdded: false });
    expect(await languages.defaults()).toEqual(['French']);
    for (const body of [off('fr'), on('fr'), off('fr', { default: true })])
      expect(refusalOf(await languages.put(french, body)).status).toBe(400);
    expect(refusalOf(await languages.remove(french))).toEqual(CONSTRAINT);
    await languages.put(await pathOf('en'), on('en', true));
    expect(documentOf(await languages.put(french, off('fr')))).toMatchObject({ enabled: false, default: false });
    // Predefined.
    expect(refusalOf(await languages.remove(french))).toEqual(CONSTRAINT);
  });

  it('are one for each locale, whatever its case, in each environment (SEC-42)', async () => {
    expect(refusalOf(await world().ask({ path: languages.path, body: off('FR-ca') }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION locale'),
    );
    const created = await languages.create(off('eo'));
    expect(refusalOf(await languages.put(languages.itemOf(created), off('sq')))).toEqual(
      invalidData('INVALID_VALUE locale'),
    );
    const elsewhere = languages.path.replace(HERE, THERE);
    expect((await world().ask({ path: elsewhere, body: off('eo') })).status).toBe(201);
    const absent = await languages.read(`${elsewhere}/${created.body['id']}`);
    expect([absent.status, absent.body['message']]).toEqual([
      404,
      `Unable to find language for environmentId=${THERE} with id=${created.body['id']}`,
    ]);
  });

  it('come 25 at a time, or as many as are asked for', async () => {
    for (let count = 10; count < 25; count++) await languages.create(off(`en-x${count}`));
    expect(await languages.listed()).toHaveLength(25);
    expect((await languages.listed('?limit=5000')).length).toBeGreaterThan(25);
    const { body } = await languages.read(languages.path);
    expect((body['_links'] as Body)['next']).toBeDefined();
    expect((await world().ask({ path: `${languages.path}?limit=5001` })).status).toBe(400);
  });
});

refusesBadFields('a bad field of a language is named', {
  world,
  to: () => ({ path: languages.path }),
  right: () => off('gsw', { name: 'Swiss German' }),
  shape: object({
    'locale*': text({ max: 35, malformed: ['e', 'en-', 'en GB', 'english', 'en/GB', '-en', 'éo'] }),
    name: text({ max: 256 }),
    'enabled*': flag(),
    'default*': flag(),
  }),
});

refusesRequests('a language is refused that', { world, to: () => ({ path: languages.path }) }, [
  {
    name: 'is spoken before it has been prepared',
    body: () => on('is'),
    details: ['INVALID_VALUE enabled'],
  },
  {
    name: 'is the default before that',
    body: () => on('is', true),
    details: ['INVALID_VALUE default', 'INVALID_VALUE enabled'],
  },
]);
