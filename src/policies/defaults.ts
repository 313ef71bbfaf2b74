import type { Millis } from '../kernel/clock.js';
import { type Duration, minutes as minutesInMillis } from '../kernel/duration.js';
import type { PolicyDocument } from './device-authentication/policy-document.js';
import type { MfaSettingsDocument } from './mfa-settings-document.js';
import type { SentMethod } from './model.js';

/** Values that hold when a document is silent (`30` §1.3.1, §3.2). */
export const DEFAULT_OTP_LENGTH = 6;
export const DEFAULT_MAX_ALLOWED_DEVICES = 5;

/** What may differ from the factory policy when it is made for someone. */
export interface FactoryPolicyOptions {
  readonly name?: string;
  readonly default?: boolean;
  /** What a code may live at most, where that is bounded beyond the reference (SEC-08). */
  readonly longestLifeTime?: Millis;
  /** Which of the methods whose codes the server sends are on. Factory: e-mail alone. */
  readonly sentMethods?: readonly SentMethod[];
}

const minutes = (duration: number): Duration & { timeUnit: 'MINUTES' } => ({ duration, timeUnit: 'MINUTES' });

/** Of a code, as the reference has it (`30` §1.4). */
const LIFE_TIME_MINUTES = 30;

function sentMethod(enabled: boolean, lifeTimeMinutes: number) {
  return {
    enabled,
    pairingDisabled: false,
    otp: { lifeTime: minutes(lifeTimeMinutes), failure: { count: 3, coolDown: minutes(0) }, otpLength: 6 },
  };
}

/** Failures of a method whose proof comes from the user's device. */
function failure() {
  return { count: 3, coolDown: minutes(2) };
}

/**
 * The default policy of a new environment (`30` §1.4, column "PingOne MFA environment"). Every method object carries
 * `pairingDisabled` except `mobile`, which has none of its own (`30` §1.3.2), and `promptForNicknameOnPairing` except `whatsApp`.
 * Codes live 30 minutes as the reference says, or as long as they may: the 10 minutes of SEC-08 belong to the `strict` profile.
 */
export function factoryPolicy(options: FactoryPolicyOptions = {}): PolicyDocument {
  const { name = 'Default MFA Policy', default: isDefault = true, sentMethods = ['email'] } = options;
  const most = options.longestLifeTime ?? Number.POSITIVE_INFINITY;
  const lifeTime = Math.min(LIFE_TIME_MINUTES, Math.floor(most / minutesInMillis(1)));
  const sent = (method: SentMethod) => sentMethod(sentMethods.includes(method), lifeTime);
  const prompt = { promptForNicknameOnPairing: false };
  return {
    name,
    default: isDefault,
    authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
    newDeviceNotification: 'EMAIL_THEN_SMS',
    ignoreUserLock: false,
    rememberMe: { web: { enabled: false, lifeTime: minutes(30) } },
    sms: { ...sent('sms'), ...prompt },
    voice: { ...sent('voice'), ...prompt },
    email: { ...sent('email'), ...prompt },
    whatsApp: sent('whatsApp'),
    mobile: { enabled: true, ...prompt, otp: { failure: failure() } },
    totp: { enabled: true, pairingDisabled: false, ...prompt, otp: { failure: failure() }, passcodeGracePeriod: 5 },
    fido2: { enabled: true, pairingDisabled: false, ...prompt, failure: failure() },
    oathToken: { enabled: true, pairingDisabled: false, ...prompt, otp: { failure: failure() } },
  };
}

/** `mfaSettings` of a new environment, and after a reset (`30` §3.2). No `lockout`: accounts are never locked by failures. */
export function factoryMfaSettings(): MfaSettingsDocument {
  return {
    pairing: { maxAllowedDevices: DEFAULT_MAX_ALLOWED_DEVICES, pairingKeyFormat: 'ALPHANUMERIC' },
    phoneExtensions: { enabled: false },
    users: { mfaEnabled: false },
    authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
  };
}
