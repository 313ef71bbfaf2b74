import type { DeviceKind } from './kind.js';
import { phoneKind } from './phone.js';

export const sms = {
  ...phoneKind('sms', 'SMS'),
  displayName: 'Text Message',
  authenticators: ['mfa', 'sms'],
  allowsTestMode: true,
  allowsExtension: false,
} as const satisfies DeviceKind;
