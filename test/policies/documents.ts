import type { PolicyDocument } from '../../src/policies/device-authentication/policy-document.js';
import { NATIVE_APP } from './world.js';

const minutes = (duration: number) => ({ duration, timeUnit: 'MINUTES' }) as const;
const seconds = (duration: number) => ({ duration, timeUnit: 'SECONDS' }) as const;

/** The example of the reference (`30` §1.8). */
export function branchStaff(): PolicyDocument {
  return {
    name: 'Branch staff',
    default: false,
    authentication: { deviceSelection: 'PROMPT_TO_SELECT' },
    sms: {
      enabled: true,
      otp: { lifeTime: minutes(10), failure: { count: 4, coolDown: minutes(5) }, otpLength: 7 },
    },
    voice: { enabled: false, otp: { lifeTime: minutes(10), failure: { count: 4, coolDown: minutes(5) } } },
    email: { enabled: true, otp: { lifeTime: minutes(20), failure: { count: 3, coolDown: minutes(0) } } },
    mobile: { enabled: false, otp: { failure: { count: 3, coolDown: minutes(2) } } },
    totp: { enabled: true, otp: { failure: { count: 3, coolDown: minutes(2) } }, passcodeGracePeriod: 2 },
    fido2: { enabled: true },
  };
}

/** Every member that a policy of an environment without PingID can have, but references to resources that do not exist yet. */
export function fullPolicy(): PolicyDocument {
  const sent = {
    enabled: true,
    pairingDisabled: false,
    promptForNicknameOnPairing: true,
    otp: { lifeTime: seconds(75), failure: { count: 5, coolDown: seconds(5) }, otpLength: 8 },
  };
  return {
    name: 'Everything',
    default: false,
    authentication: { deviceSelection: 'ALWAYS_DISPLAY_DEVICES' },
    newDeviceNotification: 'SMS_THEN_EMAIL',
    ignoreUserLock: true,
    rememberMe: { web: { enabled: true, lifeTime: { duration: 90, timeUnit: 'DAYS' } } },
    sms: sent,
    voice: sent,
    email: sent,
    whatsApp: sent,
    mobile: {
      enabled: true,
      promptForNicknameOnPairing: false,
      otp: { failure: { count: 7, coolDown: seconds(125) }, window: { stepSize: seconds(30) } },
      applications: [
        {
          id: NATIVE_APP,
          type: 'pingIdAppConfig',
          push: { enabled: true, numberMatching: { enabled: true } },
          otp: { enabled: true },
          pushTimeout: seconds(100),
          pairingKeyLifetime: { duration: 48, timeUnit: 'HOURS' },
          pushLimit: { count: 5, timePeriod: minutes(10), lockDuration: seconds(1800) },
          deviceAuthorization: { enabled: true, extraVerification: 'restrictive' },
          autoEnrollment: { enabled: false },
          integrityDetection: 'permissive',
          pairingDisabled: true,
          biometricsEnabled: false,
          newRequestDurationConfiguration: { deviceTimeout: seconds(25), totalTimeout: seconds(40) },
          ipPairingConfiguration: { anyIPAdress: false, onlyTheseIpAddresses: ['192.0.2.0/24', '2001:db8::1'] },
        },
      ],
    },
    totp: {
      enabled: true,
      pairingDisabled: true,
      promptForNicknameOnPairing: false,
      otp: { failure: { count: 3, coolDown: minutes(1) } },
      passcodeGracePeriod: 10,
      uriParameters: { issuer: 'Example', image: 'https://example.org/a.png', period: '30' },
    },
    fido2: {
      enabled: true,
      pairingDisabled: false,
      promptForNicknameOnPairing: false,
      failure: { count: 4, coolDown: seconds(150) },
    },
    oathToken: {
      enabled: true,
      pairingDisabled: false,
      promptForNicknameOnPairing: true,
      otp: { failure: { count: 6, coolDown: seconds(1) } },
    },
  };
}

/** The same with the sections of an environment with PingID, which exclude `whatsApp` (`30` §1.2). */
export function fullPingIdPolicy(): PolicyDocument {
  const { whatsApp: _, ...rest } = fullPolicy();
  const token = { enabled: true, pairingDisabled: false, otp: { failure: { count: 3, coolDown: minutes(2) } } };
  return {
    ...rest,
    desktop: { ...token, pairingKeyLifetime: { duration: 48, timeUnit: 'HOURS' } },
    yubikey: token,
  };
}
