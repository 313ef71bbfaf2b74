import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { detailsOf, refusalOf } from './refusal.js';
import { applied, duration, flag, id, integer, list, object, oneOf, type Shape, text, textMap } from './shapes.js';
import { type Ask, type Body, HERE, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const POLICIES = `/environments/${HERE}/deviceAuthenticationPolicies`;
const SETTINGS = `/environments/${HERE}/mfaSettings`;

const count = integer(1, 7);
const common = { 'enabled*': flag(), pairingDisabled: flag(), promptForNicknameOnPairing: flag() };
/** A duration whose range depends on its unit; the right body has minutes. */
const coolDown = (minimum: number, maximum: number): Shape => duration(minimum, maximum, 'MINUTES', 'SECONDS');

/** `30` §1.3.1. */
const sent = object({
  ...common,
  'otp*': object({
    'lifeTime*': duration(1, 120, 'MINUTES', 'SECONDS'),
    'failure*': object({ 'count*': count, 'coolDown*': coolDown(0, 30) }),
    otpLength: integer(6, 10),
  }),
});
/** `30` §1.3.6. */
const token = { ...common, otp: object({ failure: object({ count, coolDown: coolDown(1, 30) }) }) };

const NO_ADDRESSES = [
  'x',
  '1.2.3',
  '1.2.3.256',
  '192.0.2.0/33',
  '::/129',
  '192.0.2.1/',
  ' 192.0.2.1',
  '1.2.3.4-1.2.3.9',
];
/** `30` §1.3.3. */
const application = object({
  'id*': id(),
  type: oneOf('pingIdAppConfig'),
  push: object({ 'enabled*': flag(), numberMatching: object({ enabled: flag() }) }),
  otp: object({ 'enabled*': flag() }),
  pushTimeout: duration(1, 150, 'SECONDS'),
  pairingKeyLifetime: duration(1, 2_880, 'MINUTES', 'HOURS'),
  pushLimit: object({
    count: integer(1, 50),
    timePeriod: duration(1, 120, 'MINUTES'),
    lockDuration: duration(1, 120, 'MINUTES'),
  }),
  deviceAuthorization: object({ 'enabled*': flag(), extraVerification: oneOf('permissive', 'restrictive') }),
  autoEnrollment: object({ 'enabled*': flag() }),
  integrityDetection: oneOf('permissive', 'restrictive'),
  pairingDisabled: flag(),
  biometricsEnabled: flag(),
  newRequestDurationConfiguration: object({
    deviceTimeout: duration(15, 75, 'SECONDS'),
    totalTimeout: duration(30, 90, 'SECONDS'),
  }),
  ipPairingConfiguration: object({
    anyIPAdress: flag(),
    onlyTheseIpAddresses: list(text({ max: 64, malformed: NO_ADDRESSES }), { max: 1_000, of: '192.0.2.1' }),
  }),
});

/** `30` §1.2. */
const policy = object({
  'name*': text({ max: 256 }),
  'default*': flag(),
  authentication: object({ deviceSelection: oneOf('DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT', 'ALWAYS_DISPLAY_DEVICES') }),
  newDeviceNotification: oneOf('NONE', 'EMAIL_THEN_SMS', 'SMS_THEN_EMAIL'),
  ignoreUserLock: flag(),
  rememberMe: object({
    'web*': object({ 'enabled*': flag(), 'lifeTime*': duration(1, 129_600, 'MINUTES', 'HOURS', 'DAYS') }),
  }),
  'sms*': sent,
  'voice*': sent,
  'email*': sent,
  whatsApp: sent,
  'mobile*': object({
    'enabled*': flag(),
    promptForNicknameOnPairing: flag(),
    'otp*': object({
      'failure*': object({ 'count*': count, 'coolDown*': coolDown(2, 30) }),
      window: object({ stepSize: duration(1, 60, 'MINUTES', 'SECONDS') }),
    }),
  }),
  'totp*': object({
    ...common,
    'otp*': object({ 'failure*': object({ 'count*': count, 'coolDown*': coolDown(1, 30) }) }),
    passcodeGracePeriod: integer(1, 10),
    uriParameters: textMap(),
  }),
  fido2: object({ ...common, failure: object({ count, coolDown: coolDown(2, 30) }), fido2PolicyId: id() }),
  oathToken: object(token),
});

const minutes = (value: number) => ({ duration: value, timeUnit: 'MINUTES' });
const fullPolicy = (name = 'Full'): Body => ({
  ...factoryPolicy({ name, default: false }),
  mobile: { enabled: true, otp: { failure: { count: 3, coolDown: minutes(2) }, window: { stepSize: minutes(1) } } },
});
const withPath = (path: string, value: unknown, base: Body = fullPolicy()): Body =>
  applied(base, { at: path.split('.'), value, detail: '' });

/** A range that holds in seconds only, or in minutes only, is refused by the other unit’s (`30` §1.3). */
const inSeconds = (path: string, ...wrong: readonly number[]) =>
  wrong.map((seconds) => ({
    name: `${path} of ${seconds} seconds`,
    body: () => withPath(path, { duration: seconds, timeUnit: 'SECONDS' }),
    details: [`OUT_OF_RANGE ${path}.duration`],
  }));

for (const method of ['POST', 'PUT']) {
  const to = (): Ask => ({ method, path: method === 'POST' ? POLICIES : `${POLICIES}/${here.otherPolicy}` });
  refusesBadFields(`a policy by ${method} (30 §1.2, §1.3)`, {
    world,
    to,
    right: () => fullPolicy(`Full ${method}`),
    shape: policy,
  });

  refusesRequests(`a policy by ${method}, refused as a whole (30 §1.2, §1.3)`, { world, to }, [
    {
      name: 'nothing',
      body: () => ({}),
      details: ['name', 'default', 'sms', 'voice', 'email', 'mobile', 'totp'].map((field) => `REQUIRED_VALUE ${field}`),
    },
    ...inSeconds('sms.otp.lifeTime', 0, 121),
    ...['sms', 'voice', 'email', 'whatsApp'].flatMap((name) => inSeconds(`${name}.otp.failure.coolDown`, -1, 1_801)),
    ...['mobile.otp.failure.coolDown', 'fido2.failure.coolDown'].flatMap((path) => inSeconds(path, 119, 1_801)),
    ...['totp.otp.failure.coolDown', 'oathToken.otp.failure.coolDown'].flatMap((path) => inSeconds(path, 0, 1_801)),
    ...[
      ['HOURS', 2_161],
      ['DAYS', 91],
    ].map(([timeUnit, value]) => ({
      name: `remembered for ${value} ${timeUnit}`,
      body: () => withPath('rememberMe', { web: { enabled: true, lifeTime: { duration: value, timeUnit } } }),
      details: ['OUT_OF_RANGE rememberMe.web.lifeTime.duration'],
    })),
    ...[NOBODY, here.policy, there.policy].map((value) => ({
      name: `the notification policy ${value}`,
      body: () => withPath('notificationsPolicy', { id: value }),
      details: ['INVALID_VALUE notificationsPolicy.id'],
    })),
    ...[NOBODY, there.policy].map((value) => ({
      name: `the FIDO policy ${value}`,
      body: () => withPath('fido2.fido2PolicyId', value),
      details: ['INVALID_VALUE fido2.fido2PolicyId'],
    })),
    ...[NOBODY, there.user, here.user].map((value) => ({
      name: `the application ${value}`,
      body: () => withPath('mobile.applications', [{ id: value }]),
      details: ['INVALID_VALUE mobile.applications[0].id'],
    })),
    {
      name: 'a name that another policy has',
      body: () => fullPolicy('First'),
      details: ['UNIQUENESS_VIOLATION name'],
    },
    {
      name: 'WhatsApp beside a PingID method (30 §1.2)',
      body: () => withPath('desktop', { enabled: false }, withPath('whatsApp.enabled', true)),
      details: ['INVALID_VALUE whatsApp'],
    },
    {
      name: 'every bad field at once (00 §2.6)',
      body: () => withPath('sms.otp.failure.count', 9, { ...fullPolicy(), name: 7, default: 'no' }),
      details: ['INVALID_VALUE name', 'INVALID_VALUE default', 'OUT_OF_RANGE sms.otp.failure.count'],
    },
  ]);
}

/** Right in form; but there is no such application. */
const unknownApplication = {
  id: NOBODY,
  type: 'pingIdAppConfig',
  push: { enabled: true, numberMatching: { enabled: true } },
  otp: { enabled: true },
  pushTimeout: { duration: 40, timeUnit: 'SECONDS' },
  pairingKeyLifetime: minutes(60),
  pushLimit: { count: 5, timePeriod: minutes(10), lockDuration: minutes(30) },
  deviceAuthorization: { enabled: true, extraVerification: 'permissive' },
  autoEnrollment: { enabled: false },
  integrityDetection: 'restrictive',
  newRequestDurationConfiguration: {
    deviceTimeout: { duration: 15, timeUnit: 'SECONDS' },
    totalTimeout: { duration: 90, timeUnit: 'SECONDS' },
  },
  ipPairingConfiguration: { anyIPAdress: false, onlyTheseIpAddresses: ['192.0.2.0/24', '2001:db8::/32'] },
};
refusesBadFields('applications of a policy (30 §1.3.3): what is wrong in form comes before the look-up', {
  world,
  to: () => ({ path: POLICIES }),
  right: () => withPath('mobile.applications', [unknownApplication]),
  shape: object({ mobile: object({ applications: list(application, { max: 100, of: { id: NOBODY } }) }) }),
  expected: (answer) => expect(refusalOf(answer).details).toEqual(['INVALID_VALUE mobile.applications[0].id']),
});

describe('the default policy (30 §1.5)', () => {
  it('cannot be deleted, nor cleared, in the words that clients match (00 §4.4)', async () => {
    const before = await started.fingerprint();
    const path = `${POLICIES}/${here.policy}`;
    const deleted = await started.ask({ method: 'DELETE', path });
    expect(refusalOf(deleted)).toEqual({ status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] });
    expect(detailsOf(deleted)[0]?.message).toContain('remove default device authentication policy');
    const cleared = await started.ask({ method: 'PUT', path, body: factoryPolicy({ name: 'First', default: false }) });
    expect(refusalOf(cleared)).toMatchObject({ status: 400, code: 'REQUEST_FAILED' });
    expect(await started.fingerprint()).toBe(before);
  });
});

refusesBadFields('fido2.migrate (30 §1.6)', {
  world,
  to: () => ({ path: POLICIES, type: 'deviceAuthenticationPolicy.fido2.migrate' }),
  right: () => ({ migrationData: [{ deviceAuthenticationPolicyId: here.policy }] }),
  shape: object({
    migrationData: list(object({ 'deviceAuthenticationPolicyId*': id(), fido2PolicyId: id() })),
  }),
});
refusesRequests(
  'fido2.migrate, of what is not there',
  { world, to: () => ({ path: POLICIES, type: 'deviceAuthenticationPolicy.fido2.migrate' }) },
  [
    ...[NOBODY, there.policy].map((value) => ({
      name: `the policy ${value}`,
      body: () => ({ migrationData: [{ deviceAuthenticationPolicyId: value }] }),
      details: ['INVALID_VALUE migrationData[0].deviceAuthenticationPolicyId'],
    })),
    {
      name: 'a FIDO policy',
      body: () => ({ migrationData: [{ deviceAuthenticationPolicyId: here.policy, fido2PolicyId: NOBODY }] }),
      details: ['INVALID_VALUE migrationData[0].fido2PolicyId'],
    },
  ],
);

const INT32 = 2_147_483_647;
refusesBadFields('mfaSettings (30 §3.2)', {
  world,
  to: () => ({ method: 'PUT', path: SETTINGS }),
  right: () => ({
    pairing: { maxAllowedDevices: 15, pairingKeyFormat: 'NUMERIC' },
    lockout: { failureCount: 5, durationSeconds: 60 },
    phoneExtensions: { enabled: true },
    users: { mfaEnabled: true },
    authentication: { deviceSelection: 'PROMPT_TO_SELECT' },
  }),
  shape: object({
    pairing: object({ maxAllowedDevices: integer(1, 15), pairingKeyFormat: oneOf('NUMERIC', 'ALPHANUMERIC') }),
    lockout: object({ 'failureCount*': integer(0, INT32), durationSeconds: integer(0, INT32) }),
    phoneExtensions: object({ enabled: flag() }),
    users: object({ mfaEnabled: flag() }),
    authentication: object({ deviceSelection: oneOf('DEFAULT_TO_FIRST', 'PROMPT_TO_SELECT') }),
  }),
});
refusesRequests(
  'mfaSettings, with a value that only policies have',
  { world, to: () => ({ method: 'PUT', path: SETTINGS }) },
  [
    {
      name: 'ALWAYS_DISPLAY_DEVICES',
      body: () => ({ authentication: { deviceSelection: 'ALWAYS_DISPLAY_DEVICES' } }),
      details: ['INVALID_VALUE authentication.deviceSelection'],
    },
  ],
);

it('ranges are told in numbers (00 §4.3; 30 §0.4)', async () => {
  const { body } = await started.ask({
    method: 'PUT',
    path: SETTINGS,
    body: { pairing: { maxAllowedDevices: 16, pairingKeyFormat: 'HEX' } },
  });
  expect(body['details']).toEqual([
    {
      code: 'OUT_OF_RANGE',
      target: 'pairing.maxAllowedDevices',
      message: 'must be between 1 and 15',
      innerError: { rangeMinimumValue: 1, rangeMaximumValue: 15 },
    },
    {
      code: 'INVALID_VALUE',
      target: 'pairing.pairingKeyFormat',
      message: expect.any(String),
      innerError: { allowedValues: ['NUMERIC', 'ALPHANUMERIC'] },
    },
  ]);
});
