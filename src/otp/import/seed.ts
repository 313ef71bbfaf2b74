import type { PasscodeAlgorithm } from '../hotp.js';

/** A token as a seed file describes it; whether the server takes it is for the server to say. */
export interface SeedToken {
  readonly serialNumber: string;
  readonly secret: Buffer;
  readonly type: 'HOTP' | 'TOTP';
  readonly otpLength: number;
  readonly algorithm: PasscodeAlgorithm;
  /** HOTP: the next count. */
  readonly counter: number;
  /** TOTP: seconds. */
  readonly timeStep: number;
  /** Where it stands in its file, from 1. */
  readonly rowNumber: number;
}

/** What is wrong with a seed file, and where; never what it says, which may be a secret. */
export class SeedFileError extends Error {
  override readonly name = 'SeedFileError';
}

/** Characters of the largest seed file: some ten thousand tokens. */
export const LARGEST_SEED_FILE = 16 * 1024 * 1024;
