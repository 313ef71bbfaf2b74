import { maskPhone, parsePhone } from '../contact.js';
import type { Contact, DeviceKind } from './kind.js';

/** What the three phone types share. */
export const phoneKind: Pick<
  DeviceKind,
  'challenge' | 'contactField' | 'parseContact' | 'flowMembers' | 'managedMembers'
> = {
  challenge: 'otp',
  contactField: 'phone',
  parseContact: (text): Contact | undefined => {
    const phone = parsePhone(text);
    return phone && { address: phone, masked: maskPhone(phone) };
  },
  flowMembers: ({ details }) => ({
    phone: details['masked'] ?? '',
    ...(details['extension'] === undefined ? {} : { extension: '***' }),
  }),
  managedMembers: ({ details }, phone) => ({
    phone,
    ...(details['extension'] === undefined ? {} : { extension: details['extension'] }),
  }),
};
