import type { Static } from 'typebox';
import { durationIn, fits, knownMembers, oneOf, Reference } from '../../kernel/document-schema.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { DesktopSection, Fido2Section, SentMethodSection, TokenSection, TotpSection } from './method-sections.js';
import { MobileSection } from './mobile-section.js';

/**
 * The writable members of a device authentication policy (wire: `30` §1.2, §1.3). Read-only members and unknown ones, the
 * legacy `platform` and `securityKey` among them, are taken and ignored.
 */
export const PolicyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  default: Type.Boolean(),
  authentication: Type.Optional(
    Type.Object({
      deviceSelection: Type.Optional(oneOf('DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT', 'ALWAYS_DISPLAY_DEVICES')),
    }),
  ),
  newDeviceNotification: Type.Optional(oneOf('NONE', 'EMAIL_THEN_SMS', 'SMS_THEN_EMAIL')),
  ignoreUserLock: Type.Optional(Type.Boolean()),
  notificationsPolicy: Type.Optional(Type.Object({ id: Reference })),
  rememberMe: Type.Optional(
    Type.Object({
      web: Type.Object({
        enabled: Type.Boolean(),
        lifeTime: durationIn(['MINUTES', 1, 129_600], ['HOURS', 1, 2160], ['DAYS', 1, 90]),
      }),
    }),
  ),
  sms: SentMethodSection,
  voice: SentMethodSection,
  email: SentMethodSection,
  whatsApp: Type.Optional(SentMethodSection),
  mobile: MobileSection,
  totp: TotpSection,
  fido2: Type.Optional(Fido2Section),
  oathToken: Type.Optional(TokenSection),
  desktop: Type.Optional(DesktopSection),
  yubikey: Type.Optional(TokenSection),
});
export type PolicyDocument = Static<typeof PolicyDocument>;

const isFit = fits(PolicyDocument);

export function isPolicyDocument(value: JsonObject): value is JsonObject & PolicyDocument {
  return isFit(value);
}

/** The document with the members it may have, in the order they were sent, and no other (SEC-45; `30` §0.3). */
export function withKnownMembers(document: PolicyDocument): JsonObject & PolicyDocument {
  const known = knownMembers(PolicyDocument, document);
  if (!isJsonObject(known) || !isPolicyDocument(known))
    throw new TypeError('a policy that fits its schema no longer does without unknown members');
  return known;
}
