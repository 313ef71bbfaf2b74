import type { Static } from 'typebox';
import { fits, knownMembers, oneOf } from '../kernel/document-schema.js';
import { isJsonObject, type JsonObject } from '../kernel/json.js';
import { Type } from '../kernel/json-schema.js';

/** Devices a user may have at most, whatever the setting (`30` §3.2). */
export const MAX_ALLOWED_DEVICES = 15;
/** The reference names no upper bound for the lockout's numbers; this one keeps every instant computed from them a date. */
const MAX_INT32 = 2_147_483_647;

/** The writable members of `mfaSettings` (wire: `30` §3.2); others are taken and ignored. */
export const MfaSettingsDocument = Type.Object({
  pairing: Type.Optional(
    Type.Object({
      maxAllowedDevices: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_ALLOWED_DEVICES })),
      pairingKeyFormat: Type.Optional(oneOf('NUMERIC', 'ALPHANUMERIC')),
    }),
  ),
  lockout: Type.Optional(
    Type.Object({
      failureCount: Type.Integer({ minimum: 0, maximum: MAX_INT32 }),
      durationSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_INT32 })),
    }),
  ),
  phoneExtensions: Type.Optional(Type.Object({ enabled: Type.Optional(Type.Boolean()) })),
  users: Type.Optional(Type.Object({ mfaEnabled: Type.Optional(Type.Boolean()) })),
  authentication: Type.Optional(
    Type.Object({ deviceSelection: Type.Optional(oneOf('DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT')) }),
  ),
});
export type MfaSettingsDocument = Static<typeof MfaSettingsDocument>;

const isFit = fits(MfaSettingsDocument);

export function isMfaSettingsDocument(value: JsonObject): value is JsonObject & MfaSettingsDocument {
  return isFit(value);
}

/** The document with the members it may have, in the order they were sent, and no other (SEC-45; `30` §0.3). */
export function withKnownSettings(document: MfaSettingsDocument): JsonObject & MfaSettingsDocument {
  const known = knownMembers(MfaSettingsDocument, document);
  if (!isJsonObject(known) || !isMfaSettingsDocument(known))
    throw new TypeError('settings that fit their schema no longer do without unknown members');
  return known;
}
