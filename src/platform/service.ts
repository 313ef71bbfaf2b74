import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail, telling } from '../audit/trail.js';
import type { EventSink } from '../events.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Snapshot, Store } from '../storage/port.js';
import { allEnvironments, type License, type Organization, organizationsOf } from './environments/organization.js';
import { createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from './listing.js';
import type { Environment, EnvironmentId } from './model.js';
import type { PlatformRejection } from './rejection.js';

type Result<T> = Promise<Outcome<T, PlatformRejection>>;

/** Reading environments, and the organizations that they belong to (wire: `00` §7.1, §6.1). */
export interface PlatformService {
  /** Those that `isListed` says yes to: what the caller may see, and what the filter asks for. */
  environments(list: ListRequest, isListed: (environment: Environment) => boolean): Result<Listing<Environment>>;
  environment(environmentId: EnvironmentId): Result<Environment>;
  /** All there are. */
  organizations(): Promise<readonly Organization[]>;
  /** Gives a licence of this organization a name, on record in its oldest environment. */
  renameLicense(of: Organization, license: License, name: string, by?: Requester): Result<License>;
}

export interface PlatformServiceParts {
  readonly store: Pick<Store, 'load' | 'transact' | 'environments' | 'licenseNames'>;
  readonly digests: Pick<Digests, 'cursor'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

export function createPlatformService(parts: PlatformServiceParts): PlatformService {
  const { store, digests } = parts;
  const trail = createTrail(parts);
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

    async organizations() {
      const environments = await allEnvironments((page) => store.environments(page));
      return organizationsOf(environments, await store.licenseNames());
    },

    async renameLicense({ id: organizationId, environments }, license, name, by) {
      const [environmentId] = environments;
      if (environmentId === undefined) throw new TypeError('an organization has no environment');
      const { id: licenseId } = license;
      const value = { environmentId, organizationId, licenseId, name };
      return trail.transact({ environmentId }, by, ({ environment }) =>
        telling<License, PlatformRejection>(
          environment
            ? { writes: [{ kind: 'put', entity: 'licenseName', value }], outcome: accept({ ...license, name }) }
            : { writes: [], outcome: reject({ kind: 'EnvironmentNotFound', environmentId }) },
          () => [{ type: 'LICENSE.UPDATED', environmentId, detail: { licenseId } }],
        ),
      );
    },
  };
}
