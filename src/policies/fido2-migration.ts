import type { Static } from 'typebox';
import { Reference } from '../kernel/document-schema.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import { Type } from '../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { EnvironmentId } from '../platform/model.js';
import type { Snapshot } from '../storage/port.js';
import type { DeviceAuthenticationPolicy } from './model.js';
import type { PolicyRejection } from './rejection.js';

/** Which FIDO policy converted policies get (wire: `30` §1.6). */
export const Fido2Migration = Type.Object({
  migrationData: Type.Optional(
    Type.Array(Type.Object({ deviceAuthenticationPolicyId: Reference, fido2PolicyId: Type.Optional(Reference) }), {
      maxItems: 1000,
    }),
  ),
});
export type Fido2Migration = Static<typeof Fido2Migration>;

/**
 * The policies converted from `platform` and `securityKey` to `fido2`: none, because neither is ever stored (`30` §1.6). Ids
 * that are named must exist; there are no FIDO policies in this release, so no id of one does.
 */
export function migrateToFido2(
  snapshot: Snapshot,
  command: { readonly environmentId: EnvironmentId; readonly migration: Fido2Migration },
): Outcome<readonly DeviceAuthenticationPolicy[], PolicyRejection> {
  const { configuration } = snapshot;
  if (!configuration) return reject({ kind: 'EnvironmentNotFound', environmentId: command.environmentId });
  const known = new Set<string>(configuration.policies.keys());
  const problems = (command.migration.migrationData ?? []).flatMap((entry, index): FieldProblem[] => [
    ...(known.has(entry.deviceAuthenticationPolicyId)
      ? []
      : [unknown(`migrationData[${index}].deviceAuthenticationPolicyId`, 'a device authentication policy')]),
    ...(entry.fido2PolicyId === undefined ? [] : [unknown(`migrationData[${index}].fido2PolicyId`, 'a FIDO policy')]),
  ]);
  return problems.length > 0 ? reject({ kind: 'InvalidDocument', problems }) : accept([]);
}

function unknown(target: string, referent: string): FieldProblem {
  return { problem: 'invalid', target, message: `must be the id of ${referent} of this environment` };
}
