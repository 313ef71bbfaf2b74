import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nextTurn } from '../../src/kernel/turn.js';
import { searchUsers } from '../../src/platform/users/user-search.js';
import { addEnvironment, aUser, commit, insertUser, present } from '../contract/world.js';
import { openTestStore, TEST_TIME } from '../helpers/store.js';
import { NOWHERE, POPULATION } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

interface Person {
  readonly id: string;
  readonly username: string;
  readonly [attribute: string]: unknown;
}

const WORDS = ['Ann', 'anna', 'ANNE', 'Zoë', 'ZOE\u0308', 'a"b\\c', 'x%_', '42', 'true'];
const person = fc.record(
  {
    nickname: fc.constantFrom(...WORDS),
    title: fc.constantFrom(...WORDS),
    externalId: fc.constantFrom(...WORDS),
    name: fc.record({ given: fc.constantFrom(...WORDS.slice(0, 5)) }),
    department: fc.constantFrom(...WORDS),
    tags: fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }),
    floor: fc.constantFrom(42, 7),
  },
  { requiredKeys: [] },
);

/** A comparison or a combination of some, as an abstract thing. */
type Term =
  | { readonly kind: 'compare'; readonly attribute: string; readonly operator: string; readonly value: string }
  | { readonly kind: 'in'; readonly attribute: string; readonly values: readonly string[] }
  | { readonly kind: 'and'; readonly a: Term; readonly b: Term }
  | { readonly kind: 'or'; readonly a: Term; readonly b: Term }
  | { readonly kind: 'not'; readonly a: Term };

const ATTRIBUTES = ['nickname', 'title', 'externalId', 'name.given', 'department', 'tags', 'floor', 'locale'];
const KEYS = ['username', 'email'];
const attribute = fc.constantFrom(...ATTRIBUTES, ...KEYS);
const value = fc.oneof(fc.constantFrom(...WORDS, 'n', 'user1', 'USER2', 'USER3@example.org', 'user4@example.org', ''));
const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.record({
      kind: fc.constant('compare' as const),
      attribute,
      operator: fc.constantFrom('eq', 'eq', 'sw', 'ew', 'co'),
      value,
    }),
    fc.record({ kind: fc.constant('in' as const), attribute, values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ kind: fc.constant('and' as const), a: tie('term'), b: tie('term') }),
    fc.record({ kind: fc.constant('or' as const), a: tie('term'), b: tie('term') }),
    fc.record({ kind: fc.constant('not' as const), a: tie('term') }),
  ),
}));

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

function written(one: Term): string {
  switch (one.kind) {
    case 'compare':
      return `${one.attribute} ${one.operator} ${quoted(one.value)}`;
    case 'in':
      return `${one.attribute} in (${one.values.map(quoted).join(', ')})`;
    case 'not':
      return `NOT (${written(one.a)})`;
    default:
      return `(${written(one.a)}) ${one.kind} (${written(one.b)})`;
  }
}

const plain = (text: unknown): string => String(text).normalize('NFC').toLowerCase();

/** What a filter means, said in the simplest way. */
function means(one: Term, whom: Person): boolean {
  if (one.kind === 'and') return means(one.a, whom) && means(one.b, whom);
  if (one.kind === 'or') return means(one.a, whom) || means(one.b, whom);
  if (one.kind === 'not') return !means(one.a, whom);
  let found: unknown = whom;
  for (const step of one.attribute.split('.')) found = (found as Record<string, unknown> | undefined)?.[step];
  const has = (found === undefined ? [] : Array.isArray(found) ? found : [found]).map(plain);
  if (one.kind === 'in') return has.some((text) => one.values.some((wanted) => plain(wanted) === text));
  const wanted = plain(one.value);
  if (one.operator === 'sw') return has.some((text) => text.startsWith(wanted));
  if (one.operator === 'ew') return has.some((text) => text.endsWith(wanted));
  if (one.operator === 'co') return has.some((text) => text.includes(wanted));
  return has.some((text) => text === wanted);
}

describe('filtering users (00 §8.4)', () => {
  let api: PlatformApi;
  const people: Person[] = [];
  beforeAll(async () => {
    api = await platformApi();
    for (const [n, attributes] of fc.sample(person, { numRuns: 24, seed: 7 }).entries()) {
      const body = { username: `user${n}`, email: `User${n % 20}@example.org`, ...attributes };
      const created = await api.call('POST', '/users', { body });
      expect(created.status).toBe(201);
      people.push({ ...body, id: created.body.id });
      if (n % 3 === 0) api.test.clock.advance(1);
    }
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const found = async (filter: string, limit = 200) => {
    const { status, body } = await api.call('GET', `/users?limit=${limit}&filter=${encodeURIComponent(filter)}`);
    expect([filter, status]).toEqual([filter, 200]);
    return body;
  };
  const idsOf = (body: { _embedded: { users: { id: string }[] } }): string[] =>
    body._embedded.users.map(({ id }) => id);

  it('finds exactly those that the expression means', async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(term, async (one) => {
        const wanted = people.filter((whom) => means(one, whom)).map(({ id }) => id);
        const body = await found(written(one));
        expect([idsOf(body).sort(), body.count, body.size]).toEqual([[...wanted].sort(), wanted.length, wanted.length]);
        if (wanted.length > 0 && wanted.length < people.length) some++;
      }),
      { numRuns: 150, seed: 11 },
    );
    // A control: the expressions tell people apart.
    expect(some).toBeGreaterThan(40);
  });

  it('of what stands outside the profile', async () => {
    const [first] = people;
    const { id } = present(first);
    expect(idsOf(await found(`id eq "${id.toUpperCase()}" or id in ("${NOWHERE}")`))).toEqual([id]);
    expect((await found('enabled eq true')).count).toBe(24);
    expect((await found('enabled eq "false"')).count).toBe(0);
    expect((await found(`population.id eq "${POPULATION}"`)).count).toBe(24);
    expect((await found(`population.id eq "${NOWHERE}" or population.id eq "nope"`)).count).toBe(0);
    expect((await found('population.id eq "nope"')).count).toBe(0);
    expect((await found('accountId eq "x"')).count).toBe(0);
  });

  it('no attribute is there by nature', async () => {
    for (const name of ['valueOf', 'length', 'name.length', 'tags.length'])
      expect((await api.call('GET', `/users?filter=${encodeURIComponent(`${name} eq "3"`)}`)).body.count ?? 0).toBe(0);
  });

  it.each(['co "n"', 'in ("Ann", "anna", "42")'])('is paged there and back: nickname %s', async (rest) => {
    const filter = `nickname ${rest} or username in ("user1", "user2", "user3", "user4")`;
    const all = idsOf(await found(filter));
    expect(all.length).toBeGreaterThan(5);
    let body = await found(filter, 2);
    expect([body.count, body._links.prev]).toEqual([undefined, undefined]);
    const seen = [idsOf(body)];
    while (body._links.next) {
      body = (await api.call('GET', body._links.next.href.replace('https://mfa.example.org', ''))).body;
      seen.push(idsOf(body));
    }
    expect(seen.flat()).toEqual(all);
    const back = [seen.pop()];
    while (body._links.prev) {
      body = (await api.call('GET', body._links.prev.href.replace('https://mfa.example.org', ''))).body;
      back.unshift(idsOf(body));
    }
    expect(back.flat()).toEqual(all);
    expect(back).toHaveLength(Math.ceil(all.length / 2));
  });

  it('a filter of names is answered by look-ups alone, with its count', async () => {
    const filter = 'username in ("user1", "user2", "user3") or email eq "user4@example.org"';
    const body = await found(filter, 2);
    expect([body.count, body.size]).toEqual([4, 2]);
    const next = (await api.call('GET', body._links.next.href.replace('https://mfa.example.org', ''))).body;
    expect([next.size, next._links.next]).toEqual([2, undefined]);
    expect(idsOf((await api.call('GET', next._links.prev.href.replace('https://mfa.example.org', ''))).body)).toEqual(
      idsOf(body),
    );
  });
});

describe('searching through many', () => {
  it('reads in batches, lets others have their turn, and goes on where it stopped', async () => {
    await using test = await openTestStore({ database: { kind: 'sqlite', file: ':memory:' } });
    const { environmentId } = await addEnvironment(test.store);
    const users = Array.from({ length: 21_000 }, (_, n) =>
      aUser(environmentId, { createdAt: TEST_TIME + n, profile: { email: 'a@b.c', externalId: String(n) } }),
    );
    for (let at = 0; at < users.length; at += 1_000)
      await commit(test.store, environmentId, ...users.slice(at, at + 1_000).flatMap((user) => insertUser(user)));
    let turns = 0;
    let isSearching = true;
    const others = (async () => {
      while (isSearching) {
        turns++;
        await nextTurn();
      }
    })();
    const wanted = (...ids: string[]) => ({
      accepts: ({ user }: { user: { profile: Record<string, unknown> } }) =>
        ids.includes(String(user.profile['externalId'])),
    });
    const search = (request: object, ...ids: string[]) =>
      searchUsers(test.store, environmentId, wanted(...ids), { limit: 2, ...request }, TEST_TIME);
    const first = await search({}, '3', '20999');
    isSearching = false;
    await others;
    expect(turns).toBeGreaterThan(30);
    expect(first.items.map(({ user }) => user.profile['externalId'])).toEqual(['3']);
    expect([first.count, first.previous]).toEqual([undefined, undefined]);
    const second = await search({ after: present(first.next) }, '3', '20999');
    expect(second.items.map(({ user }) => user.profile['externalId'])).toEqual(['20999']);
    expect(second.next).toBeUndefined();
    const back = await search({ before: present(second.previous) }, '3', '20999');
    expect(back.items).toEqual([]);
    expect((await search({ before: present(back.previous) }, '3', '20999')).items).toHaveLength(1);
    const within = await search({}, '3', '4', '5');
    expect([within.items.length, within.next !== undefined]).toEqual([2, true]);
    expect((await search({ after: present(within.next) }, '3', '4', '5')).items).toHaveLength(1);
  });
});
