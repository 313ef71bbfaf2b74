import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../src/kernel/duration.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { documentOf, managed } from './managed.js';
import { invalidData, refusalOf } from './refusal.js';
import { flag, integer, object, text } from './shapes.js';
import { type Answer, type Body, type Detail, HERE, startWorld, THERE, type World } from './world.js';

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

describe('a password policy in force (00 §8.3, §8.7)', () => {
  let people = 0;
  const STRONG = ['Correct horse, 71', 'Battery staple, 82', 'Another again, 93', 'Every winter; 64'] as const;

  /** A policy, a population under it, and a way to act on the password of a user in it. */
  async function under(policy: Body, profile: Body = {}) {
    const created = await create({ ...policy, name: `In force ${++people}` });
    const population = await populations.create({
      name: `Under ${people}`,
      passwordPolicy: { id: created.body['id'] },
    });
    const users = `/environments/${HERE}/users`;
    const person = { username: `person${people}`, email: `person${people}@example.org`, ...profile };
    const user = await world().ask({
      path: users,
      body: { ...person, population: { id: population.body['id'] } },
    });
    const path = `${users}/${user.body['id']}/password`;
    const act = (type: string, body: Body, method = 'PUT'): Promise<Answer> =>
      world().ask({ method, path, type: `password.${type}`, body });
    return {
      policy: created.body['id'],
      population: population.body['id'],
      person,
      set: (value: string, more: Body = {}) => act('set', { value, ...more }),
      change: (currentPassword: string, newPassword: string) => act('reset', { currentPassword, newPassword }),
      check: (password: string) => act('check', { password }, 'POST'),
      state: async () => (await world().ask({ path })).body,
    };
  }

  /** What was not satisfied. */
  const unmet = ({ body, status }: Answer): unknown =>
    status === 200 ? [] : (body['details'] as Detail[])[0]?.innerError?.['unsatisfiedRequirements'];

  it('is that of the user’s population: what it demands is named, and nothing is set', async () => {
    const user = await under(full(''));
    const refused = await user.set('short');
    expect(refusalOf(refused)).toEqual(invalidData('INVALID_VALUE value'));
    const [detail] = refused.body['details'] as Detail[];
    expect(detail?.message).toBe('User password did not satisfy password policy requirements');
    expect(detail?.innerError).toMatchObject({
      unsatisfiedRequirements: ['length', 'minCharacters', 'minCharacters', 'minComplexity'],
      length: 'must have at least 12 characters',
    });
    expect(await user.state()).toMatchObject({ status: 'NO_PASSWORD', passwordPolicy: { id: user.policy } });
    expect(unmet(await user.set(STRONG[0]))).toEqual([]);
    expect((await user.state())['status']).toBe('OK');
  });

  it('does not hold for what bypasses it, save what every password must have', async () => {
    const user = await under(full(''));
    expect(unmet(await user.set('correct horse', { bypassPolicy: true }))).toEqual([]);
    expect(unmet(await user.set('correct', { bypassPolicy: true }))).toEqual(['length']);
  });

  it('holds for who is imported, and the default for whose population names none', async () => {
    const { population, person } = await under({ ...least(''), length: { min: 20 } });
    const importing = (value: string, id: unknown, username: string) =>
      world().ask({
        path: `/environments/${HERE}/users`,
        type: 'user.import',
        body: { ...person, username, population: { id }, password: { value } },
      });
    const refused = await importing(STRONG[0], population, 'imported');
    expect([refusalOf(refused), unmet(refused)]).toEqual([invalidData('INVALID_VALUE password.value'), ['length']]);
    const plain = await populations.create({ name: 'Under the default' });
    expect(unmet(await importing('correct horse', plain.body['id'], 'imported'))).toEqual([
      'minCharacters',
      'minCharacters',
      'minCharacters',
    ]);
    expect((await importing(STRONG[0], plain.body['id'], 'imported')).status).toBe(201);
  });

  it('remembers passwords as long as it says; only who gives the present one is told (SEC-10)', async () => {
    const user = await under({ ...least(''), history: { count: 2, retentionDays: 10 } });
    await user.set(STRONG[0]);
    const refused = await user.change(STRONG[0], STRONG[0]);
    expect([refusalOf(refused), unmet(refused)]).toEqual([invalidData('INVALID_VALUE newPassword'), ['history']]);
    expect((refused.body['details'] as Detail[])[0]?.message).toMatch(/^New password/);
    expect(unmet(await user.change(STRONG[0], STRONG[1]))).toEqual([]);
    expect(unmet(await user.change(STRONG[1], STRONG[2]))).toEqual([]);
    expect(unmet(await user.change(STRONG[2], STRONG[0]))).toEqual(['history']);
    // Wrong, and counted: what the new one is is not looked at.
    expect(refusalOf(await user.change(STRONG[0], STRONG[2]))).toEqual(invalidData('INVALID_VALUE currentPassword'));
    expect(unmet(await user.change(STRONG[2], STRONG[3]))).toEqual([]);
    expect(unmet(await user.change(STRONG[3], STRONG[0]))).toEqual([]);
    await world().advance(days(10) + 1);
    expect(unmet(await user.change(STRONG[0], STRONG[3]))).toEqual([]);
    expect(unmet(await user.set(STRONG[3]))).toEqual([]);
  });

  it('lets nobody change a password too early or into one like it, and ends it', async () => {
    const user = await under({ ...least(''), notSimilarToCurrent: true, minAgeDays: 1, maxAgeDays: 30 });
    await user.set(STRONG[0]);
    expect(unmet(await user.change(STRONG[0], `${STRONG[0]}!`))).toEqual(['notSimilarToCurrent', 'minAgeDays']);
    await world().advance(days(1));
    expect(unmet(await user.change(STRONG[0], STRONG[1]))).toEqual([]);
    await world().advance(days(30) - 1);
    expect((await user.state())['status']).toBe('OK');
    await world().advance(1);
    expect((await user.check(STRONG[1])).body['status']).toBe('PASSWORD_EXPIRED');
    expect((await user.change(STRONG[1], STRONG[2])).body['status']).toBe('OK');
    await user.set(STRONG[0], { forceChange: true });
    expect((await user.change(STRONG[0], STRONG[3])).body['status']).toBe('OK');
  });

  it('says after how many wrong attempts a password is locked, and for how long', async () => {
    const user = await under({ ...least(''), lockout: { failureCount: 2, durationSeconds: 30 } });
    await user.set(STRONG[0]);
    for (let n = 0; n < 2; n++) await user.check(STRONG[1]);
    expect((await user.state())['status']).toBe('PASSWORD_LOCKED_OUT');
    await world().advance(29_999);
    expect(refusalOf(await user.check(STRONG[0])).details).toEqual(['LIMIT_EXCEEDED']);
    await world().advance(1);
    expect((await user.check(STRONG[0])).status).toBe(200);
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
