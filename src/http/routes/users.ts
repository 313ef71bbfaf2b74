import { parseTimestamp } from '../../kernel/clock.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { UserState } from '../../platform/rules.js';
import type { PlatformService } from '../../platform/service.js';
import { invalid, invalidData, type WireError } from '../errors.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { MfaEnabledView, mfaEnabledView, UserView, userView } from '../hal/users.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply, vnd } from '../route.js';
import { listUsers, USER_PAGE } from './user-list.js';
import { CreateUserBody, LockBody, MfaEnabledBody, toCreateUser } from './user-request.js';

const COLLECTION = '/environments/:envId/users';
const ITEM = `${COLLECTION}/:userId` as const;

const shown = (outcome: Outcome<UserState, PlatformRejection>, links: Links, status = 200): Reply | WireError =>
  outcome.ok ? reply(status, userView(outcome.value, links)) : platformError(outcome.rejection);

/** Users and what an administrator does to them (wire: `00` §8). */
export function usersRoutes(platform: PlatformService): Route[] {
  return [...collectionRoutes(platform), ...itemRoutes(platform), ...mfaRoutes(platform), ...lockRoutes(platform)];
}

function collectionRoutes(platform: PlatformService): Route[] {
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
      partial:
        'A filter must name the user by `username eq` or `id eq`; `email eq` and `population.id eq` may be added with `and`. ' +
        'No `_links.prev`, no `expand`, no `include`.',
      async handle({ params, query, links }) {
        const listed = await listUsers(platform, params.envId, query.filter, listRequest(query, USER_PAGE));
        if (!listed.ok) return listed.rejection;
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
      partial: 'No import, no custom attributes.',
      handle: async ({ params, body, links, by }) =>
        shown(await platform.createUser(params.envId, toCreateUser(body), by), links, 201),
    }),
  ];
}

function itemRoutes(platform: PlatformService): Route[] {
  return [
    defineRoute({
      id: 'user.read',
      summary: 'Read a user',
      source: '00 §8.1',
      method: 'GET',
      base: 'api',
      path: ITEM,
      permission: 'users:read',
      replies: { 200: UserView },
      partial: 'No `expand`, no `include`.',
      handle: async ({ params, links }) => shown(await platform.user(params.envId, params.userId), links),
    }),
    defineRoute({
      id: 'user.delete',
      summary: 'Delete a user, with devices',
      source: '00 §8.1',
      method: 'DELETE',
      base: 'api',
      path: ITEM,
      permission: 'users:write',
      replies: { 204: null },
      async handle({ params, by }) {
        const deleted = await platform.deleteUser(params.envId, params.userId, by);
        return deleted.ok ? reply(204) : platformError(deleted.rejection);
      },
    }),
  ];
}

function mfaRoutes(platform: PlatformService): Route[] {
  const common = {
    source: '00 §8.5, 20 §14',
    base: 'api',
    path: `${ITEM}/mfaEnabled`,
    replies: { 200: MfaEnabledView },
  } as const;
  const state = (outcome: Outcome<UserState, PlatformRejection>, links: Links): Reply | WireError =>
    outcome.ok ? reply(200, mfaEnabledView(outcome.value, links)) : platformError(outcome.rejection);
  return [
    defineRoute({
      ...common,
      id: 'user.mfaEnabled.read',
      summary: 'Whether MFA is enabled for a user',
      method: 'GET',
      permission: 'users:read',
      handle: async ({ params, links }) => state(await platform.user(params.envId, params.userId), links),
    }),
    defineRoute({
      ...common,
      id: 'user.mfaEnabled.update',
      summary: 'Enable or disable MFA for a user',
      method: 'PUT',
      accepts: JSON_TYPE,
      permission: 'users:write',
      body: MfaEnabledBody,
      handle: async ({ params, body, links, by }) =>
        state(await platform.setMfaEnabled(params.envId, params.userId, body.mfaEnabled, by), links),
    }),
  ];
}

function lockRoutes(platform: PlatformService): Route[] {
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
        return shown(await platform.lockUser(params.envId, params.userId, unlockAt, by), links);
      },
    }),
    defineRoute({
      ...common,
      id: 'user.account.unlock',
      summary: 'Unlock a user’s account, and end every count of failures',
      accepts: vnd('account.unlock'),
      handle: async ({ params, links, by }) => shown(await platform.unlockUser(params.envId, params.userId, by), links),
    }),
  ];
}
