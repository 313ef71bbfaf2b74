import { email } from './email.js';
import type { DeviceKind } from './kind.js';
import { sms } from './sms.js';
import { voice } from './voice.js';
import { whatsapp } from './whatsapp.js';

/** Every type this server offers; the order is that of `innerError.allowedValues`. */
export const KINDS = { EMAIL: email, SMS: sms, VOICE: voice, WHATSAPP: whatsapp } as const satisfies Record<
  string,
  DeviceKind
>;

export const DEVICE_TYPES = Object.keys(KINDS) as (keyof typeof KINDS)[];
