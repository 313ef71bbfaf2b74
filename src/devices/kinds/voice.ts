import type { DeviceKind } from './kind.js';
import { phoneKind } from './phone.js';

export const voice = {
  ...phoneKind,
  method: 'voice',
  channel: 'VOICE',
  displayName: 'Voice Call',
  authenticators: ['mfa', 'tel'],
  allowsTestMode: true,
  allowsExtension: true,
} as const satisfies DeviceKind;
