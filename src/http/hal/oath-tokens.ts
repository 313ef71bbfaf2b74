import type { Static } from 'typebox';
import type { OathToken } from '../../devices/oath/token.js';
import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { PasscodeAlgorithm } from '../../otp/hotp.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';

/** Names of the hash functions on the wire (`20` §9.1). */
export const HASH_ALGORITHMS: Readonly<Record<PasscodeAlgorithm, string>> = {
  SHA1: 'HmacSHA1',
  SHA256: 'HmacSHA256',
  SHA512: 'HmacSHA512',
};

/** Wire: `20` §9.1. The secret has no member here (SEC-46). */
export const OathTokenView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  id: Type.String(),
  environment: Reference,
  serialNumber: Type.String(),
  type: Type.Enum(['HOTP', 'TOTP']),
  otpLength: Type.Integer(),
  hashAlgorithm: Type.String(),
  hotp: Type.Optional(Type.Object({ counter: Type.Integer() })),
  totp: Type.Optional(Type.Object({ timeStep: Type.Integer(), drift: Type.Integer() })),
  rowNumber: Type.Optional(Type.Integer()),
  devices: Type.Optional(Type.Array(Type.Object({ id: Type.String(), user: Reference }))),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

/** `pairing` with `expand=devices`: the standing one, or `null`. */
export function oathTokenView(
  token: OathToken,
  links: Links,
  pairing?: OathToken['device'] | null,
): Static<typeof OathTokenView> {
  const { id, environmentId, serialNumber, clock, otpLength, algorithm, lastStep, rowNumber } = token;
  const environment = `/environments/${environmentId}`;
  return {
    _links: { self: links.api(`${environment}/oathTokens/${id}`), environment: links.api(environment) },
    id,
    environment: { id: environmentId },
    serialNumber,
    type: clock.kind,
    otpLength,
    hashAlgorithm: HASH_ALGORITHMS[algorithm],
    ...(clock.kind === 'HOTP'
      ? { hotp: { counter: lastStep + 1 } }
      : { totp: { timeStep: clock.timeStep, drift: clock.drift } }),
    ...(rowNumber === undefined ? {} : { rowNumber }),
    ...(pairing === undefined
      ? {}
      : { devices: pairing ? [{ id: pairing.deviceId, user: { id: pairing.userId } }] : [] }),
    createdAt: toTimestamp(token.createdAt),
    updatedAt: toTimestamp(token.updatedAt),
  };
}
