import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Group } from '../../src/platform/groups/group.js';
import type { User } from '../../src/platform/model.js';
import type { UserPageRequest } from '../../src/storage/directory-port.js';
import type { Write } from '../../src/storage/port.js';
import { StorageFault } from '../../src/storage/sql/fault.js';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { addEnvironment, addUser, aUser, commit, DATABASES, insertUser, present, uuid, type World } from './world.js';

function aGroup({ environmentId }: World, over: Partial<Group> = {}): Group {
  const id = uuid();
  return { id, environmentId, version: 1, name: `group ${id}`, createdAt: TEST_TIME, updatedAt: TEST_TIME, ...over };
}

const memberOf = (group: Group, user: User, createdAt = TEST_TIME) => ({
  environmentId: group.environmentId,
  groupId: group.id,
  userId: user.id,
  userCreatedAt: user.createdAt,
  createdAt,
});

describe.each(DATABASES)('the directory on $name', ({ open }) => {
  let test: TestStore;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test[Symbol.asyncDispose]());

  /** Renames a user as a decision would that looks at who holds the name. */
  const rename = (user: User, username: string): Promise<string> =>
    test.store.transact({ environmentId: user.environmentId, user: user.id, username }, (snapshot) => {
      const { usernameHolder } = snapshot;
      if (usernameHolder !== undefined && usernameHolder !== user.id) return { writes: [], outcome: 'taken' };
      return {
        writes: [{ kind: 'update', entity: 'user', value: { ...present(snapshot.user), username } }],
        outcome: 'mine',
      };
    });

  async function addGroup(world: World, ...members: readonly User[]): Promise<Group> {
    const group = aGroup(world);
    await commit(test.store, world.environmentId, { kind: 'insert', entity: 'group', value: group });
    for (const member of members) await join(group, member);
    return group;
  }

  const join = (group: Group, user: User, createdAt?: number): Promise<void> =>
    test.store.transact(
      { environmentId: group.environmentId, user: user.id, directory: { group: group.id } },
      (snapshot) => ({
        writes: [
          { kind: 'expect', entity: 'group', value: present(snapshot.directory?.group) },
          { kind: 'expect', entity: 'user', value: present(snapshot.user) },
          { kind: 'put', entity: 'membership', value: memberOf(group, user, createdAt) },
        ],
        outcome: undefined,
      }),
    );

  const deleteUser = (user: User): Promise<void> =>
    test.store.transact({ environmentId: user.environmentId, user: user.id }, (snapshot) => ({
      writes: [{ kind: 'delete', entity: 'user', value: present(snapshot.user) }],
      outcome: undefined,
    }));

  it('a user who is renamed is found by the new name, and the old one is free', async () => {
    const world = await addEnvironment(test.store);
    const { user } = await addUser(test.store, world, { username: 'before' });
    expect(await rename(user, 'After')).toBe('mine');
    const { environmentId } = world;
    expect((await test.store.load({ environmentId, username: 'AFTER' })).usernameHolder).toBe(user.id);
    expect((await test.store.load({ environmentId, username: 'before' })).usernameHolder).toBeUndefined();
    expect((await test.store.load({ environmentId, user: user.id })).user?.username).toBe('After');
    const { user: heir } = await addUser(test.store, world, { username: 'before' });
    expect((await test.store.load({ environmentId, username: 'before' })).usernameHolder).toBe(heir.id);
    expect((await test.store.users(environmentId, { limit: 10 })).count).toBe(2);
  });

  it('a change of case alone is no change of the name that is unique', async () => {
    const world = await addEnvironment(test.store);
    const { user } = await addUser(test.store, world, { username: 'maria' });
    expect(await rename(user, 'MARIA')).toBe('mine');
    expect((await test.store.load({ environmentId: world.environmentId, user: user.id })).user?.username).toBe('MARIA');
  });

  it('of many who are renamed, or created, to one name at once, one gets it', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const users = await Promise.all(Array.from({ length: 8 }, async () => (await addUser(test.store, world)).user));
    const creations = Array.from({ length: 8 }, () => {
      const user = aUser(environmentId, { username: 'WANTED' });
      return test.store.transact({ environmentId, username: 'wanted' }, ({ usernameHolder }) =>
        usernameHolder ? { writes: [], outcome: 'taken' } : { writes: insertUser(user), outcome: 'mine' },
      );
    });
    const outcomes = await Promise.all([...users.map((user) => rename(user, 'Wanted')), ...creations]);
    expect(outcomes.filter((outcome) => outcome === 'mine')).toHaveLength(1);
    const { usernameHolder } = await test.store.load({ environmentId, username: 'wanted' });
    const { items } = await test.store.users(environmentId, { limit: 100 });
    expect(items.filter(({ user }) => user.username.toLowerCase() === 'wanted').map(({ user }) => user.id)).toEqual([
      usernameHolder,
    ]);
  });

  it('a name that was free when it was looked for, and is taken, is decided again with its holder (SEC-10)', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user: holder } = await addUser(test.store, world, { username: 'held' });
    const { user } = await addUser(test.store, world);
    const seen: unknown[] = [];
    // Without a username in the plan, as a race would have it.
    const outcome = await test.store.transact({ environmentId, user: user.id }, (snapshot) => {
      seen.push(snapshot.usernameHolder);
      if (snapshot.usernameHolder) return { writes: [], outcome: 'taken' };
      const value = { ...present(snapshot.user), username: 'HELD' };
      return { writes: [{ kind: 'update', entity: 'user', value }], outcome: 'mine' };
    });
    expect([outcome, seen]).toEqual(['taken', [undefined, holder.id]]);
  });

  it('two who exchange their names never both have one', async () => {
    const world = await addEnvironment(test.store);
    const { user: a } = await addUser(test.store, world, { username: 'a' });
    const { user: b } = await addUser(test.store, world, { username: 'b' });
    await Promise.all([rename(a, 'b'), rename(b, 'a')]);
    const { items } = await test.store.users(world.environmentId, { limit: 10 });
    expect(items.map(({ user }) => user.username).sort()).toEqual(['a', 'b']);
  });

  const pages = async (environmentId: World['environmentId'], request: UserPageRequest) => {
    const forwards = [await test.store.users(environmentId, request)];
    for (let { next } = forwards[0] ?? {}; next !== undefined; next = forwards.at(-1)?.next)
      forwards.push(await test.store.users(environmentId, { ...request, after: next }));
    return forwards;
  };

  it('a list is walked backwards as forwards, whatever its scope', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const users: User[] = [];
    for (const age of [4, 1, 1, 7, 2, 9, 5])
      users.push(
        (
          await addUser(test.store, world, {
            createdAt: TEST_TIME + age,
            populationId: age % 2 === 1 ? world.policyId : environmentId,
          })
        ).user,
      );
    const group = await addGroup(world, ...users.slice(2, 6));
    const scopes: readonly (readonly [UserPageRequest['within'], number])[] = [
      [undefined, 7],
      [{ kind: 'population', id: world.policyId }, 5],
      [{ kind: 'group', id: group.id }, 4],
    ];
    for (const [within, count] of scopes) {
      const request = { limit: 2, ...(within ? { within } : {}) };
      const forwards = await pages(environmentId, request);
      const ids = forwards.flatMap(({ items }) => items.map(({ user }) => user.id));
      expect(forwards.map((page) => page.count)).toEqual(forwards.map(() => count));
      expect([ids.length, new Set(ids).size]).toEqual([count, count]);
      const places = forwards.flatMap(({ items }) => items.map(({ place }) => place));
      expect([...places].sort()).toEqual(places);
      expect(forwards[0]?.previous).toBeUndefined();
      const back: string[] = [];
      let before = forwards.at(-1)?.previous;
      back.push(...(forwards.at(-1)?.items.map(({ user }) => user.id) ?? []));
      while (before !== undefined) {
        const page = await test.store.users(environmentId, { ...request, before, uncounted: true });
        expect([page.items.length, page.count]).toEqual([2, undefined]);
        expect(page.next).toBe(page.items.at(-1)?.place);
        back.unshift(...page.items.map(({ user }) => user.id));
        before = page.previous;
      }
      expect(back).toEqual(ids);
    }
    const empty = uuid();
    expect(await test.store.usersOfPopulations(environmentId, [world.policyId, empty])).toEqual(
      new Map([
        [world.policyId, 5],
        [empty, 0],
      ]),
    );
    expect(await test.store.usersOfPopulations(environmentId, [])).toEqual(new Map());
  });

  it('users are found by id, name and address, each once, in their own environment (SEC-42)', async () => {
    const [world, other] = [await addEnvironment(test.store), await addEnvironment(test.store)];
    const email = 'Zoë@Example.org';
    const { user: a } = await addUser(test.store, world, { username: 'ann', profile: { email }, createdAt: TEST_TIME });
    const { user: b } = await addUser(test.store, world, {
      profile: { email: 'ZOË@example.ORG' },
      createdAt: TEST_TIME + 1,
    });
    await addUser(test.store, other, { username: 'ann', profile: { email } });
    const keys = { ids: [a.id, a.id, uuid()], usernames: ['ANN', 'nobody'], emails: ['zoë@example.org'] };
    const found = await test.store.usersByKeys(world.environmentId, keys);
    expect(found?.map(({ user }) => user.id)).toEqual([a.id, b.id]);
    const none = { ids: [], usernames: [], emails: ['someone'] };
    expect(await test.store.usersByKeys(world.environmentId, none)).toEqual([]);
  });

  it('an address that very many share is not looked up', async () => {
    const { environmentId } = await addEnvironment(test.store);
    const shared = Array.from({ length: 201 }, () => aUser(environmentId, { profile: { email: 'all@example.org' } }));
    await commit(test.store, environmentId, ...shared.flatMap((user) => insertUser(user)));
    const keys = { ids: [], usernames: [], emails: ['all@example.org'] };
    expect(await test.store.usersByKeys(environmentId, keys)).toBeUndefined();
  });

  it('an address and a population that change are found by what they are now', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user } = await addUser(test.store, world);
    await test.store.transact({ environmentId, user: user.id }, (snapshot) => ({
      outcome: undefined,
      writes: [
        {
          kind: 'update',
          entity: 'user',
          value: { ...present(snapshot.user), populationId: world.policyId, profile: { email: 'new@example.org' } },
        },
      ],
    }));
    const byEmail = (email: string) =>
      test.store.usersByKeys(environmentId, { ids: [], usernames: [], emails: [email] });
    expect(await byEmail('someone@example.com')).toEqual([]);
    expect((await byEmail('new@example.org'))?.length).toBe(1);
    const directory = { population: world.policyId };
    expect((await test.store.load({ environmentId, directory })).directory?.populationHasUsers).toBe(true);
    const before = { population: environmentId };
    expect((await test.store.load({ environmentId, directory: before })).directory?.populationHasUsers).toBe(false);
  });

  it('a group’s name is unique in its environment, whatever its case, when it is made and when it changes', async () => {
    const [world, other] = [await addEnvironment(test.store), await addEnvironment(test.store)];
    const { environmentId } = world;
    const first = aGroup(world, { name: 'Staff' });
    await commit(test.store, environmentId, { kind: 'insert', entity: 'group', value: first });
    await commit(test.store, other.environmentId, {
      kind: 'insert',
      entity: 'group',
      value: aGroup(other, { name: 'Staff' }),
    });
    const outcomes = await Promise.all(
      ['New', 'new', 'NEW', 'STAFF'].map((name) =>
        test.store.transact({ environmentId }, (snapshot) => {
          if (snapshot.directory?.groupNameHolder) return { writes: [], outcome: 'taken' };
          return { writes: [{ kind: 'insert', entity: 'group', value: aGroup(world, { name }) }], outcome: 'made' };
        }),
      ),
    );
    expect([...outcomes].sort()).toEqual(['made', 'taken', 'taken', 'taken']);
    const renamed = (name: string) =>
      test.store.transact({ environmentId, directory: { group: first.id } }, ({ directory }) => {
        if (directory?.groupNameHolder && directory.groupNameHolder !== first.id)
          return { writes: [], outcome: 'taken' };
        const value = { ...present(directory?.group), name };
        return { writes: [{ kind: 'update', entity: 'group', value }], outcome: 'renamed' };
      });
    expect([await renamed('nEw'), await renamed('STAFF'), await renamed('People')]).toEqual([
      'taken',
      'renamed',
      'renamed',
    ]);
    expect((await test.store.load({ environmentId, directory: { groupName: 'people' } })).directory).toEqual({
      groupNameHolder: first.id,
    });
    expect(
      (await test.store.groups(environmentId, { limit: 10 })).items.map(({ name }) => name.toLowerCase()).sort(),
    ).toEqual(['new', 'people']);
  });

  it('a user’s groups are listed in the order of joining, and joining twice is once', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user } = await addUser(test.store, world);
    const groups = [await addGroup(world), await addGroup(world), await addGroup(world)];
    for (const [at, group] of groups.entries()) await join(group, user, TEST_TIME + 10 - at);
    await join(present(groups[0]), user, TEST_TIME + 50);
    const first = await test.store.groupsOfUser(environmentId, user.id, { limit: 2 });
    const last = await test.store.groupsOfUser(environmentId, user.id, { limit: 2, after: present(first.next) });
    expect([...first.items, ...last.items].map(({ id }) => id)).toEqual([...groups].reverse().map(({ id }) => id));
    expect([first.count, last.next]).toEqual([3, undefined]);
    const back = await test.store.groupsOfUser(environmentId, user.id, { limit: 2, before: present(last.previous) });
    expect(back.items).toEqual(first.items);
    const [group] = groups;
    const asked = { group: present(group).id, member: user.id };
    expect((await test.store.load({ environmentId, directory: asked })).directory?.isMember).toBe(true);
    expect(await test.store.memberIds(environmentId, asked.group, '', 10)).toEqual([user.id]);
    expect(await test.store.memberIds(environmentId, asked.group, user.id, 10)).toEqual([]);
  });

  it('groups with a filter are listed apart from the others, until they have none', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const some = await Promise.all(
      [undefined, 'enabled eq true', undefined, 'id eq "x"'].map(async (userFilter, at) => {
        const value = aGroup(world, { createdAt: TEST_TIME + at, ...(userFilter === undefined ? {} : { userFilter }) });
        await commit(test.store, environmentId, { kind: 'insert', entity: 'group', value });
        return value;
      }),
    );
    const first = await test.store.derivingGroups(environmentId, { limit: 1 });
    const last = await test.store.derivingGroups(environmentId, { limit: 1, after: present(first.next) });
    expect([...first.items, ...last.items]).toEqual([some[1], some[3]]);
    expect([first.count, last.next]).toEqual([undefined, undefined]);
    await test.store.transact({ environmentId, directory: { group: present(some[1]).id } }, ({ directory }) => {
      const { userFilter: _, ...value } = present(directory?.group);
      return { writes: [{ kind: 'update', entity: 'group', value }], outcome: undefined };
    });
    const left = await test.store.derivingGroups(environmentId, { limit: 10 });
    expect(left.items.map(({ id }) => id)).toEqual([present(some[3]).id]);
    const other = await addEnvironment(test.store);
    expect((await test.store.derivingGroups(other.environmentId, { limit: 10 })).items).toEqual([]);
  });

  it('a group is nested in one that is there, or not at all (SEC-10)', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    for (let round = 0; round < 4; round++) {
      const [group, holder] = [await addGroup(world), await addGroup(world)];
      const asked = { environmentId, directory: { group: group.id, holder: holder.id } };
      const nests = test.store.transact(asked, ({ directory }) => {
        if (!directory?.holder) return { writes: [], outcome: 'gone' };
        const value = { ...present(directory.group), memberOf: [holder.id] };
        return {
          writes: [
            { kind: 'expect', entity: 'group', value: directory.holder },
            { kind: 'update', entity: 'group', value },
          ],
          outcome: 'nested',
        };
      });
      const goes = test.store.transact({ environmentId, directory: { group: holder.id } }, ({ directory }) => ({
        writes: [{ kind: 'delete', entity: 'group', value: present(directory?.group) }],
        outcome: undefined,
      }));
      const [outcome] = await Promise.all([nests, goes]);
      const { items } = await test.store.derivingGroups(environmentId, { limit: 10 });
      expect(items.filter(({ id }) => id === group.id).map(({ memberOf }) => memberOf)).toEqual(
        outcome === 'nested' ? [[holder.id]] : [],
      );
      expect((await test.store.load(asked)).directory?.holder).toBeUndefined();
    }
  });

  it('a user who goes leaves no membership and no password behind, and so does a group', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user: goes } = await addUser(test.store, world);
    const { user: stays } = await addUser(test.store, world);
    const group = await addGroup(world, goes, stays);
    const password = { userId: goes.id, environmentId, hash: 'h', forceChange: false, setAt: 1, failures: 0 };
    await test.store.transact({ environmentId, user: goes.id }, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'user', value: present(snapshot.user) },
        { kind: 'put', entity: 'password', value: password },
      ],
    }));
    const plan = { environmentId, directory: { password: goes.id } };
    expect((await test.store.load(plan)).directory?.password).toEqual(password);
    await deleteUser(goes);
    expect((await test.store.load(plan)).directory?.password).toBeUndefined();
    expect(await test.store.memberIds(environmentId, group.id, '', 10)).toEqual([stays.id]);
    await test.store.transact({ environmentId, directory: { group: group.id } }, ({ directory }) => ({
      outcome: undefined,
      writes: [{ kind: 'delete', entity: 'group', value: present(directory?.group) }],
    }));
    expect((await test.store.groupsOfUser(environmentId, stays.id, { limit: 10 })).items).toEqual([]);
    expect(await test.store.memberIds(environmentId, group.id, '', 10)).toEqual([]);
  });

  it('what governs a password is the environment’s policies and the user’s population', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user } = await addUser(test.store, world);
    const populations = [user.populationId, uuid()].map((id): Write => {
      const value = {
        environmentId,
        kind: 'population',
        id,
        body: {},
        createdAt: TEST_TIME,
        updatedAt: TEST_TIME,
      } as const;
      return { kind: 'put', entity: 'document', value };
    });
    await commit(test.store, environmentId, ...populations);
    const asked = { environmentId, directory: { passwordPolicy: user.id } };
    const { directory } = await test.store.load(asked);
    expect(directory?.passwordPolicies?.map(({ kind, id, body }) => [kind, body['name'] ?? id])).toEqual([
      ['passwordPolicy', 'Standard'],
      ['passwordPolicy', 'Basic'],
      ['passwordPolicy', 'Passphrase'],
      ['population', user.populationId],
    ]);
    await deleteUser(user);
    expect((await test.store.load(asked)).directory?.passwordPolicies).toHaveLength(3);
  });

  it('roles and codes are kept under the version of their owner, and go with it', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user } = await addUser(test.store, world);
    const group = await addGroup(world, user);
    const roles = [{ role: 'Environment Admin', scope: { type: 'ENVIRONMENT', id: environmentId } }] as const;
    const code = { environmentId, userId: user.id, use: 'recovery', sends: 1, failures: 2 } as const;
    const plan = {
      environmentId,
      user: user.id,
      directory: { group: group.id, roles: group.id, inheritedRoles: user.id, codes: user.id },
    };
    const before = await test.store.load(plan);
    expect(before.directory).toMatchObject({ roles: [], inheritedRoles: [], codes: [] });
    await test.store.transact(plan, ({ user: owner, directory }) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'user', value: present(owner) },
        { kind: 'update', entity: 'group', value: present(directory?.group) },
        { kind: 'put', entity: 'roles', value: { environmentId, ownerId: group.id, roles } },
        { kind: 'put', entity: 'userCode', value: code },
        { kind: 'put', entity: 'userCode', value: { ...code, use: 'verification' } },
      ],
    }));
    const { user: moved, directory } = await test.store.load(plan);
    expect([moved?.version, directory?.group?.version]).toEqual([
      present(before.user).version + 1,
      present(before.directory?.group).version + 1,
    ]);
    expect(directory).toMatchObject({
      roles,
      inheritedRoles: [{ environmentId, ownerId: group.id, roles }],
      codes: [code, { ...code, use: 'verification' }],
    });
    await test.store.transact(plan, ({ user: owner }) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'user', value: present(owner) },
        { kind: 'delete', entity: 'userCode', value: code },
        { kind: 'put', entity: 'roles', value: { environmentId, ownerId: user.id, roles } },
      ],
    }));
    const stranger = {
      environmentId,
      directory: { inheritedRoles: environmentId, derivedGroups: [group.id, user.id] },
    };
    expect((await test.store.load(stranger)).directory?.inheritedRoles?.map(({ ownerId }) => ownerId)).toEqual([
      group.id,
      user.id,
    ]);
    const both = { ...plan, directory: { inheritedRoles: user.id, derivedGroups: [group.id] } };
    expect((await test.store.load(both)).directory?.inheritedRoles).toHaveLength(1);
    const own = { environmentId, directory: { roles: user.id, codes: user.id } };
    expect((await test.store.load(own)).directory).toMatchObject({ roles, codes: [{ use: 'verification' }] });
    await deleteUser(user);
    expect((await test.store.load(own)).directory).toEqual({ roles: [], codes: [] });
    await test.store.transact(plan, ({ directory: found }) => ({
      outcome: undefined,
      writes: [{ kind: 'delete', entity: 'group', value: present(found?.group) }],
    }));
    expect((await test.store.load(plan)).directory?.roles).toEqual([]);
  });

  it('nobody joins a group that goes at the same time, nor a user who does (SEC-10)', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 6 }, async (_, at) => {
        const { user } = await addUser(test.store, world);
        const group = await addGroup(world);
        const removal =
          at % 2 === 0
            ? deleteUser(user)
            : test.store.transact({ environmentId, directory: { group: group.id } }, ({ directory }) => ({
                outcome: undefined,
                writes: [{ kind: 'delete', entity: 'group', value: present(directory?.group) }],
              }));
        const joining = test.store.transact(
          { environmentId, user: user.id, directory: { group: group.id } },
          ({ user: found, directory }) => {
            if (!found || !directory?.group) return { writes: [] as Write[], outcome: 'gone' };
            return {
              writes: [
                { kind: 'expect', entity: 'group', value: directory.group },
                { kind: 'expect', entity: 'user', value: found },
                { kind: 'put', entity: 'membership', value: memberOf(group, user) },
              ],
              outcome: 'joined',
            };
          },
        );
        await Promise.all([joining, removal]);
        expect(await test.store.memberIds(environmentId, group.id, '', 10)).toEqual([]);
      }),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('a password, code or role is not written without its owner, nor a row that was not loaded', async () => {
    const world = await addEnvironment(test.store);
    const { environmentId } = world;
    const { user } = await addUser(test.store, world);
    const value = { userId: user.id, environmentId, hash: 'h', forceChange: false, setAt: 1, failures: 0 };
    await expect(commit(test.store, environmentId, { kind: 'put', entity: 'password', value })).rejects.toThrow(
      StorageFault,
    );
    const beside: readonly Write[] = [
      {
        kind: 'put',
        entity: 'userCode',
        value: { environmentId, userId: user.id, use: 'recovery', sends: 0, failures: 0 },
      },
      { kind: 'put', entity: 'roles', value: { environmentId, ownerId: user.id, roles: [] } },
    ];
    for (const write of beside) await expect(commit(test.store, environmentId, write)).rejects.toThrow(StorageFault);
    const group = await addGroup(world);
    await expect(commit(test.store, environmentId, { kind: 'delete', entity: 'group', value: group })).rejects.toThrow(
      StorageFault,
    );
  });
});
