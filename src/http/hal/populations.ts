import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { Population } from '../../platform/population.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';

/** Wire: `00` §7.2. */
export const PopulationView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  id: Type.String(),
  environment: Reference,
  name: Type.String(),
  description: Type.Optional(Type.String()),
  default: Type.Boolean(),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export function populationView(population: Population, links: Links): Static<typeof PopulationView> {
  const { id, environmentId, name, description } = population;
  const environment = `/environments/${environmentId}`;
  return {
    _links: { self: links.api(`${environment}/populations/${id}`), environment: links.api(environment) },
    id,
    environment: { id: environmentId },
    name,
    ...(description === undefined ? {} : { description }),
    default: population.default,
    createdAt: toTimestamp(population.createdAt),
    updatedAt: toTimestamp(population.updatedAt),
  };
}
