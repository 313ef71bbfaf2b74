import { durationIn, oneOf, Reference } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { MobileOtp, PairingKeyLifetime } from './method-sections.js';

const Switch = Type.Object({ enabled: Type.Boolean() });
const PushSpan = durationIn(['MINUTES', 1, 120], ['SECONDS', 60, 7200]);

/** Applications of one policy: each is looked up when the policy is written. The reference gives no limit. */
export const MAX_APPLICATIONS = 100;

/** One native application that can be paired under the policy (wire: `30` §1.3.3). */
const MobileApplication = Type.Object({
  id: Reference,
  type: Type.Optional(oneOf('pingIdAppConfig')),
  push: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      numberMatching: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
    }),
  ),
  otp: Type.Optional(Switch),
  pushTimeout: Type.Optional(durationIn(['SECONDS', 1, 150])),
  pairingKeyLifetime: Type.Optional(PairingKeyLifetime),
  pushLimit: Type.Optional(
    Type.Object({
      count: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
      timePeriod: Type.Optional(PushSpan),
      lockDuration: Type.Optional(PushSpan),
    }),
  ),
  deviceAuthorization: Type.Optional(
    Type.Object({
      enabled: Type.Boolean(),
      extraVerification: Type.Optional(oneOf('permissive', 'restrictive')),
    }),
  ),
  autoEnrollment: Type.Optional(Switch),
  integrityDetection: Type.Optional(oneOf('permissive', 'restrictive')),
  pairingDisabled: Type.Optional(Type.Boolean()),
  biometricsEnabled: Type.Optional(Type.Boolean()),
  newRequestDurationConfiguration: Type.Optional(
    Type.Object({
      deviceTimeout: Type.Optional(durationIn(['SECONDS', 15, 75])),
      totalTimeout: Type.Optional(durationIn(['SECONDS', 30, 90])),
    }),
  ),
  ipPairingConfiguration: Type.Optional(
    Type.Object({
      /** The wire's spelling, with one "d". */
      anyIPAdress: Type.Optional(Type.Boolean()),
      onlyTheseIpAddresses: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 1000 })),
    }),
  ),
});

/** `mobile` (wire: `30` §1.3.2). It has no `pairingDisabled` of its own: each application has. */
export const MobileSection = Type.Object({
  enabled: Type.Boolean(),
  promptForNicknameOnPairing: Type.Optional(Type.Boolean()),
  otp: MobileOtp,
  applications: Type.Optional(Type.Array(MobileApplication, { maxItems: MAX_APPLICATIONS })),
});
