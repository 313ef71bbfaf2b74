import { describe, expect, it } from 'vitest';
import { days } from '../../src/kernel/duration.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { HERE } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const STRONG = ['Correct horse, 71', 'Battery staple, 82', 'Another again, 93', 'Every winter; 64'] as const;
const LEAST = { excludesCommonlyUsed: false, excludesProfileData: false, notSimilarToCurrent: false };
const STRICT = {
  excludesCommonlyUsed: true,
  excludesProfileData: true,
  notSimilarToCurrent: true,
  length: { min: 12, max: 255 },
  minComplexity: 7,
  minUniqueCharacters: 5,
  minCharacters: { abcdefghijklmnopqrstuvwxyz: 1, '0123456789': 1, '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1 },
};
const media = (action: string): string => `application/vnd.pingidentity.${action}+json`;
type Answer = Awaited<ReturnType<PlatformApi['call']>>;

/** What is wrong with the one field that is: code and target. */
const refused = ({ status, body }: Answer): unknown => [
  status,
  body.details.map(({ code, target }: { code: string; target?: string }) => `${code} ${target}`),
];
/** What was not satisfied. */
const unmet = ({ status, body }: Answer): unknown =>
  status === 200 ? [] : body.details[0].innerError?.unsatisfiedRequirements;

/** A policy, a population under it, and a way to act on the password of a user in it. Hashes are cheap here. */
async function under(policy: JsonObject) {
  const api = await platformApi();
  const { clock, random } = api.test;
  // A token of the time: clocks are moved by days.
  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object, type = 'application/json') => {
    const answer = await api.call(method, path, { type, token: await api.tokenOf(), ...(body ? { body } : {}) });
    expect(answer.status).toBeLessThan(500);
    return answer;
  };
  const id = random.uuid();
  const at = { createdAt: clock.now(), updatedAt: clock.now() };
  const document = { name: 'In force', default: false, ...policy };
  await api.write(HERE, {
    kind: 'put',
    entity: 'document',
    value: { environmentId: HERE, kind: 'passwordPolicy', id, body: document, ...at },
  });
  const population = (await call('POST', '/populations', { name: 'Under it', passwordPolicy: { id } })).body;
  const person = { username: 'maria', email: 'maria@example.org' };
  const user = (await call('POST', '/users', { ...person, population: { id: population.id } })).body;
  const path = `/users/${user.id}/password`;
  const act = (action: string, body: object, method: 'PUT' | 'POST' = 'PUT') =>
    call(method, path, body, media(`password.${action}`));
  return {
    call,
    policy: id,
    population: population.id,
    advance: (millis: number) => clock.advance(millis),
    set: (value: string, more: object = {}) => act('set', { value, ...more }),
    change: (currentPassword: string, newPassword: string) => act('reset', { currentPassword, newPassword }),
    check: (password: string) => act('check', { password }, 'POST'),
    state: async () => (await call('GET', path)).body,
    importing: (value: string, populationId: string) => {
      const body = { ...person, username: 'imported', population: { id: populationId }, password: { value } };
      return call('POST', '/users', body, media('user.import'));
    },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

describe('a password policy in force (00 §8.3, §8.7)', () => {
  it('is that of the user’s population: what it demands is named, and nothing is set', async () => {
    await using user = await under(STRICT);
    const answer = await user.set('short');
    expect(refused(answer)).toEqual([400, ['INVALID_VALUE value']]);
    expect(answer.body.details[0].message).toBe('User password did not satisfy password policy requirements');
    expect(answer.body.details[0].innerError).toMatchObject({
      unsatisfiedRequirements: ['length', 'minCharacters', 'minCharacters', 'minComplexity'],
      length: 'must have at least 12 characters',
    });
    expect(await user.state()).toMatchObject({ status: 'NO_PASSWORD', passwordPolicy: { id: user.policy } });
    expect(unmet(await user.set(STRONG[0]))).toEqual([]);
    expect((await user.state()).status).toBe('OK');
  });

  it('does not hold for what bypasses it, save what every password must have', async () => {
    await using user = await under(STRICT);
    expect(unmet(await user.set('correct horse', { bypassPolicy: true }))).toEqual([]);
    expect(unmet(await user.set('correct', { bypassPolicy: true }))).toEqual(['length']);
  });

  it('holds for who is imported, and the default for whose population names none', async () => {
    await using user = await under({ ...LEAST, length: { min: 20 } });
    const answer = await user.importing(STRONG[0], user.population);
    expect([refused(answer), unmet(answer)]).toEqual([[400, ['INVALID_VALUE password.value']], ['length']]);
    const plain = (await user.call('POST', '/populations', { name: 'Under the default' })).body.id;
    expect(unmet(await user.importing('correct horse', plain))).toEqual(Array(3).fill('minCharacters'));
    expect((await user.importing(STRONG[0], plain)).status).toBe(201);
  });

  it('remembers passwords as long as it says; only who gives the present one is told (SEC-10)', async () => {
    await using user = await under({ ...LEAST, history: { count: 2, retentionDays: 10 } });
    await user.set(STRONG[0]);
    const answer = await user.change(STRONG[0], STRONG[0]);
    expect([refused(answer), unmet(answer)]).toEqual([[400, ['INVALID_VALUE newPassword']], ['history']]);
    expect(answer.body.details[0].message).toMatch(/^New password/);
    expect(unmet(await user.change(STRONG[0], STRONG[1]))).toEqual([]);
    expect(unmet(await user.change(STRONG[1], STRONG[2]))).toEqual([]);
    expect(unmet(await user.change(STRONG[2], STRONG[0]))).toEqual(['history']);
    // Wrong, and counted: what the new one is is not looked at.
    expect(refused(await user.change(STRONG[0], STRONG[2]))).toEqual([400, ['INVALID_VALUE currentPassword']]);
    expect(unmet(await user.change(STRONG[2], STRONG[3]))).toEqual([]);
    expect(unmet(await user.change(STRONG[3], STRONG[0]))).toEqual([]);
    user.advance(days(10) + 1);
    expect(unmet(await user.change(STRONG[0], STRONG[3]))).toEqual([]);
    expect(unmet(await user.set(STRONG[3]))).toEqual([]);
  });

  it('lets nobody change a password too early or into one like it, and ends it', async () => {
    await using user = await under({ ...LEAST, notSimilarToCurrent: true, minAgeDays: 1, maxAgeDays: 30 });
    await user.set(STRONG[0]);
    expect(unmet(await user.change(STRONG[0], `${STRONG[0]}!`))).toEqual(['notSimilarToCurrent', 'minAgeDays']);
    user.advance(days(1));
    expect(unmet(await user.change(STRONG[0], STRONG[1]))).toEqual([]);
    user.advance(days(30) - 1);
    expect((await user.state()).status).toBe('OK');
    user.advance(1);
    expect((await user.check(STRONG[1])).body.status).toBe('PASSWORD_EXPIRED');
    expect((await user.change(STRONG[1], STRONG[2])).body.status).toBe('OK');
    await user.set(STRONG[0], { forceChange: true });
    expect((await user.change(STRONG[0], STRONG[3])).body.status).toBe('OK');
  });

  it('says after how many wrong attempts a password is locked, and for how long', async () => {
    await using user = await under({ ...LEAST, lockout: { failureCount: 2, durationSeconds: 30 } });
    await user.set(STRONG[0]);
    for (let n = 0; n < 2; n++) await user.check(STRONG[1]);
    expect((await user.state()).status).toBe('PASSWORD_LOCKED_OUT');
    user.advance(29_999);
    expect((await user.check(STRONG[0])).body.details[0].code).toBe('LIMIT_EXCEEDED');
    user.advance(1);
    expect((await user.check(STRONG[0])).status).toBe(200);
  });
});
