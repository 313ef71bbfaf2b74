import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import { type Protected, Redacted } from '../../kernel/sealed.js';
import type { PasscodeAlgorithm } from '../../otp/hotp.js';
import type { EnvironmentId, UserId } from '../../platform/model.js';
import type { DeviceId } from '../model.js';

export type OathTokenId = Uuid;

/** The device that a token is paired as. */
export interface TokenPairing {
  readonly deviceId: DeviceId;
  readonly userId: UserId;
}

/** A hardware token, whoever holds it (wire: `20` §9.1). Its counter is kept here alone, under its own version. */
export interface OathToken {
  readonly id: OathTokenId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  /** Unique in the environment, whatever the case. */
  readonly serialNumber: string;
  /** Hexadecimal. */
  readonly secret: Protected;
  readonly otpLength: 6 | 8;
  readonly algorithm: PasscodeAlgorithm;
  readonly clock:
    | { readonly kind: 'HOTP' }
    /** `timeStep` in seconds; `drift`: the token's clock minus ours, in steps. */
    | { readonly kind: 'TOTP'; readonly timeStep: 30 | 60; readonly drift: number };
  /** The count or time step of the last passcode that was accepted; only a greater one is taken (SEC-22, SEC-23). */
  readonly lastStep: number;
  /** Where the first of two codes of a resynchronisation stood: the next must be the one after it. */
  readonly resyncAt?: number;
  /** Row of the seed file that the token came from. */
  readonly rowNumber?: number;
  readonly device?: TokenPairing;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What a request says of a new token; its secret is hexadecimal. */
export interface NewToken extends Pick<OathToken, 'serialNumber' | 'otpLength' | 'algorithm' | 'clock' | 'rowNumber'> {
  readonly secret: string;
  /** The next count of an HOTP token. */
  readonly counter: number;
}

/** A token before it is decided on, which dates it. */
export function newOathToken(
  { id, environmentId }: Pick<OathToken, 'id' | 'environmentId'>,
  { secret, counter, ...terms }: NewToken,
): OathToken {
  return {
    ...terms,
    id,
    environmentId,
    version: 1,
    secret: new Redacted(secret),
    lastStep: terms.clock.kind === 'HOTP' ? counter - 1 : -1,
    createdAt: 0,
    updatedAt: 0,
  };
}

/** What is unique of a serial number, and by which it is found: people type it without regard to case. */
export function serialKey(serialNumber: string): string {
  return serialNumber.toLowerCase();
}

/** Most tokens of one environment (`20` §3.1). */
export const MAX_OATH_TOKENS = 100_000;
