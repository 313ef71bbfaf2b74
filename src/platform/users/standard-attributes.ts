import { Type } from '../../kernel/json-schema.js';

/** Anything that can be read: letters, marks, spaces, symbols, digits, punctuation. */
export const READABLE = '^[\\p{L}\\p{M}\\p{Zs}\\p{S}\\p{N}\\p{P}]*$';
const NAME = "^[\\p{L}\\p{M}\\p{N}' .-]*$";
/** `local@domain` without spaces, quotes or brackets; what may really be sent to is the device's concern. */
const EMAIL = '^[^\\s@<>()\\[\\],;:"\\\\\\p{Cc}]+@[^\\s@<>()\\[\\],;:"\\\\\\p{Cc}]+$';

const readable = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength, pattern: READABLE }));
const name = () => Type.Optional(Type.String({ minLength: 1, maxLength: 256, pattern: NAME }));
const text = (maxLength: number) => Type.Optional(Type.String({ minLength: 1, maxLength }));
const phone = () => Type.Optional(Type.String({ minLength: 1, maxLength: 32, pattern: '^\\+?[0-9 .-]+$' }));

/**
 * The attributes that are kept as they were sent (wire: `00` §8.2). Limits that the table leaves open are ours: 256 characters,
 * 254 for an address (RFC 5321 §4.5.3.1), 2,048 for a URL.
 */
export const UserProfile = Type.Object({
  email: Type.String({ minLength: 3, maxLength: 254, pattern: EMAIL }),
  name: Type.Optional(
    Type.Object({
      given: readable(256),
      middle: readable(256),
      family: name(),
      formatted: name(),
      honorificPrefix: text(256),
      honorificSuffix: text(256),
    }),
  ),
  nickname: text(256),
  title: text(256),
  type: text(256),
  locale: text(256),
  externalId: text(1024),
  mobilePhone: phone(),
  primaryPhone: phone(),
  address: Type.Optional(
    Type.Object({
      streetAddress: text(256),
      locality: text(256),
      region: text(256),
      postalCode: text(40),
      countryCode: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    }),
  ),
  photo: Type.Optional(
    Type.Object({ href: Type.String({ minLength: 1, maxLength: 2_048, pattern: '^https?://[^\\s<>"]+$' }) }),
  ),
  preferredLanguage: Type.Optional(Type.String({ minLength: 1, maxLength: 256, pattern: '^[A-Za-z0-9*,;=. -]+$' })),
  timezone: Type.Optional(Type.String({ maxLength: 256, pattern: '^\\w+\\/\\w+$' })),
  verifyStatus: Type.Optional(Type.Enum(['NOT_INITIATED', 'ENABLED', 'DISABLED'])),
});
