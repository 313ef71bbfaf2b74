import type { AuditEvent, Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail, telling } from '../audit/trail.js';
import type { EventSink } from '../events.js';
import type { Millis } from '../kernel/clock.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import type { EnvironmentId } from '../platform/model.js';
import type { Store } from '../storage/port.js';
import { createPolicy, deletePolicy, updatePolicy } from './decide.js';
import { type Fido2Migration, migrateToFido2 } from './fido2-migration.js';
import { replaceMfaSettings, resetMfaSettings } from './mfa-settings.js';
import type { MfaSettingsDocument } from './mfa-settings-document.js';
import type { DeviceAuthenticationPolicy, MfaSettings } from './model.js';
import type { PolicyDocument } from './policy-document.js';
import type { PolicyRejection } from './rejection.js';

type Result<T> = Promise<Outcome<T, PolicyRejection>>;

/** Device authentication policies and MFA settings of an environment (wire: `30` §1, §3); changes are on record as done `by` whom. */
export interface PolicyService {
  /** By creation (`30` §1.5). */
  list(environmentId: EnvironmentId): Result<readonly DeviceAuthenticationPolicy[]>;
  read(environmentId: EnvironmentId, policyId: Uuid): Result<DeviceAuthenticationPolicy>;
  create(environmentId: EnvironmentId, document: PolicyDocument, by?: Requester): Result<DeviceAuthenticationPolicy>;
  update(
    environmentId: EnvironmentId,
    policyId: Uuid,
    document: PolicyDocument,
    by?: Requester,
  ): Result<DeviceAuthenticationPolicy>;
  delete(environmentId: EnvironmentId, policyId: Uuid, by?: Requester): Result<undefined>;
  /** The policies that were converted (`30` §1.6). */
  migrateToFido2(
    environmentId: EnvironmentId,
    migration: Fido2Migration,
  ): Result<readonly DeviceAuthenticationPolicy[]>;
  readMfaSettings(environmentId: EnvironmentId): Result<MfaSettings>;
  replaceMfaSettings(environmentId: EnvironmentId, document: MfaSettingsDocument, by?: Requester): Result<MfaSettings>;
  resetMfaSettings(environmentId: EnvironmentId, by?: Requester): Result<MfaSettings>;
}

export interface PolicyServiceParts {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
  /** Of codes, for policies that are written from now on; absent: what the reference allows (SEC-08). */
  readonly longestLifeTime?: Millis;
}

/** Every mutation is one `transact`: the store settles races on the one default and on names by the configuration's version. */
export function createPolicyService(parts: PolicyServiceParts): PolicyService {
  const { store, random, longestLifeTime } = parts;
  const trail = createTrail(parts);
  const bounds = longestLifeTime === undefined ? {} : { longestLifeTime };
  const configurationOf = async (environmentId: EnvironmentId) => {
    const { configuration } = await store.load({ environmentId });
    return configuration ? accept(configuration) : reject({ kind: 'EnvironmentNotFound', environmentId } as const);
  };
  const settingsChanged = (environmentId: EnvironmentId) => (): readonly AuditEvent[] => [
    { type: 'MFA_SETTINGS.UPDATED', environmentId },
  ];

  return {
    async list(environmentId) {
      const found = await configurationOf(environmentId);
      return found.ok ? accept([...found.value.policies.values()]) : found;
    },
    async read(environmentId, policyId) {
      const found = await configurationOf(environmentId);
      if (!found.ok) return found;
      const policy = found.value.policies.get(policyId);
      return policy ? accept(policy) : reject({ kind: 'PolicyNotFound', policyId });
    },
    create(environmentId, document, by) {
      const policyId = random.uuid();
      return trail.transact({ environmentId, documents: applicationsOf(document) }, by, (snapshot) =>
        telling(createPolicy(snapshot, { environmentId, policyId, document, ...bounds }), () =>
          policyEvents('CREATED', environmentId, policyId),
        ),
      );
    },
    update(environmentId, policyId, document, by) {
      return trail.transact({ environmentId, documents: applicationsOf(document) }, by, (snapshot) =>
        telling(updatePolicy(snapshot, { environmentId, policyId, document, ...bounds }), () =>
          policyEvents('UPDATED', environmentId, policyId),
        ),
      );
    },
    delete(environmentId, policyId, by) {
      return trail.transact({ environmentId }, by, (snapshot) =>
        telling(deletePolicy(snapshot, { environmentId, policyId }), () =>
          policyEvents('DELETED', environmentId, policyId),
        ),
      );
    },
    async migrateToFido2(environmentId, migration) {
      return migrateToFido2(await store.load({ environmentId }), { environmentId, migration });
    },
    async readMfaSettings(environmentId) {
      const found = await configurationOf(environmentId);
      return found.ok ? accept(found.value.mfaSettings) : found;
    },
    replaceMfaSettings: (environmentId, document, by) =>
      trail.transact({ environmentId }, by, (snapshot) =>
        telling(replaceMfaSettings(snapshot, { environmentId, document }), settingsChanged(environmentId)),
      ),
    resetMfaSettings: (environmentId, by) =>
      trail.transact({ environmentId }, by, (snapshot) =>
        telling(resetMfaSettings(snapshot, environmentId), settingsChanged(environmentId)),
      ),
  };
}

/** Names as in the audit vocabulary (`00` §11.4). */
function policyEvents(
  change: 'CREATED' | 'UPDATED' | 'DELETED',
  environmentId: EnvironmentId,
  policyId: Uuid,
): readonly AuditEvent[] {
  return [{ type: `DEVICE_AUTHENTICATION_POLICY.${change}`, environmentId, detail: { policyId } }];
}

/** The applications a document refers to, for its references to be checked in the same load. */
function applicationsOf(document: PolicyDocument) {
  return (document.mobile.applications ?? []).flatMap(({ id }) => {
    const application = parseUuid(id);
    return application ? [{ kind: 'application', id: application } as const] : [];
  });
}
