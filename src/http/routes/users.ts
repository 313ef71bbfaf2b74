import type { Static } from 'typebox';
import { parseTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome } from '../../kernel/outcome.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { UserState } from '../../platform/rules.js';
import { parseUserFilter } from '../../platform/users/user-filter.js';
import type { UserService } from '../../platform/users/users.js';
import { invalid, invalidData, required, type WireError } from '../errors.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { type Beside, UserView, userView } from '../hal/users.js';
import { filterError } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply, vnd } from '../route.js';
import {
  CreateUserBody,
  ImportUserBody,
  importedPassword,
  importRefusal,
  LockBody,
  PatchUserBody,
  patchedAttributes,
  ReplaceUserBody,
  replacedAttributes,
  toCreateUser,
  toImportUser,
  unnamedProvider,
} from './user-request.js';
import { userStateRoutes } from './user-states.js';

const COLLECTION = '/environments/:envId/users';
const ITEM = `${COLLECTION}/:userId` as const;

/** Documented maximum of a page (wire: `00` §3.4). */
const USER_PAGE = 200;

const ReadQuery = Type.Object({
  expand: Type.Optional(Type.String({ maxLength: 256 })),
  include: Type.Optional(Type.String({ maxLength: 256 })),
});

const shown = (outcome: Outcome<UserState, PlatformRejection>, links: Links, status = 200): Reply | WireError =>
  outcome.ok ? reply(status, userView(outcome.value, links)) : platformError(outcome.rejection);

/** Users and what an administrator does to them (wire: `00` §8). */
export function usersRoutes(users: UserService): Route[] {
  return [
    ...collectionRoutes(users),
    ...readingRoutes(users),
    ...changingRoutes(users),
    ...userStateRoutes(users),
    ...lockRoutes(users),
  ];
}

function collectionRoutes(users: UserService): Route[] {
  return [
    defineRoute({
      id: 'user.list',
      summary: 'List users',
      source: '00 §8.1, §8.4',
      method: 'GET',
      base: 'api',
      path: COLLECTION,
      permission: 'users:read',
      query: ListQuery,
      replies: { 200: collectionView('users', UserView) },
      async handle({ params, query, links }) {
        const search = query.filter === undefined ? accept({}) : parseUserFilter(query.filter);
        if (!search.ok) return filterError(search.rejection);
        const listed = await users.list(params.envId, listRequest(query, USER_PAGE), search.value);
        if (!listed.ok) return platformError(listed.rejection);
        const items = listed.value.items.map((user) => userView(user, links));
        const path = `/environments/${params.envId}/users`;
        return reply(200, collection(links, path, query, 'users', { ...listed.value, items }));
      },
    }),
    defineRoute({
      id: 'user.create',
      summary: 'Create a user',
      source: '00 §8.1, §8.2',
      method: 'POST',
      base: 'api',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: CreateUserBody,
      replies: { 201: UserView },
      handle: async ({ params, body, links, by }) =>
        unnamedProvider(body.identityProvider, 'identityProvider.type') ??
        shown(await users.create(params.envId, toCreateUser(body), by), links, 201),
    }),
    defineRoute({
      id: 'user.import',
      summary: 'Import a user',
      source: '00 §8.1, §8.3',
      method: 'POST',
      base: 'api',
      path: COLLECTION,
      accepts: vnd('user.import'),
      permission: 'users:write',
      body: ImportUserBody,
      replies: { 201: UserView },
      partial: 'Passwords in clear text only; lists of commonly used ones are not there.',
      handle: async ({ params, body, links, by }) =>
        importRefusal(body) ??
        shown(await users.import(params.envId, toImportUser(body), importedPassword(body), by), links, 201),
    }),
  ];
}

function readingRoutes(users: UserService): Route[] {
  /** What the query asks to see beside the user; names that nobody knows are ignored (wire: `00` §3.5). */
  async function beside(state: UserState, { expand, include }: Static<typeof ReadQuery>): Promise<Beside> {
    const [expanded, included] = [namesIn(expand), namesIn(include)];
    const population = expanded.includes('population') ? await users.populationOf(state) : undefined;
    const [ids, names] = [included.includes('memberOfGroupIDs'), included.includes('memberOfGroupNames')];
    const groups = ids || names ? await users.groupsOf(state) : [];
    return {
      ...(population?.ok && population.value ? { population: population.value } : {}),
      ...(ids ? { groupIds: groups } : {}),
      ...(names ? { groupNames: groups } : {}),
    };
  }
  return [
    defineRoute({
      id: 'user.read',
      summary: 'Read a user',
      source: '00 §8.1, §3.5',
      method: 'GET',
      base: 'api',
      path: ITEM,
      permission: 'users:read',
      query: ReadQuery,
      replies: { 200: UserView },
      async handle({ params, query, links }) {
        const found = await users.read(params.envId, params.userId);
        if (!found.ok) return platformError(found.rejection);
        return reply(200, userView(found.value, links, await beside(found.value, query)));
      },
    }),
  ];
}

const namesIn = (list: string | undefined): readonly string[] => (list ?? '').split(',').map((name) => name.trim());

function changingRoutes(users: UserService): Route[] {
  const common = { base: 'api', path: ITEM, permission: 'users:write', replies: { 200: UserView } } as const;
  return [
    defineRoute({
      ...common,
      id: 'user.replace',
      summary: 'Replace a user’s attributes',
      source: '00 §8.1, §8.2, §2.4',
      method: 'PUT',
      accepts: JSON_TYPE,
      body: ReplaceUserBody,
      async handle({ params, body, links, by }) {
        const attributes = replacedAttributes(body);
        return shown(await users.change(params.envId, params.userId, body.username, () => attributes, by), links);
      },
    }),
    defineRoute({
      ...common,
      id: 'user.update',
      summary: 'Change some of a user’s attributes',
      source: '00 §8.1, §8.2, §2.4',
      method: 'PATCH',
      accepts: JSON_TYPE,
      body: PatchUserBody,
      async handle({ params, body, links, by }) {
        const cleared = (['username', 'email'] as const).filter((name) => body[name] === null);
        if (cleared.length > 0) return invalidData(...cleared.map(required));
        const username = body.username ?? undefined;
        return shown(
          await users.change(params.envId, params.userId, username, (user) => patchedAttributes(user, body), by),
          links,
        );
      },
    }),
    defineRoute({
      id: 'user.delete',
      summary: 'Delete a user, with devices, password and memberships',
      source: '00 §8.1',
      method: 'DELETE',
      base: 'api',
      path: ITEM,
      permission: 'users:write',
      replies: { 204: null },
      async handle({ params, by }) {
        const deleted = await users.delete(params.envId, params.userId, by);
        return deleted.ok ? reply(204) : platformError(deleted.rejection);
      },
    }),
  ];
}

function lockRoutes(users: UserService): Route[] {
  const common = {
    source: '00 §8.6',
    method: 'POST',
    base: 'api',
    path: ITEM,
    permission: 'users:write',
    emptyBody: true,
    replies: { 200: UserView },
  } as const;
  return [
    defineRoute({
      ...common,
      id: 'user.account.lock',
      summary: 'Lock a user’s account',
      accepts: vnd('account.lock'),
      body: LockBody,
      async handle({ params, body, links, by }) {
        const unlockAt = body.unlockAt === undefined ? undefined : parseTimestamp(body.unlockAt);
        if (body.unlockAt !== undefined && unlockAt === undefined)
          return invalidData(invalid('unlockAt', 'is not a valid date-time'));
        return shown(await users.lock(params.envId, params.userId, unlockAt, by), links);
      },
    }),
    defineRoute({
      ...common,
      id: 'user.account.unlock',
      summary: 'Unlock a user’s account, and end every count of failures',
      accepts: vnd('account.unlock'),
      handle: async ({ params, links, by }) => shown(await users.unlock(params.envId, params.userId, by), links),
    }),
  ];
}
