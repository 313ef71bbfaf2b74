import { unitRangeProblems } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import { checked, notReferredToBy, oneDefault, unique } from '../../platform/managed/rules.js';
import { Fido2PolicyDocument, isFido2PolicyDocument } from './fido2-policy-document.js';

const KIND = 'fido2Policy';

/** FIDO policies of an environment (wire: `30` §2). What they mean to a ceremony is not said here. */
export const fido2Policies: ManagedResource = {
  kind: KIND,
  schema: Fido2PolicyDocument,
  noun: 'FIDO_POLICY',
  rules: [
    checked((document) => (isFido2PolicyDocument(document) ? problemsOf(document) : [])),
    unique(KIND, 'name'),
    oneDefault(KIND),
    notReferredToBy('deviceAuthenticationPolicy', 'fido2.fido2PolicyId'),
  ],
};

function problemsOf(document: Fido2PolicyDocument): readonly FieldProblem[] {
  return [
    ...unitRangeProblems(Fido2PolicyDocument, document),
    ...metadataProblems(document),
    ...displayNameProblems(document),
  ];
}

/** Without an attestation there is nothing to look up, and to look up is what an attestation is for (`30` §2.2). */
function metadataProblems({
  attestationRequirements,
  mdsAuthenticatorsRequirements: { option, allowedAuthenticators = [] },
}: Fido2PolicyDocument): readonly FieldProblem[] {
  const target = 'mdsAuthenticatorsRequirements';
  if ((attestationRequirements === 'NONE') !== (option === 'NONE'))
    return [
      {
        problem: 'invalid',
        target: `${target}.option`,
        message: 'must be NONE if attestationRequirements is, and only then',
      },
    ];
  return option === 'SPECIFIC' && allowedAuthenticators.length === 0
    ? [{ problem: 'required', target: `${target}.allowedAuthenticators` }]
    : [];
}

/** A user has a username always, and of a name there are parts (`30` §2.2). */
function displayNameProblems({
  userDisplayNameAttributes: { attributes },
}: Fido2PolicyDocument): readonly FieldProblem[] {
  const target = 'userDisplayNameAttributes.attributes';
  const nameless = attributes.every(({ name }) => name !== 'username');
  return [
    ...(nameless ? [{ problem: 'invalid', target, message: 'must include username' } as const] : []),
    ...attributes.flatMap(({ name, subAttributes = [] }, index): FieldProblem[] => {
      const parts = new Set(subAttributes.map((part) => part.name));
      const isWhole = parts.has('formatted') || (parts.has('given') && parts.has('family'));
      const message = 'must be given and family, or formatted';
      return name === 'name' && !isWhole
        ? [{ problem: 'invalid', target: `${target}[${index}].subAttributes`, message }]
        : [];
    }),
  ];
}
