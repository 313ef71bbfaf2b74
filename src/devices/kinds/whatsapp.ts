import type { DeviceKind } from './kind.js';
import { phoneKind } from './phone.js';

export const whatsapp = {
  ...phoneKind,
  method: 'whatsApp',
  channel: 'WHATSAPP',
  displayName: 'WhatsApp',
  authenticators: ['mfa', 'whatsapp'],
  allowsTestMode: false,
  allowsExtension: false,
} as const satisfies DeviceKind;
