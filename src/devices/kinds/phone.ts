import type { Channel } from '../../delivery/message.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { SentMethod } from '../../policies/model.js';
import type { Device } from '../model.js';
import { canonicalContact, EXTENSION_PATTERN, maskPhone, PHONE_PATTERN, parsePhone } from '../sending/contact.js';
import type { Contact, Members, Particulars } from './kind.js';
import { sentCodePairing } from './sent-code.js';

type Details = Pick<Device, 'details'>;

/** What the three phone types share; `allowsExtension` is VOICE's alone (`20` §5). */
export function phoneKind<const M extends SentMethod, const C extends Channel>(method: M, channel: C) {
  return {
    challenge: 'otp',
    method,
    channel,
    contactField: 'phone',
    parseContact,
    members: { phone: Type.String({ pattern: PHONE_PATTERN }) },
    parseMembers,
    pairing: sentCodePairing(method, channel),
    flowMembers: ({ details }: Details): JsonObject => ({
      phone: details['masked'] ?? '',
      ...(details['extension'] === undefined ? {} : { extension: '***' }),
    }),
    flowSchema: { phone: Type.String(), extension: Type.String() },
    managedMembers: ({ details }: Details, phone: () => string): JsonObject => ({
      phone: phone(),
      ...(details['extension'] === undefined ? {} : { extension: details['extension'] }),
    }),
    managedSchema: { phone: Type.String() },
  } as const;
}

/** VOICE's own member beside `phone`: what is dialled once the call is answered (`20` §5). */
export const extensionMember = Type.String({ pattern: EXTENSION_PATTERN });

function parseContact(text: string): Contact | undefined {
  const phone = parsePhone(text);
  return phone && { address: phone, masked: maskPhone(phone) };
}

function parseMembers({ phone, extension }: Members): Outcome<Particulars, readonly FieldProblem[]> {
  if (phone === undefined) return reject([{ problem: 'required', target: 'phone' }]);
  const contact = parseContact(String(phone));
  if (!contact)
    return reject([{ problem: 'invalid', target: 'phone', message: 'must be a phone number in international format' }]);
  return accept({
    secret: contact.address,
    lookup: canonicalContact(contact.address),
    details: { masked: contact.masked, ...(typeof extension === 'string' ? { extension } : {}) },
  });
}
