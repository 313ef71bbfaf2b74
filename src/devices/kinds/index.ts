import { email } from './email.js';
import { fido2, platform, securityKey } from './fido2.js';
import type { DeviceKind } from './kind.js';
import { oathToken } from './oath-token.js';
import { sms } from './sms.js';
import { totp } from './totp.js';
import { voice } from './voice.js';
import { whatsapp } from './whatsapp.js';

/** Every type this server offers; the order is that of `innerError.allowedValues`. */
export const KINDS = {
  EMAIL: email,
  SMS: sms,
  VOICE: voice,
  WHATSAPP: whatsapp,
  TOTP: totp,
  OATH_TOKEN: oathToken,
  FIDO2: fido2,
  SECURITY_KEY: securityKey,
  PLATFORM: platform,
} as const satisfies Record<string, DeviceKind>;

type Kinds = typeof KINDS;

export const DEVICE_TYPES = Object.keys(KINDS) as (keyof Kinds)[];

/** Without what is known of the single kinds: for whoever decides by what a kind says of itself. */
export function kindOf(type: keyof Kinds): DeviceKind {
  return KINDS[type];
}

/** The types whose codes the server sends: what a one-time contact can be (`10` §4.3). */
export type SentType = { [T in keyof Kinds]: Kinds[T]['challenge'] extends 'otp' ? T : never }[keyof Kinds];

export function isSentType(type: keyof Kinds): type is SentType {
  return kindOf(type).challenge === 'otp';
}

export const SENT_TYPES: readonly SentType[] = DEVICE_TYPES.filter(isSentType);
