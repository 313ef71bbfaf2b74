import { Type } from '../../kernel/json-schema.js';
import type { DeviceKind } from './kind.js';
import { extensionMember, phoneKind } from './phone.js';

const phone = phoneKind('voice', 'VOICE');

export const voice = {
  ...phone,
  displayName: 'Voice Call',
  authenticators: ['mfa', 'tel'],
  allowsTestMode: true,
  allowsExtension: true,
  members: { ...phone.members, extension: extensionMember },
  managedSchema: { ...phone.managedSchema, extension: Type.Optional(Type.String()) },
} as const satisfies DeviceKind;
