import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Snapshot, Store } from '../storage/port.js';
import { createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from './listing.js';
import type { Environment, EnvironmentId } from './model.js';
import { allEnvironments, type Organization, organizationsOf } from './organization.js';
import type { PlatformRejection } from './rejection.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Reading environments, and the organizations that they belong to (wire: `00` §7.1, §6.1). */
export interface PlatformService {
  /** Those that `isListed` says yes to: what the caller may see, and what the filter asks for. */
  environments(list: ListRequest, isListed: (environment: Environment) => boolean): Result<Listing<Environment>>;
  environment(environmentId: EnvironmentId): Result<Environment>;
  /** All there are. */
  organizations(): Promise<readonly Organization[]>;
}

export interface PlatformServiceParts {
  readonly store: Pick<Store, 'load' | 'environments'>;
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

    organizations: async () => organizationsOf(await allEnvironments((page) => store.environments(page))),
  };
}
