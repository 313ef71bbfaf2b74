import type { Static } from 'typebox';
import { SERIAL_NUMBER } from '../../devices/kinds/oath-token.js';
import type { NewToken } from '../../devices/oath/token.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { PASSCODE_ALGORITHMS } from '../../otp/hotp.js';
import { type ErrorDetail, invalid, invalidData, required, type WireError } from '../errors.js';
import { HASH_ALGORITHMS } from '../hal/oath-tokens.js';

/** A new token (wire: `20` §9.1). At least 128 bits of secret (RFC 4226 §4 R6), in whole bytes. */
export const OathTokenBody = Type.Object({
  serialNumber: SERIAL_NUMBER,
  secret: Type.String({ pattern: '^(?:[0-9A-Fa-f]{2}){16,100}$' }),
  type: Type.Enum(['HOTP', 'TOTP']),
  otpLength: Type.Integer({ minimum: 6, maximum: 8 }),
  hashAlgorithm: Type.Optional(Type.Enum(Object.values(HASH_ALGORITHMS))),
  hotp: Type.Optional(
    Type.Object({ counter: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER - 1000 })) }),
  ),
  totp: Type.Optional(Type.Object({ timeStep: Type.Optional(Type.Integer()) })),
  rowNumber: Type.Optional(Type.Integer({ minimum: 0 })),
});

/** What the schema cannot say; every problem at once. */
export function parseOathToken(body: Static<typeof OathTokenBody>): Outcome<NewToken, WireError> {
  const { serialNumber, secret, type, otpLength, hashAlgorithm = 'HmacSHA1', hotp, totp, rowNumber } = body;
  const timeStep = totp?.timeStep;
  const problems: ErrorDetail[] = [];
  if (otpLength === 7) problems.push(invalid('otpLength', 'must be 6 or 8'));
  if (type === 'HOTP' && hashAlgorithm !== 'HmacSHA1')
    problems.push(invalid('hashAlgorithm', 'must be HmacSHA1 for the type HOTP', ['HmacSHA1']));
  if (type === 'TOTP' && timeStep === undefined) problems.push(required('totp.timeStep'));
  else if (type === 'TOTP' && timeStep !== 30 && timeStep !== 60)
    problems.push(invalid('totp.timeStep', 'must be 30 or 60'));
  if (problems.length > 0) return reject(invalidData(...problems));
  return accept({
    serialNumber,
    secret: secret.toLowerCase(),
    otpLength: otpLength === 8 ? 8 : 6,
    algorithm: PASSCODE_ALGORITHMS.find((known) => HASH_ALGORITHMS[known] === hashAlgorithm) ?? 'SHA1',
    clock: type === 'HOTP' ? { kind: type } : { kind: type, timeStep: timeStep === 60 ? 60 : 30, drift: 0 },
    counter: hotp?.counter ?? 0,
    ...(rowNumber === undefined ? {} : { rowNumber }),
  });
}

/** One or two consecutive codes (wire: `20` §9.2). */
export const ResyncBody = Type.Object({
  otps: Type.Array(Type.String({ pattern: '^[0-9]{6,8}$' }), { minItems: 1, maxItems: 2 }),
});
