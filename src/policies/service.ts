import type { Requester } from '../audit/record.js';
import { createTrail, type TrailParts, telling } from '../audit/trail.js';
import type { Outcome } from '../kernel/outcome.js';
import type { ManagedRejection } from '../platform/managed/rejection.js';
import type { EnvironmentId, StoredDocument } from '../platform/model.js';
import { FIDO2_MIGRATION_READS, type Fido2Migration, migrateToFido2 } from './fido2/fido2-migration.js';

/** What is done to policies beside the commands of every managed resource; changes are on record as done `by` whom. */
export interface PolicyService {
  /** The policies that changed (`30` §1.6). */
  migrateToFido2(
    environmentId: EnvironmentId,
    migration: Fido2Migration,
    by?: Requester,
  ): Promise<Outcome<readonly StoredDocument[], ManagedRejection>>;
}

export function createPolicyService(parts: TrailParts): PolicyService {
  const trail = createTrail(parts);
  return {
    migrateToFido2: (environmentId, migration, by) =>
      trail.transact({ environmentId, documents: FIDO2_MIGRATION_READS }, by, (snapshot) =>
        telling(migrateToFido2(snapshot, { environmentId, migration }), (changed) =>
          changed.map(({ id }) => ({ type: 'DEVICE_AUTHENTICATION_POLICY.UPDATED', environmentId, detail: { id } })),
        ),
      ),
  };
}
