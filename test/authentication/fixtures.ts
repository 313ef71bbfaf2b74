import { KINDS, type SentType } from '../../src/devices/kinds/index.js';
import type { Device } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { User, UserFactors } from '../../src/platform/model.js';
import type { MethodRules, MfaSettings } from '../../src/policies/model.js';

export const ENVIRONMENT = uuidOf('00000000-0000-4000-8000-000000000001');
export const USER = uuidOf('00000000-0000-4000-8000-000000000002');
export const POLICY = uuidOf('00000000-0000-4000-8000-000000000003');
export const OTHER_POLICY = uuidOf('00000000-0000-4000-8000-000000000004');
export const T0 = Date.parse('2031-05-04T10:20:30.000Z');

/** The n-th id of a test's own making. */
export function id(n: number): Uuid {
  return uuidOf(`11111111-1111-4111-8111-${String(n).padStart(12, '0')}`);
}

/** The values of a new environment's policy (`30` §1.4). */
export const FACTORY_METHOD: MethodRules = {
  enabled: true,
  pairingDisabled: false,
  otpLength: 6,
  lifeTime: minutes(30),
  failureCount: 3,
  coolDown: 0,
};

export const SETTINGS: MfaSettings = {
  document: {},
  maxAllowedDevices: 5,
  lockout: undefined,
  phoneExtensionsEnabled: false,
  mfaEnabledForNewUsers: true,
  updatedAt: T0,
};

export const ADA: User = {
  id: USER,
  environmentId: ENVIRONMENT,
  version: 1,
  populationId: id(900),
  username: 'ada',
  enabled: true,
  profile: {},
  createdAt: T0,
  updatedAt: T0,
};

export const FACTORS: UserFactors = {
  userId: USER,
  environmentId: ENVIRONMENT,
  version: 1,
  mfaEnabled: true,
  lockoutFailures: 0,
  ceilings: {},
  lockEpochs: {},
  deviceOrder: null,
};

/** An active device of Ada's whose contact ends in its number. */
export function deviceOf(n: number, type: SentType): Device {
  const contact = KINDS[type].parseContact(type === 'EMAIL' ? `user${n}@example.org` : `+1512555${1000 + n}`);
  if (!contact) throw new Error('the contact of a test device is wrong');
  return {
    id: id(n),
    environmentId: ENVIRONMENT,
    userId: USER,
    type,
    status: 'ACTIVE',
    secret: new Redacted(contact.address),
    details: { masked: contact.masked },
    testMode: false,
    codeEpoch: 0,
    activatedAt: T0 + n,
    createdAt: T0 + n,
    updatedAt: T0 + n,
  };
}
