import { maskEmail, parseEmail } from '../contact.js';
import type { DeviceKind } from './kind.js';

export const email = {
  challenge: 'otp',
  method: 'email',
  channel: 'EMAIL',
  displayName: 'Email',
  authenticators: ['mfa', 'email'],
  contactField: 'email',
  parseContact: (text) => {
    const address = parseEmail(text);
    return address && { address, masked: maskEmail(address) };
  },
  allowsTestMode: true,
  allowsExtension: false,
  flowMembers: ({ details }) => ({ email: details['masked'] ?? '' }),
  managedMembers: (_device, address) => ({ email: address }),
} as const satisfies DeviceKind;
