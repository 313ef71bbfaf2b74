import type { PlatformService } from '../../platform/service.js';
import type { FilterRules } from '../filter.js';
import { collection, collectionView, ListQuery, listRequest } from '../hal/collection.js';
import { PopulationView, populationView } from '../hal/populations.js';
import { readListFilter } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, type Route, reply } from '../route.js';

/** Wire: `00` §3.6. */
const FILTER: FilterRules = { attributes: { name: ['sw'], id: ['eq'] }, combinators: ['and'] };
const PAGE = 1_000;

/** Reading populations (wire: `00` §7.2). */
export function populationsRoutes(platform: PlatformService): Route[] {
  return [
    defineRoute({
      id: 'population.list',
      summary: 'List the populations of an environment',
      source: '00 §7.2',
      method: 'GET',
      base: 'api',
      path: '/environments/:envId/populations',
      permission: 'populations:read',
      query: ListQuery,
      replies: { 200: collectionView('populations', PopulationView) },
      partial: 'No `userCount`.',
      async handle({ params, query, links }) {
        const filter = readListFilter(query.filter, FILTER);
        if (!filter.ok) return filter.rejection;
        const listed = await platform.populations(params.envId, listRequest(query, PAGE), ({ name, id }) =>
          filter.value.accepts((attribute) => ({ name, id })[attribute]),
        );
        if (!listed.ok) return platformError(listed.rejection);
        const path = `/environments/${params.envId}/populations`;
        const items = listed.value.items.map((population) => populationView(population, links));
        return reply(200, collection(links, path, query, 'populations', { ...listed.value, items }));
      },
    }),
    defineRoute({
      id: 'population.read',
      summary: 'Read a population',
      source: '00 §7.2',
      method: 'GET',
      base: 'api',
      path: '/environments/:envId/populations/:populationId',
      permission: 'populations:read',
      replies: { 200: PopulationView },
      partial: 'No `userCount`.',
      async handle({ params, links }) {
        const found = await platform.population(params.envId, params.populationId);
        return found.ok ? reply(200, populationView(found.value, links)) : platformError(found.rejection);
      },
    }),
  ];
}
