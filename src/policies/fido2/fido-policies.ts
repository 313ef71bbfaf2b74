import { oneOf } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import { checked, oneDefault, unique } from '../../platform/managed/rules.js';

const KIND = 'fidoPolicy';

/**
 * The writable members of a legacy FIDO policy (wire: `30` §2.1; the fields are those that the public Go SDK declares): what an
 * authenticator was asked for before `fido2Policies`. Lengths are those of its successor (`30` §2.2).
 */
export const FidoPolicyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  attestationRequirements: oneOf('NONE', 'AUDIT_ONLY', 'GLOBAL', 'CERTIFIED', 'SPECIFIC'),
  /** Opaque identifiers of the metadata service; arbitrary texts are taken, none is looked up. */
  allowedAuthenticators: Type.Optional(
    Type.Array(Type.Object({ id: Type.String({ minLength: 1, maxLength: 256 }) }), { maxItems: 500 }),
  ),
  enforceDuringAuthentication: Type.Optional(Type.Boolean()),
  default: Type.Optional(Type.Boolean()),
  residentKeyRequirement: oneOf('DISCOURAGED', 'REQUIRED'),
});

/**
 * Legacy FIDO policies of an environment, which none is born with (wire: `30` §0.5, §2.1). They are kept and shown, and no ceremony
 * reads them: `fido2Policies` are in force. The legacy sections of MFA policies that name one are ignored (`30` §1.2), so a name in
 * them neither has to be right nor keeps a policy from being deleted.
 */
export const fidoPolicies: ManagedResource = {
  kind: KIND,
  schema: FidoPolicyDocument,
  noun: 'FIDO_POLICY',
  rules: [checked(allowedProblems), unique(KIND, 'name'), oneDefault(KIND)],
};

/** Nobody could use a policy that allows none in particular (`30` §2.2, of its successor). */
function allowedProblems({ attestationRequirements, allowedAuthenticators }: JsonObject): readonly FieldProblem[] {
  const isNone = !Array.isArray(allowedAuthenticators) || allowedAuthenticators.length === 0;
  return attestationRequirements === 'SPECIFIC' && isNone
    ? [{ problem: 'required', target: 'allowedAuthenticators' }]
    : [];
}
