import {
  type AuthenticationResult,
  type AuthenticationService,
  createAuthenticationService,
} from '../../src/authentication/service.js';
import type { Device } from '../../src/devices/model.js';
import type { OathToken } from '../../src/devices/oath/token.js';
import type { Uuid } from '../../src/kernel/ids.js';
import type { Keyring } from '../../src/kernel/keys.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { toBase32 } from '../../src/otp/base32.js';
import { hotp } from '../../src/otp/hotp.js';
import { stepAt } from '../../src/otp/totp.js';
import type { Store } from '../../src/storage/port.js';
import { StoreError } from '../../src/storage/store-error.js';

const SEED = Buffer.from('12345678901234567890');

/** The members of a device that make it an active authenticator app. */
export const AN_APP: Partial<Device> = {
  type: 'TOTP',
  secret: new Redacted(toBase32(SEED)),
  details: { algorithm: 'SHA1', digits: 6, period: 30 },
};

export const passcodeAt = (now: number): string =>
  hotp({ secret: SEED, algorithm: 'SHA1', digits: 6 }, stepAt(now, 30));

/** A hardware token with the same secret, whose next count is 0. */
export function aToken(environmentId: Uuid, device: NonNullable<OathToken['device']>): OathToken {
  return {
    id: createSystemRandom().uuid(),
    environmentId,
    version: 1,
    serialNumber: 'A1',
    secret: new Redacted(SEED.toString('hex')),
    otpLength: 6,
    algorithm: 'SHA1',
    clock: { kind: 'HOTP' },
    lastStep: -1,
    device,
    createdAt: 1,
    updatedAt: 1,
  };
}

export const codeOfToken = (counter: number): string => hotp({ secret: SEED, algorithm: 'SHA1', digits: 6 }, counter);

export function authenticationsOn(
  store: Pick<Store, 'load' | 'transact'>,
  keyring: Pick<Keyring, 'digests' | 'vault'>,
): AuthenticationService {
  return createAuthenticationService({
    store,
    ...keyring,
    random: createSystemRandom(),
    clock: { now: () => Date.now() },
    deployment: { channels: new Set(), allowsTestMode: () => false },
    events: { emit: () => {} },
  });
}

/** Where to send a passcode, and how often. */
export interface Volley {
  readonly environmentId: Uuid;
  readonly userId: Uuid;
  readonly deviceId: Uuid;
  readonly otp: string;
  readonly times: number;
}

/** That many open flows of the device. */
export async function flowsOf(
  authentications: AuthenticationService,
  { environmentId, userId, deviceId, times }: Omit<Volley, 'otp'>,
): Promise<readonly Uuid[]> {
  const flows = await Promise.all(
    Array.from({ length: times }, () =>
      authentications.create(environmentId, { userId, selection: { kind: 'device', id: deviceId } }),
    ),
  );
  return flows.flatMap((flow) => (flow.ok ? [flow.value.flow.id] : []));
}

/** What a check came to. */
export async function settled(check: Promise<AuthenticationResult>): Promise<string> {
  try {
    const result = await check;
    return result.ok ? result.value.flow.state.status : result.rejection.kind;
  } catch (error) {
    // Not its turn within two seconds, on a busy machine: answered 503, having compared nothing (design §12).
    if (error instanceof StoreError && error.reason === 'unavailable') return 'Unanswered';
    throw error;
  }
}

/** Sends the passcode to that many flows of the device at once. What each came to. */
export async function volley(authentications: AuthenticationService, of: Volley): Promise<readonly string[]> {
  const { environmentId, otp } = of;
  const flows = await flowsOf(authentications, of);
  return Promise.all(flows.map((flow) => settled(authentications.checkOtp(environmentId, flow, { otp }))));
}
