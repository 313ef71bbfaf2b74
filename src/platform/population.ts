import type { Instant } from '../kernel/clock.js';
import type { EnvironmentId, PopulationId, StoredDocument } from './model.js';

/** A group of users that policies of the platform may tell apart (wire: `00` §7.2). */
export interface Population {
  readonly id: PopulationId;
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly description?: string;
  readonly default: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

export class PopulationDocumentError extends Error {
  override readonly name = 'PopulationDocumentError';
}

/** The default one is the environment's to name: a document cannot claim to be it. */
export function toPopulation(document: StoredDocument, defaultPopulationId: PopulationId): Population {
  const { id, environmentId, body, createdAt, updatedAt } = document;
  const { name, description } = body;
  if (typeof name !== 'string') throw new PopulationDocumentError(`population ${id} does not decode`);
  return {
    id,
    environmentId,
    name,
    ...(typeof description === 'string' ? { description } : {}),
    default: id === defaultPopulationId,
    createdAt,
    updatedAt,
  };
}
