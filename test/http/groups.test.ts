import { describe, expect, it } from 'vitest';
import { ELSEWHERE, HERE, NOWHERE, OTHER_POPULATION, POPULATION } from '../platform/world.js';
import { type PlatformApi, platformApi } from './platform-api.js';

const BASE = `https://mfa.example.org/v1/environments/${HERE}`;
const local = (href: string): string => href.replace('https://mfa.example.org', '');

async function aUser(api: PlatformApi, username = 'ann'): Promise<string> {
  const { status, body } = await api.call('POST', '/users', { body: { username, email: `${username}@example.org` } });
  expect(status).toBe(201);
  api.test.clock.advance(1);
  return body.id;
}

async function aGroup(api: PlatformApi, body: object = { name: 'Staff' }): Promise<string> {
  const answer = await api.call('POST', '/groups', { body });
  expect(answer.status).toBe(201);
  api.test.clock.advance(1);
  return answer.body.id;
}

/** One after the other: groups that are joined at one instant are listed by id. */
function join(api: PlatformApi, user: string, id: string) {
  api.test.clock.advance(1);
  return api.call('POST', `/users/${user}/memberOfGroups`, { body: { id } });
}

const filtered = async (api: PlatformApi, path: string, filter: string) =>
  (await api.call('GET', `${path}?filter=${encodeURIComponent(filter)}`)).body;

describe('groups (00 §8.8)', () => {
  it('are created, read, replaced and deleted', async () => {
    await using api = await platformApi();
    const full = {
      name: 'Staff',
      description: 'All of us',
      externalId: '42',
      population: { id: POPULATION },
      userFilter: 'email ew "@example.org"',
      customData: { floor: 3, tags: ['a'] },
    };
    const { status, body } = await api.call('POST', '/groups', {
      body: { ...full, id: NOWHERE, _links: {}, extra: 1 },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      _links: { self: { href: `${BASE}/groups/${body.id}` }, environment: { href: BASE } },
      id: expect.not.stringMatching(NOWHERE),
      environment: { id: HERE },
      ...full,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
    });
    expect((await api.call('GET', `/groups/${body.id}`)).body).toEqual(body);
    api.test.clock.advance(5);
    const replaced = await api.call('PUT', `/groups/${body.id}`, { body: { name: 'STAFF' } });
    const { description: _, externalId: __, population: ___, userFilter: ____, customData: _____, ...rest } = body;
    expect(replaced.body).toEqual({ ...rest, name: 'STAFF', updatedAt: new Date(api.test.clock.now()).toISOString() });
    expect((await api.call('DELETE', `/groups/${body.id}`, { type: null })).status).toBe(204);
    expect((await api.call('GET', `/groups/${body.id}`)).status).toBe(404);
    expect((await api.call('DELETE', `/groups/${body.id}`, { type: null })).status).toBe(404);
    expect(api.events).toEqual(
      ['CREATED', 'UPDATED', 'DELETED'].map((change) => ({
        type: `GROUP.${change}`,
        environmentId: HERE,
        detail: { id: body.id },
      })),
    );
  });

  it('have names of their own, whatever the case, when they are made and when they change', async () => {
    await using api = await platformApi();
    const id = await aGroup(api);
    const other = await aGroup(api, { name: 'Other' });
    for (const [method, path] of [
      ['POST', '/groups'],
      ['PUT', `/groups/${other}`],
    ] as const) {
      const { status, body } = await api.call(method, path, { body: { name: 'STAFF' } });
      expect([status, body.details]).toEqual([
        400,
        [expect.objectContaining({ code: 'UNIQUENESS_VIOLATION', target: 'name', innerError: { existingId: id } })],
      ]);
    }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => api.call('POST', '/groups', { body: { name: 'new' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it.each([
    [{}, 'REQUIRED_VALUE', 'name'],
    [{ name: null }, 'REQUIRED_VALUE', 'name'],
    [{ name: '' }, 'EMPTY_VALUE', 'name'],
    [{ name: 7 }, 'INVALID_VALUE', 'name'],
    [{ name: 'x'.repeat(257) }, 'SIZE_LIMIT_EXCEEDED', 'name'],
    [{ name: 'a\tb' }, 'INVALID_VALUE', 'name'],
    [{ name: 'a', description: 7 }, 'INVALID_VALUE', 'description'],
    [{ name: 'a', externalId: '' }, 'EMPTY_VALUE', 'externalId'],
    [{ name: 'a', population: { id: NOWHERE } }, 'INVALID_VALUE', 'population.id'],
    [{ name: 'a', population: { id: OTHER_POPULATION } }, 'INVALID_VALUE', 'population.id'],
    [{ name: 'a', population: {} }, 'REQUIRED_VALUE', 'population.id'],
    [{ name: 'a', customData: [] }, 'INVALID_VALUE', 'customData'],
    [{ name: 'a', userFilter: '' }, 'EMPTY_VALUE', 'userFilter'],
    [{ name: 'a', userFilter: 7 }, 'INVALID_VALUE', 'userFilter'],
    [{ name: 'a', userFilter: 'everyone' }, 'INVALID_FILTER', 'userFilter'],
    [{ name: 'a', userFilter: 'account.status eq "OK"' }, 'INVALID_FILTER', 'userFilter'],
    [{ name: 'a', userFilter: 'enabled sw true' }, 'INVALID_FILTER', 'userFilter'],
    [{ name: 'a', userFilter: `memberOfGroups[id eq "${NOWHERE}"]` }, 'INVALID_FILTER', 'userFilter'],
    [{ name: 'a', userFilter: `title eq "${'x'.repeat(2_048)}"` }, 'INVALID_FILTER', 'userFilter'],
  ])('%j is refused by name, and nothing is stored', async (body, code, target) => {
    await using api = await platformApi();
    const id = await aGroup(api);
    for (const [method, path] of [
      ['POST', '/groups'],
      ['PUT', `/groups/${id}`],
    ] as const) {
      const answer = await api.call(method, path, { body });
      expect([answer.status, answer.body.code, answer.body.details]).toEqual([
        400,
        'INVALID_DATA',
        [expect.objectContaining({ code, target })],
      ]);
    }
    const { _embedded, count } = (await api.call('GET', '/groups')).body;
    expect([count, _embedded.groups.map(({ name }: { name: string }) => name)]).toEqual([1, ['Staff']]);
  });

  it('are listed in pages, there and back, and by filter', async () => {
    await using api = await platformApi();
    expect((await api.call('GET', '/groups')).body).toMatchObject({ _embedded: { groups: [] }, count: 0, size: 0 });
    const ids = [];
    for (const n of [1, 2, 3, 4, 5]) ids.push(await aGroup(api, { name: `Group ${n}`, externalId: `x${n % 2}` }));
    for (const query of ['limit=2', `limit=2&filter=${encodeURIComponent('name sw "group"')}`]) {
      let { body } = await api.call('GET', `/groups?${query}`);
      const seen = [];
      for (;;) {
        seen.push(...body._embedded.groups.map(({ id }: { id: string }) => id));
        expect(body.count).toBe(5);
        if (!body._links.next) break;
        body = (await api.call('GET', local(body._links.next.href))).body;
      }
      expect(seen).toEqual(ids);
      body = (await api.call('GET', local(body._links.prev.href))).body;
      expect(body._embedded.groups.map(({ id }: { id: string }) => id)).toEqual(ids.slice(2, 4));
    }
    const found = async (filter: string) => (await filtered(api, '/groups', filter)).count;
    expect(await found('(name eq "GROUP 1") OR (name eq "group 2")')).toBe(2);
    expect(await found('externalId eq "x1" and not (name ew "5")')).toBe(2);
    expect(await found(`id eq "${ids[0]}"`)).toBe(1);
    expect((await filtered(api, '/groups', 'description eq "x"')).details[0].code).toBe('INVALID_FILTER');
  });
});

describe('who is in a group (00 §8.8)', () => {
  it('is added, listed and removed, with the group beside when asked', async () => {
    await using api = await platformApi();
    const user = await aUser(api);
    const [first, second] = [await aGroup(api), await aGroup(api, { name: 'Second' })];
    const path = `/users/${user}/memberOfGroups`;
    const shape = (id: string, name: string) => ({
      _links: {
        self: { href: `${BASE}${path}/${id}` },
        user: { href: `${BASE}/users/${user}` },
        group: { href: `${BASE}/groups/${id}` },
      },
      id,
      environment: { id: HERE },
      name,
      type: 'DIRECT',
    });
    for (const [id, name] of [
      [second, 'Second'],
      [first, 'Staff'],
      [second, 'Second'],
    ] as const) {
      const { status, body } = await join(api, user, id);
      expect([status, body]).toEqual([201, shape(id, name)]);
    }
    const list = (await api.call('GET', path)).body;
    expect(list).toEqual({
      _links: { self: { href: `${BASE}${path}` } },
      _embedded: { groupMemberships: [shape(second, 'Second'), shape(first, 'Staff')] },
      count: 2,
      size: 2,
    });
    const group = (await api.call('GET', `/groups/${second}`)).body;
    const page = (await api.call('GET', `${path}?expand=group&limit=1`)).body;
    expect(page._embedded.groupMemberships).toEqual([{ ...shape(second, 'Second'), _embedded: { group } }]);
    expect(page._links.next.href).toContain('expand=group');
    const next = (await api.call('GET', local(page._links.next.href))).body;
    expect(next._embedded.groupMemberships[0]).toMatchObject({ id: first, _embedded: { group: { id: first } } });
    expect((await api.call('GET', `${path}/${first}`)).body).toEqual(shape(first, 'Staff'));
    expect((await api.call('DELETE', `${path}/${first}`, { type: null })).status).toBe(204);
    expect((await api.call('GET', `${path}/${first}`)).status).toBe(404);
    expect((await api.call('DELETE', `${path}/${first}`, { type: null })).status).toBe(404);
    expect(api.events.filter(({ type }) => type === 'GROUP.UPDATED')).toEqual([
      { type: 'GROUP.UPDATED', environmentId: HERE, userId: user, detail: { id: second, member: 'added' } },
      { type: 'GROUP.UPDATED', environmentId: HERE, userId: user, detail: { id: first, member: 'added' } },
      { type: 'GROUP.UPDATED', environmentId: HERE, userId: user, detail: { id: first, member: 'removed' } },
    ]);
  });

  it('is refused by name when the group is not one of this environment, and is 404 for nobody', async () => {
    await using api = await platformApi();
    const user = await aUser(api);
    const group = await aGroup(api);
    for (const [body, code] of [
      [{}, 'REQUIRED_VALUE'],
      [{ id: 'x' }, 'INVALID_VALUE'],
      [{ id: NOWHERE }, 'INVALID_VALUE'],
      [{ id: user }, 'INVALID_VALUE'],
    ] as const) {
      const answer = await api.call('POST', `/users/${user}/memberOfGroups`, { body });
      expect([answer.status, answer.body.details]).toEqual([400, [expect.objectContaining({ code, target: 'id' })]]);
    }
    expect((await join(api, NOWHERE, group)).status).toBe(404);
    expect((await api.call('GET', `/users/${NOWHERE}/memberOfGroups`)).status).toBe(404);
    expect((await api.call('GET', `/v1/environments/${ELSEWHERE}/groups/${group}`)).status).toBe(403);
  });

  it('is found by filter, alone and with others, and shown with the user', async () => {
    await using api = await platformApi();
    const users = [];
    for (const name of ['ann', 'bob', 'cid', 'dan']) users.push(await aUser(api, name));
    const [ann = '', bob = '', cid = ''] = users;
    const [first, second] = [await aGroup(api), await aGroup(api, { name: 'Second' })];
    for (const [user, group] of [
      [ann, first],
      [cid, first],
      [bob, second],
      [cid, second],
    ] as const)
      await join(api, user, group);
    const found = async (filter: string): Promise<string[]> =>
      (await filtered(api, '/users', filter))._embedded.users.map(({ username }: { username: string }) => username);
    expect(await found(`memberOfGroups[id eq "${first}"]`)).toEqual(['ann', 'cid']);
    expect((await filtered(api, '/users', `memberOfGroups[id eq "${first}"]`)).count).toBe(2);
    expect(await found(`memberOfGroups[id eq "${first}"] and memberOfGroups[id eq "${second}"]`)).toEqual(['cid']);
    expect(await found(`memberOfGroups[id eq "${first}"] or username eq "dan"`)).toEqual(['ann', 'cid', 'dan']);
    expect(await found(`memberOfGroups[id in ("${first}", "${second}")]`)).toEqual(['ann', 'bob', 'cid']);
    expect(await found(`not (memberOfGroups[id eq "${second}"])`)).toEqual(['ann', 'dan']);
    expect(await found(`memberOfGroups[id eq "${first}"] and username sw "c"`)).toEqual(['cid']);
    expect(await found(`memberOfGroups[id eq "${NOWHERE}"]`)).toEqual([]);
    expect(await found('memberOfGroups[id eq "nope"]')).toEqual([]);

    const page = await filtered(api, '/users', `memberOfGroups[id eq "${second}"]`);
    expect(page._embedded.users[0]).not.toHaveProperty('memberOfGroupIDs');
    const read = async (query: string) => (await api.call('GET', `/users/${cid}?include=${query}`)).body;
    expect(await read('memberOfGroupIDs,memberOfGroupNames')).toMatchObject({
      memberOfGroupIDs: [first, second],
      memberOfGroupNames: ['Staff', 'Second'],
    });
    const names = await read('memberOfGroupNames');
    expect([names.memberOfGroupNames, names.memberOfGroupIDs]).toEqual([['Staff', 'Second'], undefined]);
    expect((await api.call('GET', `/users/${users[3]}?include=memberOfGroupIDs`)).body.memberOfGroupIDs).toEqual([]);
  });

  it('ends with the user, and with the group', async () => {
    await using api = await platformApi();
    const [ann, bob] = [await aUser(api, 'ann'), await aUser(api, 'bob')];
    const [first, second] = [await aGroup(api), await aGroup(api, { name: 'Second' })];
    for (const user of [ann, bob]) for (const group of [first, second]) await join(api, user, group);
    expect((await api.call('DELETE', `/users/${ann}`, { type: null })).status).toBe(204);
    expect((await filtered(api, '/users', `memberOfGroups[id eq "${first}"]`)).count).toBe(1);
    expect((await api.call('DELETE', `/groups/${first}`, { type: null })).status).toBe(204);
    expect((await api.call('GET', `/users/${bob}/memberOfGroups`)).body.count).toBe(1);
  });
});

describe('a group with a filter (00 §8.8)', () => {
  const usernames = async (api: PlatformApi, filter: string): Promise<string[]> =>
    (await filtered(api, '/users', filter))._embedded.users.map(({ username }: { username: string }) => username);
  const patch = (api: PlatformApi, user: string, body: object) => api.call('PATCH', `/users/${user}`, { body });

  it('has whom it asks for, as they are now, beside those who were added', async () => {
    await using api = await platformApi();
    const [ann, bob, cid] = [await aUser(api, 'ann'), await aUser(api, 'bob'), await aUser(api, 'cid')];
    const sales = await aGroup(api, { name: 'Sales', userFilter: 'title eq "Seller" or department eq "sales"' });
    const members = () => usernames(api, `memberOfGroups[id eq "${sales}"]`);
    expect(await members()).toEqual([]);
    await patch(api, ann, { title: 'seller' });
    await patch(api, cid, { department: 'Sales' });
    expect(await members()).toEqual(['ann', 'cid']);
    expect((await join(api, bob, sales)).body.type).toBe('DIRECT');
    expect(await members()).toEqual(['ann', 'bob', 'cid']);
    expect(await usernames(api, `not (memberOfGroups[id eq "${sales}"])`)).toEqual([]);
    expect(await usernames(api, `memberOfGroups[id eq "${sales}"] and username sw "c"`)).toEqual(['cid']);
    expect(await usernames(api, `memberOfGroups[id eq "${sales}"] and username eq "ann"`)).toEqual(['ann']);
    expect(await usernames(api, `memberOfGroups[id in ("${sales}", "${NOWHERE}")] or username eq "x"`)).toHaveLength(3);
    await patch(api, ann, { title: null });
    expect(await members()).toEqual(['bob', 'cid']);
    const dan = await api.call('POST', '/users', {
      body: { username: 'dan', email: 'd@example.org', title: 'Seller' },
    });
    expect([dan.status, await members()]).toEqual([201, ['bob', 'cid', 'dan']]);
    await api.call('PUT', `/groups/${sales}`, { body: { name: 'Sales', userFilter: 'username eq "ann"' } });
    expect(await members()).toEqual(['ann', 'bob']);
    await api.call('PUT', `/groups/${sales}`, { body: { name: 'Sales' } });
    expect(await members()).toEqual(['bob']);
  });

  it('is listed in pages, there and back', async () => {
    await using api = await platformApi();
    const group = await aGroup(api, { name: 'Some', userFilter: 'username sw "a"' });
    for (const name of ['a1', 'b1', 'a2', 'b2', 'a3']) {
      const user = await aUser(api, name);
      if (name === 'b2') await join(api, user, group);
    }
    const seen = [];
    let { body } = await api.call(
      'GET',
      `/users?limit=2&filter=${encodeURIComponent(`memberOfGroups[id eq "${group}"]`)}`,
    );
    for (;;) {
      seen.push(...body._embedded.users.map(({ username }: { username: string }) => username));
      if (!body._links.next) break;
      body = (await api.call('GET', local(body._links.next.href))).body;
    }
    expect(seen).toEqual(['a1', 'a2', 'b2', 'a3']);
    body = (await api.call('GET', local(body._links.prev.href))).body;
    expect(body._embedded.users).toHaveLength(2);
  });

  it('is among the groups of those whom it asks for, and nobody can be taken out of it', async () => {
    await using api = await platformApi();
    const before = await aGroup(api, { name: 'Ens', userFilter: 'username co "n"' });
    const [ann, bob] = [await aUser(api, 'ann'), await aUser(api, 'bob')];
    const added = await aGroup(api, { name: 'Added' });
    await join(api, ann, added);
    api.test.clock.advance(1);
    const after = await aGroup(api, { name: 'All', userFilter: 'enabled eq true' });
    const path = `/users/${ann}/memberOfGroups`;
    const types = (list: readonly { id: string; type: string }[]) => list.map(({ id, type }) => [id, type]);
    const all = [
      [before, 'INDIRECT'],
      [added, 'DIRECT'],
      [after, 'INDIRECT'],
    ];
    const list = (await api.call('GET', path)).body;
    expect([list.count, types(list._embedded.groupMemberships)]).toEqual([3, all]);
    const seen = [];
    let page = (await api.call('GET', `${path}?limit=1&expand=group`)).body;
    for (;;) {
      seen.push(...page._embedded.groupMemberships);
      if (!page._links.next) break;
      page = (await api.call('GET', local(page._links.next.href))).body;
    }
    expect(types(seen)).toEqual(all);
    expect(seen[0]._embedded.group).toEqual((await api.call('GET', `/groups/${before}`)).body);
    expect((await api.call('GET', `${path}/${after}`)).body.type).toBe('INDIRECT');
    expect((await api.call('GET', `/users/${bob}/memberOfGroups/${before}`)).status).toBe(404);
    expect((await api.call('GET', `/users/${ann}?include=memberOfGroupIDs,memberOfGroupNames`)).body).toMatchObject({
      memberOfGroupIDs: [before, added, after],
      memberOfGroupNames: ['Ens', 'Added', 'All'],
    });
    const refused = await api.call('DELETE', `${path}/${after}`, { type: null });
    expect([refused.status, refused.body.details]).toEqual([
      400,
      [expect.objectContaining({ code: 'CONSTRAINT_VIOLATION' })],
    ]);
    // Whoever was added as well can be taken out, and is asked for as before.
    await join(api, ann, after);
    expect((await api.call('GET', `${path}/${after}`)).body.type).toBe('DIRECT');
    expect((await api.call('DELETE', `${path}/${after}`, { type: null })).status).toBe(204);
    expect((await api.call('GET', `${path}/${after}`)).body.type).toBe('INDIRECT');
    expect((await api.call('DELETE', `/users/${bob}/memberOfGroups/${before}`, { type: null })).status).toBe(404);
    expect((await api.call('GET', `/users/${NOWHERE}/memberOfGroups/${after}`)).status).toBe(404);
  });

  it('has users of its population only, if it has one, and of its environment always (SEC-42)', async () => {
    await using api = await platformApi();
    const ann = await aUser(api, 'ann');
    const { id: population } = (await api.call('POST', '/populations', { body: { name: 'Other' } })).body;
    const { id: group } = (
      await api.call('POST', '/groups', {
        body: { name: 'Others', population: { id: population }, userFilter: 'email ew "@example.org"' },
      })
    ).body;
    const isMember = async () => (await api.call('GET', `/users/${ann}/memberOfGroups/${group}`)).status === 200;
    expect(await isMember()).toBe(false);
    expect((await api.call('PUT', `/users/${ann}/population`, { body: { id: population } })).status).toBe(200);
    expect(await isMember()).toBe(true);
    expect(await usernames(api, `memberOfGroups[id eq "${group}"]`)).toEqual(['ann']);
  });
});

describe('a group in another (00 §8.8)', () => {
  const nest = (api: PlatformApi, group: string, id: string) => {
    api.test.clock.advance(1);
    return api.call('POST', `/groups/${group}/memberOfGroups`, { body: { id } });
  };
  const pairs = (list: readonly { id: string; type: string }[]) => list.map(({ id, type }) => [id, type]);
  const memberOf = async (api: PlatformApi, path: string) =>
    pairs((await api.call('GET', `${path}/memberOfGroups`)).body._embedded.groupMemberships);

  it('is put there, listed with those that hold the other, and taken out', async () => {
    await using api = await platformApi();
    const [all, some, few] = [
      await aGroup(api, { name: 'All' }),
      await aGroup(api),
      await aGroup(api, { name: 'Few' }),
    ];
    const path = `/groups/${few}/memberOfGroups`;
    expect((await api.call('GET', path)).body).toMatchObject({
      _embedded: { groupMemberships: [] },
      count: 0,
      size: 0,
    });
    const made = await nest(api, few, some);
    const shape = {
      _links: { self: { href: `${BASE}${path}/${some}` }, group: { href: `${BASE}/groups/${some}` } },
      id: some,
      environment: { id: HERE },
      name: 'Staff',
      type: 'DIRECT',
    };
    expect([made.status, made.body]).toEqual([201, shape]);
    expect((await nest(api, few, some)).body).toEqual(shape);
    await nest(api, some, all);
    expect(await memberOf(api, `/groups/${few}`)).toEqual([
      [all, 'INDIRECT'],
      [some, 'DIRECT'],
    ]);
    expect((await api.call('GET', `${path}/${some}`)).body).toEqual(shape);
    const group = (await api.call('GET', `/groups/${all}`)).body;
    const page = (await api.call('GET', `${path}?limit=1&expand=group`)).body;
    expect([page.count, page._embedded.groupMemberships]).toEqual([
      2,
      [expect.objectContaining({ id: all, _embedded: { group } })],
    ]);
    expect(pairs((await api.call('GET', local(page._links.next.href))).body._embedded.groupMemberships)).toEqual([
      [some, 'DIRECT'],
    ]);
    const refused = await api.call('DELETE', `${path}/${all}`, { type: null });
    expect([refused.status, refused.body.details[0].code]).toEqual([400, 'CONSTRAINT_VIOLATION']);
    // Nothing of it is a group's to say.
    const body = { name: 'Few', memberOf: [] };
    expect((await api.call('PUT', `/groups/${few}`, { body })).body).not.toHaveProperty('memberOf');
    expect((await api.call('DELETE', `${path}/${some}`, { type: null })).status).toBe(204);
    expect((await api.call('DELETE', `${path}/${some}`, { type: null })).status).toBe(404);
    expect(await memberOf(api, `/groups/${few}`)).toEqual([]);
    for (const id of [all, some, few]) expect((await api.call('GET', `${path}/${id}`)).status).toBe(404);
    expect(api.events.filter(({ type }) => type === 'GROUP.UPDATED').map(({ detail }) => detail)).toEqual([
      { id: few, memberOf: some, member: 'added' },
      { id: some, memberOf: all, member: 'added' },
      { id: few },
      { id: few, memberOf: some, member: 'removed' },
    ]);
  });

  it('brings its members with it, however deep, even in a circle', async () => {
    await using api = await platformApi();
    const [ann, bob, cid] = [await aUser(api, 'ann'), await aUser(api, 'bob'), await aUser(api, 'cid')];
    const asked = await aGroup(api, { name: 'Asked', userFilter: 'username eq "cid"' });
    const [outer, middle, inner] = [
      await aGroup(api, { name: 'Outer' }),
      await aGroup(api, { name: 'Middle' }),
      await aGroup(api, { name: 'Inner' }),
    ];
    await join(api, ann, inner);
    await join(api, bob, outer);
    for (const [group, holder] of [
      [inner, middle],
      [middle, outer],
      [asked, middle],
    ] as const)
      expect((await nest(api, group, holder)).status).toBe(201);
    const usernames = async (filter: string): Promise<string[]> =>
      (await filtered(api, '/users', filter))._embedded.users.map(({ username }: { username: string }) => username);
    const members = (group: string) => usernames(`memberOfGroups[id eq "${group}"]`);
    const everybody = async () => [await members(outer), await members(middle), await members(inner)];
    expect(await everybody()).toEqual([['ann', 'bob', 'cid'], ['ann', 'cid'], ['ann']]);
    expect(await memberOf(api, `/users/${ann}`)).toEqual([
      [outer, 'INDIRECT'],
      [middle, 'INDIRECT'],
      [inner, 'DIRECT'],
    ]);
    expect((await api.call('GET', `/users/${cid}?include=memberOfGroupNames`)).body.memberOfGroupNames).toEqual([
      'Asked',
      'Outer',
      'Middle',
    ]);
    expect(await memberOf(api, `/users/${bob}`)).toEqual([[outer, 'DIRECT']]);
    await nest(api, outer, inner);
    expect(await everybody()).toEqual(Array.from({ length: 3 }, () => ['ann', 'bob', 'cid']));
    expect(await memberOf(api, `/groups/${inner}`)).toEqual([
      [outer, 'INDIRECT'],
      [middle, 'DIRECT'],
    ]);
    const refused = await api.call('DELETE', `/users/${bob}/memberOfGroups/${inner}`, { type: null });
    expect(refused.status).toBe(400);
    // What is gone holds nobody, and passes nobody on.
    await api.call('DELETE', `/groups/${middle}`, { type: null });
    expect(await everybody()).toEqual([['bob'], [], ['ann', 'bob']]);
    expect(await memberOf(api, `/groups/${asked}`)).toEqual([]);
  });

  it('is another one of this environment, and of its population if that has one (SEC-42)', async () => {
    await using api = await platformApi();
    const group = await aGroup(api);
    const local = await aGroup(api, { name: 'Local', population: { id: POPULATION } });
    for (const [id, code] of [
      [undefined, 'REQUIRED_VALUE'],
      ['x', 'INVALID_VALUE'],
      [NOWHERE, 'INVALID_VALUE'],
      [group, 'INVALID_VALUE'],
      [local, 'INVALID_VALUE'],
    ] as const) {
      const answer = await api.call('POST', `/groups/${group}/memberOfGroups`, { body: { id } });
      expect([answer.status, answer.body.details]).toEqual([400, [expect.objectContaining({ code, target: 'id' })]]);
    }
    expect((await nest(api, NOWHERE, group)).status).toBe(404);
    expect((await api.call('GET', `/groups/${NOWHERE}/memberOfGroups`)).status).toBe(404);
    expect((await nest(api, local, group)).status).toBe(201);
    const peer = await aGroup(api, { name: 'Peer', population: { id: POPULATION } });
    expect((await nest(api, peer, local)).status).toBe(201);
  });
});
