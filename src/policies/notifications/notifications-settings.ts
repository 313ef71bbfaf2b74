import { oneOf, Reference } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { placesAt } from '../../platform/managed/places.js';
import type { Rule, SingletonResource } from '../../platform/managed/resource.js';
import { refersTo } from '../../platform/managed/rules.js';
import { TRUSTED_EMAIL, trusts } from './email-domains.js';
import { BUILT_IN_PHONE_PROVIDER } from './notifications-policy.js';
import { BUILT_IN_SENDER_NAME, Sender } from './senders.js';

/** Where the ids of phone delivery settings stand in order of preference. */
export const PHONE_CHAIN = 'smsProvidersFallbackChain';

/** The writable members of the notification settings (wire: `30` §6.2). */
export const NotificationsSettingsDocument = Type.Object({
  // `WHITELIST` once restricted sending; to take it and send to everybody would be worse than to refuse it.
  deliveryMode: Type.Optional(oneOf('ALL')),
  whitelist: Type.Optional(Type.Array(Type.Object({ user: Type.Object({ id: Reference }) }), { maxItems: 50 })),
  [PHONE_CHAIN]: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 20 })),
  emailProviderFallbackChain: Type.Optional(Type.Array(oneOf('PINGONE_EMAIL'), { maxItems: 20 })),
  from: Type.Optional(Sender),
  replyTo: Type.Optional(Sender),
  restrictions: Type.Optional(
    Type.Object({
      smsVoiceQuota: Type.Optional(Type.Object({ daily: Type.Optional(Type.Integer({ minimum: 0, maximum: 50 })) })),
    }),
  ),
});

/**
 * Notification settings of an environment (wire: `30` §6). `senderAddress` is the server's own, which every environment may name; others
 * are trusted once their owner has shown that they are.
 */
export function notificationsSettings(senderAddress: string): SingletonResource {
  const from = { name: BUILT_IN_SENDER_NAME, address: senderAddress };
  return {
    kind: 'notificationsSettings',
    schema: NotificationsSettingsDocument,
    noun: 'NOTIFICATIONS_SETTINGS',
    rules: [
      refersTo('phoneDeliverySettings', `${PHONE_CHAIN}.*`, 'a phone delivery setting', {
        also: [BUILT_IN_PHONE_PROVIDER],
      }),
      trustedAddress('from', senderAddress),
      trustedAddress('replyTo', senderAddress),
      // Without a sender it is the server's own again (`30` §6.2).
      { completes: ({ document }) => (document['from'] === undefined ? { ...document, from } : document) },
      // The Terraform provider leaves an empty chain out, and expects it back (`30` §6.2: `[]` is its default).
      { completes: ({ document }) => (document[PHONE_CHAIN] ? document : { ...document, [PHONE_CHAIN]: [] }) },
    ],
    factory: () => ({ deliveryMode: 'ALL', [PHONE_CHAIN]: [], from }),
  };
}

/** Nobody sends in the name of an address that is not known to be theirs (`30` §6.2, §9.3). */
export function trustedAddress(member: 'from' | 'replyTo', senderAddress: string): Rule {
  return {
    reads: ({ document }) =>
      document && placesAt(document, `${member}.address`).length > 0 ? [{ kind: TRUSTED_EMAIL }] : [],
    problems: ({ document }, others) =>
      placesAt(document, `${member}.address`)
        .filter(({ value }) => typeof value !== 'string' || value.toLowerCase() !== senderAddress.toLowerCase())
        .filter(({ value }) => typeof value !== 'string' || !trusts(others.of(TRUSTED_EMAIL), value))
        .map(({ target }) => ({ problem: 'invalid', target, message: 'must be a trusted e-mail address' })),
  };
}
