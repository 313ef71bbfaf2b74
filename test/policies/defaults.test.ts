import { describe, expect, it } from 'vitest';
import { withoutNulls } from '../../src/kernel/json.js';
import { factoryMfaSettings, factoryPolicy } from '../../src/policies/defaults.js';
import { isPolicyDocument, withKnownMembers } from '../../src/policies/device-authentication/policy-document.js';
import { isMfaSettingsDocument } from '../../src/policies/mfa-settings-document.js';
import { documentProblems } from '../../src/policies/rules.js';

const minutes = (duration: number) => ({ duration, timeUnit: 'MINUTES' });
const sent = (enabled: boolean) => ({
  enabled,
  pairingDisabled: false,
  promptForNicknameOnPairing: false,
  otp: { lifeTime: minutes(30), failure: { count: 3, coolDown: minutes(0) }, otpLength: 6 },
});
const own = { enabled: true, pairingDisabled: false, promptForNicknameOnPairing: false };
const failure = { count: 3, coolDown: minutes(2) };

describe('the factory policy', () => {
  it('has exactly the members and values of `30` §1.4; SEC-08: the standard profile keeps its 30 minutes', () => {
    const { promptForNicknameOnPairing: _, ...whatsApp } = sent(false);
    expect(factoryPolicy()).toEqual({
      name: 'Default MFA Policy',
      default: true,
      authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
      newDeviceNotification: 'EMAIL_THEN_SMS',
      ignoreUserLock: false,
      rememberMe: { web: { enabled: false, lifeTime: minutes(30) } },
      sms: sent(false),
      voice: sent(false),
      email: sent(true),
      whatsApp,
      mobile: { enabled: true, promptForNicknameOnPairing: false, otp: { failure } },
      totp: { ...own, otp: { failure }, passcodeGracePeriod: 5 },
      fido2: { ...own, failure },
      oathToken: { ...own, otp: { failure } },
    });
  });

  it('could have been sent by a client', () => {
    const document = withKnownMembers(factoryPolicy());
    expect(isPolicyDocument(document)).toBe(true);
    expect(documentProblems(document)).toEqual([]);
    expect(withoutNulls(document)).toEqual(factoryPolicy());
  });

  it('has codes that live as long as they may, where that is less (SEC-08)', () => {
    const lifeTimes = (longest: number) => {
      const { sms, voice, email, whatsApp } = factoryPolicy({ longestLifeTime: longest });
      return [sms, voice, email, whatsApp].map((section) => section?.otp.lifeTime.duration);
    };
    expect(lifeTimes(600_000)).toEqual([10, 10, 10, 10]);
    expect(lifeTimes(3_600_000)).toEqual([30, 30, 30, 30]);
    expect(documentProblems(withKnownMembers(factoryPolicy({ longestLifeTime: 600_000 })), 600_000)).toEqual([]);
  });

  it('can be made under another name, with other methods on', () => {
    const policy = factoryPolicy({ name: 'Demo', default: false, sentMethods: ['sms', 'whatsApp'] });
    expect(policy).toMatchObject({ name: 'Demo', default: false });
    expect([policy.sms, policy.voice, policy.email, policy.whatsApp].map((section) => section?.enabled)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('the factory settings', () => {
  it('are those of `30` §3.2, without a lockout', () => {
    expect(factoryMfaSettings()).toEqual({
      pairing: { maxAllowedDevices: 5, pairingKeyFormat: 'ALPHANUMERIC' },
      phoneExtensions: { enabled: false },
      users: { mfaEnabled: false },
      authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
    });
    expect(isMfaSettingsDocument({ ...factoryMfaSettings() })).toBe(true);
  });
});
