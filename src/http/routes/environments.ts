import type { FilterRules } from '../../kernel/filter.js';
import type { PlatformService } from '../../platform/service.js';
import { isPermitted } from '../auth.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import { EnvironmentView, environmentView } from '../hal/environments.js';
import { readListFilter } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, type Route, reply } from '../route.js';

/** Wire: `00` §3.6. */
const FILTER: FilterRules = {
  attributes: { name: ['sw'], id: ['eq'], 'organization.id': ['eq'], 'license.id': ['eq'] },
  combinators: ['and'],
};
const PAGE = 1_000;

/** Reading environments (wire: `00` §7.1). */
export function environmentsRoutes(platform: PlatformService): Route[] {
  return [
    defineRoute({
      id: 'environment.list',
      summary: 'List the environments that the caller’s roles cover',
      source: '00 §7.1',
      method: 'GET',
      base: 'api',
      path: '/environments',
      permission: 'environments:read',
      query: ListQuery,
      replies: { 200: collectionView('environments', EnvironmentView) },
      async handle({ actor, query, links }) {
        const filter = readListFilter(query.filter, FILTER);
        if (!filter.ok) return filter.rejection;
        const listed = await platform.environments(
          listRequest(query, PAGE),
          (environment) =>
            isPermitted(actor, 'environments:read', environment) &&
            filter.value.accepts(
              (name) =>
                ({
                  name: environment.name,
                  id: environment.id,
                  'organization.id': environment.organizationId,
                  'license.id': environment.licenseId,
                })[name],
            ),
        );
        if (!listed.ok) return platformError(listed.rejection);
        const items = listed.value.items.map((environment) => environmentView(environment, links));
        return reply(200, collection(links, '/environments', query, 'environments', { ...listed.value, items }));
      },
    }),
    defineRoute({
      id: 'environment.read',
      summary: 'Read an environment',
      source: '00 §7.1',
      method: 'GET',
      base: 'api',
      path: '/environments/:envId',
      permission: 'environments:read',
      replies: { 200: EnvironmentView },
      async handle({ params, links }) {
        const found = await platform.environment(params.envId);
        return found.ok ? reply(200, environmentView(found.value, links)) : platformError(found.rejection);
      },
    }),
  ];
}
