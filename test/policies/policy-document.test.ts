import { describe, expect, it } from 'vitest';
import { branchStaff, fullPingIdPolicy, fullPolicy } from './documents.js';
import { detailsOf, withMember } from './validation.js';
import { DEFAULT_POLICY, WORKER_APP } from './world.js';

/** What the reference says of one member: the oracle of this file, written apart from the schema. */
type Rule =
  | { readonly is: 'boolean' | 'text' | 'object' | 'reference' | 'array' }
  | { readonly is: 'enum'; readonly values: readonly string[] }
  | { readonly is: 'integer'; readonly range: readonly [number, number] }
  | { readonly is: 'duration'; readonly ranges: Readonly<Record<string, readonly [number, number]>> };

type Row = readonly [path: string, presence: 'required' | 'optional', rule: Rule];

const boolean: Rule = { is: 'boolean' };
const object: Rule = { is: 'object' };
const reference: Rule = { is: 'reference' };
const oneOf = (...values: string[]): Rule => ({ is: 'enum', values });
const integer = (...range: [number, number]): Rule => ({ is: 'integer', range });
const duration = (ranges: Record<string, readonly [number, number]>): Rule => ({ is: 'duration', ranges });

const SPAN = duration({ MINUTES: [1, 120], SECONDS: [60, 7200] });
const TOKEN_COOL_DOWN = duration({ MINUTES: [1, 30], SECONDS: [1, 1800] });
const DEVICE_COOL_DOWN = duration({ MINUTES: [2, 30], SECONDS: [120, 1800] });
const KEY_LIFETIME = duration({ MINUTES: [1, 2880], HOURS: [1, 48] });
const APP = 'mobile.applications[0]';

/** `30` §1.2, then §1.3.1 … §1.3.6 in their order. */
const ROWS: readonly Row[] = [
  ['name', 'required', { is: 'text' }],
  ['default', 'required', boolean],
  ['authentication', 'optional', object],
  [
    'authentication.deviceSelection',
    'optional',
    oneOf('DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT', 'ALWAYS_DISPLAY_DEVICES'),
  ],
  ['newDeviceNotification', 'optional', oneOf('NONE', 'EMAIL_THEN_SMS', 'SMS_THEN_EMAIL')],
  ['ignoreUserLock', 'optional', boolean],
  ['rememberMe', 'optional', object],
  ['rememberMe.web', 'required', object],
  ['rememberMe.web.enabled', 'required', boolean],
  ['rememberMe.web.lifeTime', 'required', duration({ MINUTES: [1, 129_600], HOURS: [1, 2160], DAYS: [1, 90] })],
  ...(['sms', 'voice', 'email', 'whatsApp'] as const).flatMap((method): Row[] => [
    [method, method === 'whatsApp' ? 'optional' : 'required', object],
    [`${method}.enabled`, 'required', boolean],
    [`${method}.pairingDisabled`, 'optional', boolean],
    [`${method}.promptForNicknameOnPairing`, 'optional', boolean],
    [`${method}.otp`, 'required', object],
    [`${method}.otp.lifeTime`, 'required', duration({ MINUTES: [1, 120], SECONDS: [1, 120] })],
    [`${method}.otp.failure`, 'required', object],
    [`${method}.otp.failure.count`, 'required', integer(1, 7)],
    [`${method}.otp.failure.coolDown`, 'required', duration({ MINUTES: [0, 30], SECONDS: [0, 1800] })],
    [`${method}.otp.otpLength`, 'optional', integer(6, 10)],
  ]),
  ['mobile', 'required', object],
  ['mobile.enabled', 'required', boolean],
  ['mobile.promptForNicknameOnPairing', 'optional', boolean],
  ['mobile.otp', 'required', object],
  ['mobile.otp.failure', 'required', object],
  ['mobile.otp.failure.count', 'required', integer(1, 7)],
  ['mobile.otp.failure.coolDown', 'required', DEVICE_COOL_DOWN],
  ['mobile.otp.window', 'optional', object],
  ['mobile.otp.window.stepSize', 'optional', duration({ MINUTES: [1, 60], SECONDS: [1, 3600] })],
  ['mobile.applications', 'optional', { is: 'array' }],
  [`${APP}.id`, 'required', reference],
  [`${APP}.type`, 'optional', oneOf('pingIdAppConfig')],
  [`${APP}.push`, 'optional', object],
  [`${APP}.push.enabled`, 'required', boolean],
  [`${APP}.push.numberMatching`, 'optional', object],
  [`${APP}.push.numberMatching.enabled`, 'optional', boolean],
  [`${APP}.otp`, 'optional', object],
  [`${APP}.otp.enabled`, 'required', boolean],
  [`${APP}.pushTimeout`, 'optional', duration({ SECONDS: [1, 150] })],
  [`${APP}.pairingKeyLifetime`, 'optional', KEY_LIFETIME],
  [`${APP}.pushLimit`, 'optional', object],
  [`${APP}.pushLimit.count`, 'optional', integer(1, 50)],
  [`${APP}.pushLimit.timePeriod`, 'optional', SPAN],
  [`${APP}.pushLimit.lockDuration`, 'optional', SPAN],
  [`${APP}.deviceAuthorization`, 'optional', object],
  [`${APP}.deviceAuthorization.enabled`, 'required', boolean],
  [`${APP}.deviceAuthorization.extraVerification`, 'optional', oneOf('permissive', 'restrictive')],
  [`${APP}.autoEnrollment`, 'optional', object],
  [`${APP}.autoEnrollment.enabled`, 'required', boolean],
  [`${APP}.integrityDetection`, 'optional', oneOf('permissive', 'restrictive')],
  [`${APP}.pairingDisabled`, 'optional', boolean],
  [`${APP}.biometricsEnabled`, 'optional', boolean],
  [`${APP}.newRequestDurationConfiguration`, 'optional', object],
  [`${APP}.ipPairingConfiguration`, 'optional', object],
  ['totp', 'required', object],
  ['totp.enabled', 'required', boolean],
  ['totp.pairingDisabled', 'optional', boolean],
  ['totp.promptForNicknameOnPairing', 'optional', boolean],
  ['totp.otp', 'required', object],
  ['totp.otp.failure', 'required', object],
  ['totp.otp.failure.count', 'required', integer(1, 7)],
  ['totp.otp.failure.coolDown', 'required', TOKEN_COOL_DOWN],
  ['totp.passcodeGracePeriod', 'optional', integer(1, 10)],
  ['totp.uriParameters', 'optional', object],
  ['fido2', 'optional', object],
  ['fido2.enabled', 'required', boolean],
  ['fido2.pairingDisabled', 'optional', boolean],
  ['fido2.promptForNicknameOnPairing', 'optional', boolean],
  ['fido2.failure', 'optional', object],
  ['fido2.failure.count', 'optional', integer(1, 7)],
  ['fido2.failure.coolDown', 'optional', DEVICE_COOL_DOWN],
  ['oathToken', 'optional', object],
  ['oathToken.enabled', 'required', boolean],
  ['oathToken.otp', 'optional', object],
  ['oathToken.otp.failure', 'optional', object],
  ['oathToken.otp.failure.count', 'optional', integer(1, 7)],
  ['oathToken.otp.failure.coolDown', 'optional', TOKEN_COOL_DOWN],
];

const PINGID_ROWS: readonly Row[] = [
  ...(['desktop', 'yubikey'] as const).flatMap((method): Row[] => [
    [method, 'optional', object],
    [`${method}.enabled`, 'required', boolean],
    [`${method}.pairingDisabled`, 'optional', boolean],
    [`${method}.otp.failure.count`, 'optional', integer(1, 7)],
    [`${method}.otp.failure.coolDown`, 'optional', TOKEN_COOL_DOWN],
  ]),
  ['desktop.pairingKeyLifetime', 'optional', KEY_LIFETIME],
];

const WRONG_TYPES: Record<Rule['is'], readonly unknown[]> = {
  boolean: ['true', 1, {}],
  text: [7, true, ['a']],
  object: ['x', 1, []],
  reference: [7, 'not-an-id', 'F1E2D3C4-0000-4000-8000-000000000000'],
  array: [{}, 'x', 1],
  enum: [7, true, {}],
  integer: ['3', 1.5, true],
  duration: ['PT5M', 5, []],
};

const outOfRange = (target: string, [minimum, maximum]: readonly [number, number]) => ({
  code: 'OUT_OF_RANGE',
  target,
  innerError: { rangeMinimumValue: minimum, rangeMaximumValue: maximum },
});

describe.each([
  ['a policy of an MFA environment', fullPolicy(), ROWS],
  ['a policy with PingID sections', fullPingIdPolicy(), PINGID_ROWS],
] as const)('%s', (_, base, rows) => {
  it('is accepted with every member', () => {
    expect(detailsOf(withMember(base, 'name', 'All'))).toEqual([]);
  });

  it.each(rows)('%s, %s', (path, presence, rule) => {
    const missing = detailsOf(withMember(base, path, undefined));
    if (presence === 'required') expect(missing).toMatchObject([{ code: 'REQUIRED_VALUE', target: path }]);
    else expect(missing).toEqual([]);

    for (const wrong of WRONG_TYPES[rule.is])
      expect(detailsOf(withMember(base, path, wrong)), JSON.stringify(wrong)).toMatchObject([
        { code: 'INVALID_VALUE', target: path },
      ]);

    if (rule.is === 'enum')
      expect(detailsOf(withMember(base, path, 'OTHER'))).toMatchObject([
        { code: 'INVALID_VALUE', target: path, innerError: { allowedValues: rule.values } },
      ]);
    if (rule.is === 'enum')
      for (const value of rule.values) expect(detailsOf(withMember(base, path, value))).toEqual([]);

    if (rule.is === 'integer') {
      const [minimum, maximum] = rule.range;
      for (const value of [minimum, maximum]) expect(detailsOf(withMember(base, path, value))).toEqual([]);
      for (const value of [minimum - 1, maximum + 1])
        expect(detailsOf(withMember(base, path, value))).toMatchObject([outOfRange(path, rule.range)]);
    }

    if (rule.is === 'duration') {
      for (const [timeUnit, range] of Object.entries(rule.ranges)) {
        const [minimum, maximum] = range;
        for (const value of [minimum, maximum])
          expect(detailsOf(withMember(base, path, { duration: value, timeUnit })), `${value} ${timeUnit}`).toEqual([]);
        for (const value of [minimum - 1, maximum + 1])
          expect(
            detailsOf(withMember(base, path, { duration: value, timeUnit })),
            `${value} ${timeUnit}`,
          ).toMatchObject([outOfRange(`${path}.duration`, range)]);
      }
      const units = Object.keys(rule.ranges);
      const [timeUnit] = units;
      expect(detailsOf(withMember(base, path, { duration: 2, timeUnit: 'WEEKS' }))).toMatchObject([
        { code: 'INVALID_VALUE', target: `${path}.timeUnit`, innerError: { allowedValues: units } },
      ]);
      expect(detailsOf(withMember(base, path, { timeUnit }))).toMatchObject([
        { code: 'REQUIRED_VALUE', target: `${path}.duration` },
      ]);
      expect(detailsOf(withMember(base, path, { duration: 2 }))).toMatchObject([
        { code: 'REQUIRED_VALUE', target: `${path}.timeUnit` },
      ]);
      expect(detailsOf(withMember(base, path, { duration: '2', timeUnit }))).toMatchObject([
        { code: 'INVALID_VALUE', target: `${path}.duration` },
      ]);
    }
  });
});

describe('a policy document', () => {
  it('is accepted as the reference gives it', () => {
    expect(detailsOf(withMember(branchStaff(), 'name', 'Branch staff'))).toEqual([]);
  });

  it('names every bad field at once', () => {
    const body = withMember(withMember(fullPolicy(), 'name', undefined), 'sms.otp.otpLength', 11);
    expect(detailsOf(withMember(body, 'voice.enabled', 'no')).map(({ target }) => target)).toEqual([
      'name',
      'sms.otp.otpLength',
      'voice.enabled',
    ]);
  });

  it('names every duration outside its unit at once', () => {
    const body = withMember(fullPolicy(), 'sms.otp.failure.coolDown', { duration: 31, timeUnit: 'MINUTES' });
    const both = withMember(body, `${APP}.pushLimit.timePeriod`, { duration: 59, timeUnit: 'SECONDS' });
    expect(detailsOf(both).map(({ target }) => target)).toEqual([
      'sms.otp.failure.coolDown.duration',
      `${APP}.pushLimit.timePeriod.duration`,
    ]);
  });

  it.each([
    ['', { code: 'EMPTY_VALUE', target: 'name' }],
    ['x'.repeat(257), { code: 'SIZE_LIMIT_EXCEEDED', target: 'name' }],
  ])('has a name of 1 to 256 characters', (name, detail) => {
    expect(detailsOf(withMember(fullPolicy(), 'name', name))).toMatchObject([detail]);
  });

  it('takes a name of 256 characters', () => {
    expect(detailsOf(withMember(fullPolicy(), 'name', 'x'.repeat(256)))).toEqual([]);
  });

  it('has text values only among the parameters of the TOTP link', () => {
    expect(detailsOf(withMember(fullPolicy(), 'totp.uriParameters', { issuer: 7 }))).toMatchObject([
      { code: 'INVALID_VALUE', target: 'totp.uriParameters.issuer' },
    ]);
  });

  it.each([
    ['deviceTimeout', 14, [15, 75]],
    ['deviceTimeout', 76, [15, 75]],
    ['totalTimeout', 29, [30, 90]],
    ['totalTimeout', 91, [30, 90]],
  ] as const)('keeps %s of %i seconds out', (member, value, range) => {
    const path = `${APP}.newRequestDurationConfiguration.${member}`;
    expect(detailsOf(withMember(fullPolicy(), path, { duration: value, timeUnit: 'SECONDS' }))).toMatchObject([
      outOfRange(`${path}.duration`, range),
    ]);
  });

  it('wants the total timeout 15 seconds above the device timeout', () => {
    const path = `${APP}.newRequestDurationConfiguration`;
    const timeouts = (device: number, total: number) => ({
      deviceTimeout: { duration: device, timeUnit: 'SECONDS' },
      totalTimeout: { duration: total, timeUnit: 'SECONDS' },
    });
    expect(detailsOf(withMember(fullPolicy(), path, timeouts(30, 45)))).toEqual([]);
    expect(detailsOf(withMember(fullPolicy(), path, timeouts(30, 44)))).toMatchObject([
      outOfRange(`${path}.totalTimeout.duration`, [45, 90]),
    ]);
    // Each is judged with the other's default when it stands alone.
    expect(detailsOf(withMember(fullPolicy(), path, { deviceTimeout: timeouts(26, 0).deviceTimeout }))).toMatchObject([
      outOfRange(`${path}.totalTimeout.duration`, [41, 90]),
    ]);
    expect(detailsOf(withMember(fullPolicy(), path, {}))).toEqual([]);
  });

  it('wants addresses when not any address will do', () => {
    const path = `${APP}.ipPairingConfiguration`;
    for (const configuration of [{ anyIPAdress: false }, { anyIPAdress: false, onlyTheseIpAddresses: [] }])
      expect(detailsOf(withMember(fullPolicy(), path, configuration))).toMatchObject([
        { code: 'REQUIRED_VALUE', target: `${path}.onlyTheseIpAddresses` },
      ]);
    expect(detailsOf(withMember(fullPolicy(), path, { anyIPAdress: true }))).toEqual([]);
  });

  it.each(['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::1'])('takes the address %s', (address) => {
    const path = `${APP}.ipPairingConfiguration.onlyTheseIpAddresses`;
    expect(detailsOf(withMember(fullPolicy(), path, [address]))).toEqual([]);
  });

  it.each(['', 'example.org', '192.0.2.256', '192.0.2.0/33', '2001:db8::/129', '192.0.2.1/', '192.0.2.1/8/8'])(
    'refuses the address %j',
    (address) => {
      const path = `${APP}.ipPairingConfiguration.onlyTheseIpAddresses`;
      expect(detailsOf(withMember(fullPolicy(), path, ['::1', address]))).toMatchObject([
        { code: address === '' ? 'EMPTY_VALUE' : 'INVALID_VALUE', target: `${path}[1]` },
      ]);
    },
  );

  it('does not combine WhatsApp with the sections of PingID, unless it is off', () => {
    for (const section of ['desktop', 'yubikey']) {
      const policy = withMember(fullPolicy(), section, { enabled: false });
      expect(detailsOf(policy)).toMatchObject([{ code: 'INVALID_VALUE', target: 'whatsApp' }]);
      expect(detailsOf(withMember(policy, 'whatsApp.enabled', false))).toEqual([]);
    }
  });

  it('SEC-43: refers only to applications of its environment that can be paired', () => {
    for (const id of [WORKER_APP, DEFAULT_POLICY])
      expect(detailsOf(withMember(fullPolicy(), `${APP}.id`, id))).toMatchObject([
        { code: 'INVALID_VALUE', target: `${APP}.id` },
      ]);
  });

  it('SEC-43: refers to no FIDO or notification policy, because there is none', () => {
    expect(detailsOf(withMember(fullPolicy(), 'fido2.fido2PolicyId', DEFAULT_POLICY))).toMatchObject([
      { code: 'INVALID_VALUE', target: 'fido2.fido2PolicyId' },
    ]);
    expect(detailsOf(withMember(fullPolicy(), 'notificationsPolicy', { id: DEFAULT_POLICY }))).toMatchObject([
      { code: 'INVALID_VALUE', target: 'notificationsPolicy.id' },
    ]);
    expect(detailsOf(withMember(fullPolicy(), 'notificationsPolicy', { id: 'x' }))).toMatchObject([
      { code: 'INVALID_VALUE', target: 'notificationsPolicy.id' },
    ]);
  });

  it('takes and ignores the legacy FIDO sections and a pairing key lifetime of OATH tokens', () => {
    const legacy = { enabled: true, fidoPolicyId: DEFAULT_POLICY };
    for (const section of ['platform', 'securityKey'])
      expect(detailsOf(withMember(fullPolicy(), section, legacy))).toEqual([]);
    expect(detailsOf(withMember(fullPolicy(), 'oathToken.pairingKeyLifetime', 'whatever'))).toEqual([]);
  });
});
