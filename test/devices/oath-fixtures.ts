import type { OathToken } from '../../src/devices/oath/token.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { hotp } from '../../src/otp/hotp.js';
import { ENVIRONMENT, id, T0 } from '../authentication/world.js';

/** Of RFC 4226, appendix D, in hexadecimal digits. */
export const SECRET = '3132333435363738393031323334353637383930';

/** A hardware token that counts and has shown its first hundred codes; nobody's. */
export const TOKEN: OathToken = {
  id: id(50),
  environmentId: ENVIRONMENT,
  version: 1,
  serialNumber: 'A1',
  secret: new Redacted(SECRET),
  otpLength: 6,
  algorithm: 'SHA1',
  clock: { kind: 'HOTP' },
  lastStep: 99,
  createdAt: T0 - 10,
  updatedAt: T0 - 10,
};

/** What a token shows at this count. */
export const codeOf = ({ algorithm, otpLength }: OathToken, counter: number): string =>
  hotp({ secret: Buffer.from(SECRET, 'hex'), algorithm, digits: otpLength }, counter);
