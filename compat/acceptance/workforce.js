/** What an environment with the workforce product begins with, as far as the provider's tests look for it (`30` §1.4). */
const APPLICATION = {
  name: 'PingID Mobile',
  enabled: true,
  protocol: 'OPENID_CONNECT',
  type: 'NATIVE_APP',
  grantTypes: ['AUTHORIZATION_CODE'],
  responseTypes: ['CODE'],
  redirectUris: ['org.example.workforce://callback'],
  tokenEndpointAuthMethod: 'NONE',
  mobile: { bundleId: 'org.example.workforce', packageName: 'org.example.workforce' },
};
const failure = { failure: { count: 3, coolDown: { duration: 2, timeUnit: 'MINUTES' } } };
const off = { enabled: false, pairingDisabled: false };
const method = { ...off, otp: failure, promptForNicknameOnPairing: false };
const sent = {
  ...off,
  promptForNicknameOnPairing: false,
  otp: {
    lifeTime: { duration: 30, timeUnit: 'MINUTES' },
    failure: { count: 3, coolDown: { duration: 0, timeUnit: 'MINUTES' } },
    otpLength: 6,
  },
};

/** Makes the application and the default MFA policy of a workforce environment, which Postern by itself has not. */
export async function furnishWorkforce({ call }, environmentId) {
  const environment = `/environments/${environmentId}`;
  const { id } = await call('POST', `${environment}/applications`, APPLICATION);
  const { _embedded: list } = await call('GET', `${environment}/deviceAuthenticationPolicies`);
  const [factory] = list.deviceAuthenticationPolicies;
  await call('PUT', `${environment}/deviceAuthenticationPolicies/${factory.id}`, {
    name: factory.name,
    default: true,
    forSignOnPolicy: false,
    newDeviceNotification: 'NONE',
    authentication: { deviceSelection: 'DEFAULT_TO_FIRST' },
    sms: sent,
    voice: sent,
    email: sent,
    mobile: {
      enabled: true,
      otp: failure,
      applications: [
        {
          id,
          type: 'pingIdAppConfig',
          push: { enabled: true, numberMatching: { enabled: false } },
          otp: { enabled: false },
          pairingDisabled: false,
          biometricsEnabled: false,
          pairingKeyLifetime: { duration: 48, timeUnit: 'HOURS' },
          pushLimit: {
            count: 5,
            timePeriod: { duration: 10, timeUnit: 'MINUTES' },
            lockDuration: { duration: 30, timeUnit: 'MINUTES' },
          },
          newRequestDurationConfiguration: {
            deviceTimeout: { duration: 25, timeUnit: 'SECONDS' },
            totalTimeout: { duration: 40, timeUnit: 'SECONDS' },
          },
          ipPairingConfiguration: { anyIPAdress: true },
        },
      ],
    },
    totp: method,
    fido2: { ...off, promptForNicknameOnPairing: false, ...failure },
    oathToken: method,
    desktop: { ...off, otp: failure, pairingKeyLifetime: { duration: 48, timeUnit: 'HOURS' } },
    yubikey: { ...off, otp: failure },
  });
}
