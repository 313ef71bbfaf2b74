import { knownDocument } from '../../kernel/document-schema.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decision, Snapshot, Write } from '../../storage/port.js';
import type { Environment, EnvironmentId } from '../model.js';
import { BillOfMaterialsDocument } from './bill-of-materials.js';

/** What a caller says of an environment; its type and region are said once (wire: `00` §7.1). */
export interface EnvironmentTerms extends Pick<Environment, 'name' | 'type' | 'region'> {
  readonly description?: string;
  readonly icon?: string;
  /** Absent: the only one there is, or the one that it has. */
  readonly licenseId?: Uuid;
}

/** Why an environment cannot be made, changed or deleted. */
export type EnvironmentRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'EnvironmentNameTaken'; readonly holder: EnvironmentId }
  | { readonly kind: 'LicenseUnknown' }
  | { readonly kind: 'RegionFixed' }
  /** Only a sandbox can be deleted. */
  | { readonly kind: 'ProductionKept' };

export type EnvironmentDecision = Decision<Outcome<Environment, EnvironmentRejection>>;

const refuse = (
  rejection: EnvironmentRejection,
): { readonly writes: readonly Write[]; readonly outcome: Outcome<never, EnvironmentRejection> } => ({
  writes: [],
  outcome: reject(rejection),
});

/** The licences of an organization, as they were a moment ago. */
export type Licenses = ReadonlySet<Uuid>;

/** A new environment with all that belongs to one, unless its name is taken. `provisioned` is its write set. */
export function createEnvironment(
  { environmentNameHolder: holder }: Snapshot,
  { licenseId }: EnvironmentTerms,
  licenses: Licenses,
  provisioned: readonly Write[],
): EnvironmentDecision {
  if (licenseId && !licenses.has(licenseId)) return refuse({ kind: 'LicenseUnknown' });
  if (holder) return refuse({ kind: 'EnvironmentNameTaken', holder });
  const made = provisioned.find((write) => write.entity === 'environment' && write.kind === 'insert');
  if (made?.entity !== 'environment') throw new TypeError('a new environment is not among its writes');
  return { writes: provisioned, outcome: accept(made.value) };
}

/** The environment with something about it changed. */
function changed(
  { environment, now, environmentNameHolder: holder }: Snapshot,
  environmentId: EnvironmentId,
  change: (environment: Environment) => Outcome<Environment, EnvironmentRejection>,
): EnvironmentDecision {
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const after = change(environment);
  if (!after.ok) return refuse(after.rejection);
  if (holder && holder !== environmentId) return refuse({ kind: 'EnvironmentNameTaken', holder });
  const value = { ...after.value, updatedAt: Math.max(now, environment.updatedAt) };
  return { writes: [{ kind: 'update', entity: 'environment', value }], outcome: accept(value) };
}

/** Replaces what `PUT` can: not the type, which is changed on a path of its own, nor the region, which cannot change at all. */
export function replaceEnvironment(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  { name, region, description, icon, licenseId }: EnvironmentTerms,
  licenses: Licenses,
): EnvironmentDecision {
  return changed(snapshot, environmentId, (environment) => {
    if (licenseId && !licenses.has(licenseId)) return reject({ kind: 'LicenseUnknown' });
    if (region !== environment.region) return reject({ kind: 'RegionFixed' });
    const { description: _, icon: __, ...kept } = environment;
    return accept({
      ...kept,
      name,
      licenseId: licenseId ?? environment.licenseId,
      ...(description === undefined ? {} : { description }),
      ...(icon === undefined ? {} : { icon }),
    });
  });
}

export function setEnvironmentType(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  type: Environment['type'],
): EnvironmentDecision {
  return changed(snapshot, environmentId, (environment) => accept({ ...environment, type }));
}

/** Announces that it will be deleted, or takes that back. */
export function setDeletePending(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  isPending: boolean,
): EnvironmentDecision {
  return changed(snapshot, environmentId, (environment) => {
    const { softDeletedAt = snapshot.now, ...kept } = environment;
    return accept(isPending ? { ...kept, softDeletedAt } : kept);
  });
}

export function setBillOfMaterials(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  document: JsonObject,
): EnvironmentDecision {
  const billOfMaterials = { document: knownDocument(BillOfMaterialsDocument, document), updatedAt: snapshot.now };
  return changed(snapshot, environmentId, (environment) => accept({ ...environment, billOfMaterials }));
}

/** Deletes a sandbox with all that belongs to it (wire: `00` §7.1). */
export function deleteEnvironment({ environment }: Snapshot, environmentId: EnvironmentId): EnvironmentDecision {
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  if (environment.type === 'PRODUCTION') return refuse({ kind: 'ProductionKept' });
  return { writes: [{ kind: 'delete', entity: 'environment', value: environment }], outcome: accept(environment) };
}
