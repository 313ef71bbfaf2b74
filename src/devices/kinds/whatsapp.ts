import type { DeviceKind } from './kind.js';
import { phoneKind } from './phone.js';

export const whatsapp = {
  ...phoneKind('whatsApp', 'WHATSAPP'),
  displayName: 'WhatsApp',
  authenticators: ['mfa', 'whatsapp'],
  allowsTestMode: false,
  allowsExtension: false,
} as const satisfies DeviceKind;
