import { Type } from '../../kernel/json-schema.js';
import { accept, reject } from '../../kernel/outcome.js';
import { canonicalContact, maskEmail, parseEmail } from '../sending/contact.js';
import type { Contact, SentCodeKind } from './kind.js';
import { sentCodePairing } from './sent-code.js';

export const email = {
  challenge: 'otp',
  method: 'email',
  channel: 'EMAIL',
  displayName: 'Email',
  authenticators: ['mfa', 'email'],
  contactField: 'email',
  parseContact,
  allowsTestMode: true,
  allowsExtension: false,
  members: { email: Type.String({ minLength: 1 }) },
  parseMembers: (body) => {
    if (body['email'] === undefined) return reject([{ problem: 'required', target: 'email' }]);
    const contact = parseContact(String(body['email']));
    if (!contact) return reject([{ problem: 'invalid', target: 'email', message: 'must be an e-mail address' }]);
    return accept({
      secret: contact.address,
      lookup: canonicalContact(contact.address),
      details: { masked: contact.masked },
    });
  },
  pairing: sentCodePairing('email', 'EMAIL'),
  flowMembers: ({ details }) => ({ email: details['masked'] ?? '' }),
  flowSchema: { email: Type.String() },
  managedMembers: (_device, address) => ({ email: address() }),
  managedSchema: { email: Type.String() },
} as const satisfies SentCodeKind;

function parseContact(text: string): Contact | undefined {
  const address = parseEmail(text);
  return address && { address, masked: maskEmail(address) };
}
