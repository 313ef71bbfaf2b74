import type { Static } from 'typebox';
import { durationIn, fits, oneOf } from '../../kernel/document-schema.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';

const DOMAIN = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** A lower-case domain name, or `localhost` (`30` §2.2, `20` §8.1). */
export const RELYING_PARTY_ID = `^${DOMAIN}(?:\\.${DOMAIN})*$`;

const Name = Type.String({ minLength: 1, maxLength: 256 });

/** The writable members of a FIDO policy (wire: `30` §2.2). */
export const Fido2PolicyDocument = Type.Object({
  name: Name,
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  default: Type.Optional(Type.Boolean()),
  attestationRequirements: oneOf('NONE', 'DIRECT', 'ENTERPRISE'),
  authenticatorAttachment: oneOf('PLATFORM', 'CROSS_PLATFORM', 'BOTH'),
  backupEligibility: Type.Object({ allow: Type.Boolean(), enforceDuringAuthentication: Type.Boolean() }),
  deviceDisplayName: Type.String({ minLength: 1, maxLength: 100 }),
  discoverableCredentials: oneOf('DISCOURAGED', 'PREFERRED', 'REQUIRED'),
  mdsAuthenticatorsRequirements: Type.Object({
    option: oneOf('NONE', 'AUDIT_ONLY', 'GLOBAL', 'CERTIFIED', 'SPECIFIC'),
    enforceDuringAuthentication: Type.Boolean(),
    /** Opaque identifiers of the metadata service; arbitrary texts are taken, none is looked up. */
    allowedAuthenticators: Type.Optional(Type.Array(Type.Object({ id: Name }), { maxItems: 500 })),
  }),
  relyingPartyId: Type.String({ maxLength: 253, pattern: RELYING_PARTY_ID }),
  userDisplayNameAttributes: Type.Object({
    attributes: Type.Array(
      Type.Object({
        name: Name,
        subAttributes: Type.Optional(Type.Array(Type.Object({ name: Name }), { maxItems: 10 })),
      }),
      { minItems: 1, maxItems: 6 },
    ),
  }),
  userVerification: Type.Object({
    option: oneOf('REQUIRED', 'PREFERRED', 'DISCOURAGED'),
    enforceDuringAuthentication: Type.Boolean(),
    pinRequirement: Type.Optional(
      Type.Object({
        option: Type.Optional(oneOf('OPTIONAL', 'REQUIRED', 'NONE')),
        /** The longest PIN that an authenticator takes has 63 bytes (CTAP 2.1 §6.5.1). */
        minLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 63 })),
      }),
    ),
  }),
  userPresenceTimeout: Type.Optional(durationIn(['MINUTES', 1, 10], ['SECONDS', 60, 600])),
  publicKeyCredentialHints: Type.Optional(
    Type.Array(oneOf('SECURITY_KEY', 'CLIENT_DEVICE', 'HYBRID'), { minItems: 1, maxItems: 3 }),
  ),
  aggregateDevices: Type.Optional(Type.Boolean()),
  eaUniqueIdentifierAttribute: Type.Optional(Type.Object({ name: Name })),
});
export type Fido2PolicyDocument = Static<typeof Fido2PolicyDocument>;

const isFit = fits(Fido2PolicyDocument);

export function isFido2PolicyDocument(value: JsonObject): value is JsonObject & Fido2PolicyDocument {
  return isFit(value);
}

const isDomain = new RegExp(RELYING_PARTY_ID);

/** The relying party of a server whose `{authPath}` this is: its host, or `localhost` for one that has no name (`30` §2.3). */
export function relyingPartyIdOf(authPath: string): string {
  const { hostname } = new URL(authPath);
  return isDomain.test(hostname) && !/^[0-9.]+$/.test(hostname) ? hostname : 'localhost';
}

/** The two policies of a new environment, the default first (`30` §2.3). */
export function factoryFido2Policies(
  relyingPartyId: string,
): readonly [passkeys: JsonObject & Fido2PolicyDocument, securityKey: JsonObject & Fido2PolicyDocument] {
  const common = {
    attestationRequirements: 'NONE' as const,
    backupEligibility: { allow: true, enforceDuringAuthentication: false },
    mdsAuthenticatorsRequirements: { option: 'NONE' as const, enforceDuringAuthentication: false },
    relyingPartyId,
    userDisplayNameAttributes: { attributes: [{ name: 'username' }] },
    userPresenceTimeout: { duration: 2, timeUnit: 'MINUTES' as const },
  };
  return [
    {
      name: 'Passkeys',
      default: true,
      ...common,
      authenticatorAttachment: 'BOTH',
      deviceDisplayName: 'fidoPolicy.deviceDisplayName01',
      discoverableCredentials: 'PREFERRED',
      userVerification: { option: 'PREFERRED', enforceDuringAuthentication: false },
    },
    {
      name: 'Security key',
      default: false,
      ...common,
      authenticatorAttachment: 'CROSS_PLATFORM',
      deviceDisplayName: 'fidoPolicy.deviceDisplayName02',
      discoverableCredentials: 'DISCOURAGED',
      userVerification: { option: 'DISCOURAGED', enforceDuringAuthentication: false },
    },
  ];
}
