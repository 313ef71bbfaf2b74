import type { Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Snapshot, Store } from '../storage/port.js';
import { createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from './listing.js';
import type { Environment, EnvironmentId } from './model.js';
import { allEnvironments } from './organization.js';
import { type Population, toPopulation } from './population.js';
import type { PlatformRejection } from './rejection.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Environments and populations (wire: `00` §7). */
export interface PlatformService {
  /** Those that `isListed` says yes to: what the caller may see, and what the filter asks for. */
  environments(list: ListRequest, isListed: (environment: Environment) => boolean): Result<Listing<Environment>>;
  environment(environmentId: EnvironmentId): Result<Environment>;
  populations(
    environmentId: EnvironmentId,
    list: ListRequest,
    isListed: (population: Population) => boolean,
  ): Result<Listing<Population>>;
  population(environmentId: EnvironmentId, populationId: Uuid): Result<Population>;
}

export interface PlatformServiceParts {
  readonly store: Pick<Store, 'load' | 'environments' | 'documents'>;
  readonly digests: Pick<Digests, 'cursor'>;
}

export function createPlatformService({ store, digests }: PlatformServiceParts): PlatformService {
  const cursors = createCursors(digests);

  async function loadEnvironment(
    environmentId: EnvironmentId,
  ): Result<Snapshot & { readonly environment: Environment }> {
    const snapshot = await store.load({ environmentId });
    const { environment } = snapshot;
    return environment ? accept({ ...snapshot, environment }) : reject({ kind: 'EnvironmentNotFound', environmentId });
  }

  return {
    environments: (list, isListed) =>
      listPage(cursors, ['environments'], list, async (request) => {
        const all = await allEnvironments((page) => store.environments(page));
        return pageOf(all.filter(isListed), request, creationKey);
      }),

    async environment(environmentId) {
      const found = await loadEnvironment(environmentId);
      return found.ok ? accept(found.value.environment) : found;
    },

    async populations(environmentId, list, isListed) {
      const found = await loadEnvironment(environmentId);
      if (!found.ok) return found;
      const { defaultPopulationId } = found.value.environment;
      return listPage(cursors, [environmentId, 'populations'], list, async (request) => {
        const documents = await store.documents(environmentId, { kind: 'population' });
        const all = documents.map((document) => toPopulation(document, defaultPopulationId));
        return pageOf(all.filter(isListed), request, creationKey);
      });
    },

    async population(environmentId, populationId) {
      const { environment, documents } = await store.load({
        environmentId,
        documents: [{ kind: 'population', id: populationId }],
      });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const [document] = documents;
      return document
        ? accept(toPopulation(document, environment.defaultPopulationId))
        : reject({ kind: 'PopulationNotFound' });
    },
  };
}
