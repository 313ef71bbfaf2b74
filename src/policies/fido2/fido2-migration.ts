import type { Static } from 'typebox';
import { Reference } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { isJsonObject, type Json } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { EnvironmentId, StoredDocument } from '../../platform/model.js';
import type { Decision, Snapshot } from '../../storage/port.js';

/** Which FIDO policy converted policies get (wire: `30` §1.6). */
export const Fido2Migration = Type.Object({
  migrationData: Type.Optional(
    Type.Array(Type.Object({ deviceAuthenticationPolicyId: Reference, fido2PolicyId: Type.Optional(Reference) }), {
      maxItems: 400,
    }),
  ),
});
export type Fido2Migration = Static<typeof Fido2Migration>;

export interface MigrateToFido2 {
  readonly environmentId: EnvironmentId;
  readonly migration: Fido2Migration;
}

/** The documents that `migrateToFido2` looks at. */
export const FIDO2_MIGRATION_READS = [{ kind: 'deviceAuthenticationPolicy' }, { kind: 'fido2Policy' }] as const;

/**
 * The policies that changed. None is converted from `platform` and `securityKey`, because neither is ever stored; a FIDO policy
 * that the request names for a policy is put into it (`30` §1.6). Every id that is named must exist (SEC-43).
 */
export function migrateToFido2(
  { environment, documents, now }: Snapshot,
  { environmentId, migration: { migrationData = [] } }: MigrateToFido2,
): Decision<Outcome<readonly StoredDocument[], ManagedRejection>> {
  if (!environment) return { writes: [], outcome: reject({ kind: 'EnvironmentNotFound', environmentId }) };
  const isThere = (kind: StoredDocument['kind'], id: string): boolean =>
    documents.some((stored) => stored.kind === kind && stored.id === id);
  const problems = migrationData.flatMap((entry, index): FieldProblem[] => [
    ...(isThere('deviceAuthenticationPolicy', entry.deviceAuthenticationPolicyId)
      ? []
      : [unknown(`migrationData[${index}].deviceAuthenticationPolicyId`, 'a device authentication policy')]),
    ...(entry.fido2PolicyId === undefined || isThere('fido2Policy', entry.fido2PolicyId)
      ? []
      : [unknown(`migrationData[${index}].fido2PolicyId`, 'a FIDO policy')]),
  ]);
  if (problems.length > 0) return { writes: [], outcome: reject({ kind: 'InvalidDocument', problems }) };
  const named = new Map<string, string>();
  for (const { deviceAuthenticationPolicyId, fido2PolicyId } of migrationData)
    if (fido2PolicyId !== undefined) named.set(deviceAuthenticationPolicyId, fido2PolicyId);
  const changed = documents.flatMap((stored): StoredDocument[] => {
    const fido2PolicyId = stored.kind === 'deviceAuthenticationPolicy' ? named.get(stored.id) : undefined;
    if (fido2PolicyId === undefined) return [];
    const fido2 = withFido2Policy(stored.body['fido2'], fido2PolicyId);
    return [{ ...stored, body: { ...stored.body, fido2 }, updatedAt: Math.max(now, stored.updatedAt) }];
  });
  return {
    writes: changed.map((value) => ({ kind: 'put', entity: 'document', value })),
    outcome: accept(changed),
  };
}

/** A policy without a section has the method off (`30` §1.2), and keeps it off. */
function withFido2Policy(section: Json | undefined, fido2PolicyId: string): Json {
  return { ...(isJsonObject(section) ? section : { enabled: false }), fido2PolicyId };
}

function unknown(target: string, referent: string): FieldProblem {
  return { problem: 'invalid', target, message: `must be the id of ${referent} of this environment` };
}
