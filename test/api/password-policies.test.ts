import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, integer, object, text } from './shapes.js';
import { type Body, type Detail, HERE, startWorld, THERE, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const PATH = `/environments/${HERE}/passwordPolicies`;
const { create, put, read, remove, itemOf, listed, defaults } = managed(world, PATH);
const populations = managed(world, `/environments/${HERE}/populations`);

const least = (name: string): Body => ({
  name,
  excludesCommonlyUsed: false,
  excludesProfileData: false,
  notSimilarToCurrent: false,
});
const SPECIAL = '~!@#$%^&*()-_=+[]{}|;:,.<>/?';
const full = (name: string): Body => ({
  name,
  description: 'Everything that can be demanded',
  default: false,
  excludesCommonlyUsed: true,
  excludesProfileData: true,
  notSimilarToCurrent: true,
  alphabetSequenceRule: { maxLength: 3 },
  numberSequenceRule: { maxLength: 2 },
  qwertySequenceRule: { maxLength: 3 },
  shiftedNumberRowSequenceRule: { maxLength: 3 },
  history: { count: 10, retentionDays: 150 },
  length: { min: 12, max: 255 },
  lockout: { failureCount: 3, durationSeconds: 30 },
  maxAgeDays: 35,
  minAgeDays: 2,
  maxRepeatedCharacters: 2,
  minComplexity: 7,
  minUniqueCharacters: 5,
  minCharacters: { ABCDEFGHIJKLMNOPQRSTUVWXYZ: 0, abcdefghijklmnopqrstuvwxyz: 1, '0123456789': 1, [SPECIAL]: 1 },
});
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

describe('password policies (00 §7.2)', () => {
  it('a new environment has three, of which Standard is the default', async () => {
    const there = managed(world, PATH.replace(HERE, THERE));
    expect((await there.listed()).map(({ name }) => name)).toEqual(['Standard', 'Basic', 'Passphrase']);
    expect(await there.defaults()).toEqual(['Standard']);
  });

  it('come back as they were sent, from POST, GET and PUT alike', async () => {
    const created = await create(full('Echo'));
    expect(documentOf(created)).toEqual(full('Echo'));
    expect((await read(itemOf(created))).body).toEqual(created.body);
    const replaced = await put(itemOf(created), least('Echo, smaller'));
    expect(documentOf(replaced)).toEqual({ ...least('Echo, smaller'), default: false });
    expect((await remove(itemOf(created))).status).toBe(204);
    expect((await read(itemOf(created))).status).toBe(404);
  });

  it('have one default, which moves and is not given up, and names of their own', async () => {
    const created = await create({ ...least('Ours'), default: true });
    expect(await defaults()).toEqual(['Ours']);
    expect(refusalOf(await put(itemOf(created), least('Ours')))).toEqual({
      ...CONSTRAINT,
      details: ['CONSTRAINT_VIOLATION default'],
    });
    expect(refusalOf(await remove(itemOf(created)))).toEqual(CONSTRAINT);
    expect(refusalOf(await world().ask({ path: PATH, body: least('Ours') }))).toEqual(
      invalidData('UNIQUENESS_VIOLATION name'),
    );
    const standard = (await listed()).find(({ name }) => name === 'Standard');
    expect((await put(`${PATH}/${standard?.['id']}`, { ...standard, default: true })).status).toBe(200);
    expect((await remove(itemOf(created))).status).toBe(204);
  });

  it('stay while a population names them', async () => {
    const created = await create(least('Named'));
    const population = await populations.create({ name: 'Naming', passwordPolicy: { id: created.body['id'] } });
    expect(population.body['passwordPolicy']).toEqual({ id: created.body['id'] });
    const refused = await remove(itemOf(created));
    expect(refusalOf(refused)).toEqual(CONSTRAINT);
    expect((refused.body['details'] as Detail[])[0]?.innerError).toEqual({ referencedValues: [population.body['id']] });
    await populations.put(populations.itemOf(population), { name: 'Naming' });
    expect((await remove(itemOf(created))).status).toBe(204);
  });
});

refusesBadFields('a bad field of a password policy is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => full('Fields'),
  shape: object({
    'name*': text({ max: 256 }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    default: flag(),
    'excludesCommonlyUsed*': flag(),
    'excludesProfileData*': flag(),
    'notSimilarToCurrent*': flag(),
    alphabetSequenceRule: object({ maxLength: integer(2, 3) }),
    numberSequenceRule: object({ maxLength: integer(2, 3) }),
    qwertySequenceRule: object({ maxLength: integer(3, 3) }),
    shiftedNumberRowSequenceRule: object({ maxLength: integer(3, 3) }),
    history: object({ count: integer(1, 2_147_483_647), retentionDays: integer(1, 2_147_483_647) }),
    length: object({ min: integer(8, 32), max: integer(255, 255) }),
    lockout: object({ failureCount: integer(1, 2_147_483_647), durationSeconds: integer(1, 2_147_483_647) }),
    maxAgeDays: integer(1, 2_147_483_647),
    minAgeDays: integer(1, 2_147_483_647),
    maxRepeatedCharacters: integer(2, 2),
    minComplexity: integer(7, 7),
    minUniqueCharacters: integer(5, 5),
    minCharacters: object({
      ABCDEFGHIJKLMNOPQRSTUVWXYZ: integer(0, 1),
      abcdefghijklmnopqrstuvwxyz: integer(0, 1),
      '0123456789': integer(0, 1),
    }),
  }),
});

refusesRequests('a password policy is refused that', { world, to: () => ({ path: PATH }) }, [
  {
    name: 'ends a password before it can be changed in time',
    body: () => ({ ...least('Hasty'), minAgeDays: 2, maxAgeDays: 23 }),
    details: ['OUT_OF_RANGE maxAgeDays'],
  },
]);
