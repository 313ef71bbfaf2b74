import { minutes, seconds, toMillis } from '../../kernel/duration.js';
import { parseUuid } from '../../kernel/ids.js';
import { DEFAULT_OTP_LENGTH } from '../defaults.js';
import type { FactorRules, Fido2Rules, MethodRules, Methods, MobileRules, TotpRules } from '../model.js';
import type { PolicyDocument } from './policy-document.js';

/** What a policy's method sections mean at run time, the documented defaults applied (`30` §1.3, §1.7). */
export function methodsOf(document: PolicyDocument): Methods {
  return {
    sms: sentRules(document.sms),
    voice: sentRules(document.voice),
    email: sentRules(document.email),
    whatsApp: document.whatsApp ? sentRules(document.whatsApp) : ABSENT_SENT,
    totp: totpRules(document.totp),
    fido2: fido2Rules(document.fido2),
    oathToken: tokenRules(document.oathToken),
    mobile: mobileRules(document.mobile),
  };
}

/** Documented where a document is silent: three failures, then two minutes (`30` §1.3.2, §1.3.4 to §1.3.6). */
const DEVICE_FAILURE = { failureCount: 3, coolDown: minutes(2) };
/** A section that a policy does not have: the method is disabled (`30` §1.2), with the documented values where anything still asks. */
const ABSENT: FactorRules = { enabled: false, pairingDisabled: false, ...DEVICE_FAILURE };
const ABSENT_SENT: MethodRules = {
  enabled: false,
  pairingDisabled: false,
  otpLength: DEFAULT_OTP_LENGTH,
  lifeTime: minutes(30),
  failureCount: 3,
  coolDown: 0,
};

/** `30` §1.3.4. */
const DEFAULT_GRACE_PERIOD = 5;
/** `30` §1.3.2. */
const DEFAULT_STEP_SIZE = seconds(30);

function sentRules({ enabled, pairingDisabled = false, otp }: PolicyDocument['sms']): MethodRules {
  const { lifeTime, failure, otpLength = DEFAULT_OTP_LENGTH } = otp;
  return { enabled, pairingDisabled, otpLength, lifeTime: toMillis(lifeTime), ...failureTerms(failure) };
}

function totpRules(section: PolicyDocument['totp']): TotpRules {
  const { enabled, pairingDisabled = false, otp, passcodeGracePeriod, uriParameters } = section;
  return {
    enabled,
    pairingDisabled,
    ...failureTerms(otp.failure),
    gracePeriod: passcodeGracePeriod ?? DEFAULT_GRACE_PERIOD,
    uriParameters: uriParameters ?? {},
  };
}

function fido2Rules(section: PolicyDocument['fido2']): Fido2Rules {
  if (!section) return ABSENT;
  const { enabled, pairingDisabled = false, failure, fido2PolicyId } = section;
  const policyId = fido2PolicyId === undefined ? undefined : parseUuid(fido2PolicyId);
  return {
    enabled,
    pairingDisabled,
    ...failureTerms(failure),
    ...(policyId === undefined ? {} : { fido2PolicyId: policyId }),
  };
}

function tokenRules(section: PolicyDocument['oathToken']): FactorRules {
  if (!section) return ABSENT;
  const { enabled, pairingDisabled = false, otp } = section;
  return { enabled, pairingDisabled, ...failureTerms(otp?.failure) };
}

function mobileRules({ enabled, otp }: PolicyDocument['mobile']): MobileRules {
  const step = otp.window?.stepSize;
  return {
    enabled,
    pairingDisabled: false,
    ...failureTerms(otp.failure),
    stepSize: step ? toMillis(step) : DEFAULT_STEP_SIZE,
  };
}

type Failure = NonNullable<NonNullable<PolicyDocument['fido2']>['failure']>;

function failureTerms({ count, coolDown }: Failure = {}): Pick<FactorRules, 'failureCount' | 'coolDown'> {
  return {
    failureCount: count ?? DEVICE_FAILURE.failureCount,
    coolDown: coolDown ? toMillis(coolDown) : DEVICE_FAILURE.coolDown,
  };
}
