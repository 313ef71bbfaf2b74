import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { refusalOf } from './refusal.js';
import { type Named, namedIn } from './requests.js';
import { flag, id, MALFORMED_IDS, object, oneOf, text, textMap } from './shapes.js';
import { type Answer, type Ask, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
let named: Named;
beforeAll(async () => {
  started = await startWorld();
  named = await namedIn(started);
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const flows = (): readonly string[] => [named.flow];
const create = (): Ask => ({ path: `/${here.environment}/deviceAuthentications` });
/** An action on the flow that nobody moves, and on one of its own. */
const act = (type: string) => ({
  to: (): Ask => ({ path: `${create().path}/${named.flow}`, type }),
  async control(): Promise<Ask> {
    const { body } = await started.ask({ ...create(), body: { user, selectedDevice: { id: here.email } } });
    return { path: `${create().path}/${body['id']}`, type };
  },
});

const user = { id: here.user };
const NO_PHONES = [
  '0800',
  '+0123456789',
  '+1',
  '5125550101x',
  'tel:+15125550101',
  '+1512555010112345678',
  '+1 512 555 O101',
  '٠١٢٣٤٥٦٧٨٩',
  '+1\n5125550101',
];
const NO_EMAILS = [
  'ann',
  '@example.org',
  'ann@',
  'a b@example.org',
  'ann@example..org',
  'ann@exa mple.org',
  'ann@@example.org',
  'ann@example.org\r\nBcc: x@example.org',
  'Ann <ann@example.org>',
  'a@b.org,c@d.org',
  `${'a'.repeat(250)}@example.org`,
];

/** `10` §3.1. */
const common = {
  policy: object({ 'id*': id() }),
  otp: text(),
  rp: object({ id: text() }),
  webAuthn: object({ challenge: text({ malformed: ['short', '+'.repeat(44), 'A'.repeat(41), 'ä'.repeat(44)] }) }),
  compatibility: oneOf('FULL', 'SECURITY_KEY_ONLY', 'NONE'),
  application: object({ 'id*': id() }),
  notification: object({
    template: object({
      name: oneOf('strong_authentication', 'transaction'),
      variant: text({ max: 100 }),
      locale: text({ malformed: ['english!', 'e', 'en--GB', 'en-', '*'] }),
      variables: textMap(),
    }),
    policy: object({ 'id*': id() }),
    clientContext: object({}),
  }),
};
const rest = {
  policy: { id: here.otherPolicy },
  rp: { id: 'example.org' },
  webAuthn: { challenge: 'A'.repeat(43) },
  compatibility: 'FULL',
  notification: {
    template: { name: 'transaction', locale: 'fr-CA', variables: { sum: '5' } },
    clientContext: { a: 1 },
  },
};

refusesBadFields('create, with a paired device (10 §3.1)', {
  world,
  to: create,
  flows,
  right: () => ({ user, ...rest, selectedDevice: { id: here.sms } }),
  shape: object({ ...common, selectedDevice: object({ id: id(), otp: text() }) }),
});

const oneTime = (type: string, contact: object, members: Parameters<typeof object>[0], more: object = {}): void =>
  refusesBadFields(`create, one-time ${type} (10 §3.1, §4.3)`, {
    world,
    to: create,
    flows,
    right: () => ({ user, ...rest, ...more, selectedDevice: { oneTime: { type, ...contact } } }),
    shape: object({
      selectedDevice: object({
        oneTime: object({ 'type*': oneOf('SMS', 'VOICE', 'EMAIL', 'WHATSAPP', 'SMS'), ...members }),
      }),
    }),
  });
const phone = { 'phone*': text({ malformed: NO_PHONES }) };
oneTime('SMS', { phone: '+1 (512) 555-0199', testMode: true }, { ...phone, testMode: flag() });
oneTime('VOICE', { phone: '+1.5125550199', testMode: false }, { ...phone, testMode: flag() });
oneTime('WHATSAPP', { phone: '+15125550199' }, { ...phone, testMode: flag() }, { notification: {} });
oneTime(
  'EMAIL',
  { email: 'once@example.org', testMode: true },
  { 'email*': text({ malformed: NO_EMAILS }), testMode: flag() },
);

const UNKNOWN = 'INVALID_VALUE';
refusesRequests('create, refused as a whole (10 §3.1, §4.2)', { world, to: create, flows }, [
  { name: 'a user without id', body: () => ({ user: {} }), details: ['REQUIRED_VALUE user.id'] },
  {
    name: 'a device of nobody',
    body: () => ({ selectedDevice: { id: here.sms } }),
    details: ['INVALID_VALUE user.id'],
  },
  { name: 'a user without id', body: () => ({ user: {} }), details: ['REQUIRED_VALUE user.id'] },
  ...[42, 'text', [], true].map((value) => ({
    name: `a user that is ${JSON.stringify(value)}`,
    body: () => ({ user: value }),
    details: ['INVALID_VALUE user'],
  })),
  ...[42, {}, [], true].map((value) => ({
    name: `a user.id that is ${JSON.stringify(value)}`,
    body: () => ({ user: { id: value } }),
    details: ['INVALID_VALUE user.id'],
  })),
  ...[...MALFORMED_IDS, NOBODY, there.user].map((value) => ({
    name: `the user ${value}`,
    body: () => ({ user: { id: value } }),
    status: 404,
    code: 'NOT_FOUND',
    details: [],
  })),
  ...[NOBODY, there.policy, there.otherPolicy, here.user].map((value) => ({
    name: `the policy ${value}`,
    body: () => ({ user, policy: { id: value } }),
    details: [`${UNKNOWN} policy.id`],
  })),
  ...[NOBODY, there.email, here.newcomer].map((value) => ({
    name: `the device ${value}`,
    body: () => ({ user, selectedDevice: { id: value } }),
    details: [`${UNKNOWN} selectedDevice.id`],
  })),
  {
    name: 'a device of another user',
    body: () => ({ user: { id: here.newcomer }, selectedDevice: { id: here.email } }),
    details: [`${UNKNOWN} selectedDevice.id`],
  },
  {
    name: 'a device that waits for its code',
    body: () => ({ user, selectedDevice: { id: named.pending } }),
    details: [`${UNKNOWN} selectedDevice.id`],
  },
  ...[NOBODY, there.policy].map((value) => ({
    name: `the notification policy ${value}`,
    body: () => ({ user, notification: { policy: { id: value } } }),
    details: [`${UNKNOWN} notification.policy.id`],
  })),
  ...[NOBODY, there.policy].map((value) => ({
    name: `the application ${value}`,
    body: () => ({ user, application: { id: value } }),
    details: [`${UNKNOWN} application.id`],
  })),
  {
    name: 'a device and a one-time contact',
    body: () => ({ user, selectedDevice: { id: here.email, oneTime: { type: 'SMS', phone: '+15125550199' } } }),
    details: ['INVALID_VALUE selectedDevice.oneTime'],
  },
  {
    name: 'a payload of the mobile SDK',
    body: () => ({ user, mobilePayload: 'eyJ' }),
    details: ['INVALID_VALUE mobilePayload'],
  },
  {
    name: 'a passcode that no device can have made (10 §10.4)',
    body: () => ({ user, otp: '123456' }),
    details: ['INVALID_OTP otp'],
  },
  {
    name: 'the same beside a device',
    body: () => ({ user, selectedDevice: { id: here.email, otp: '123456' } }),
    details: ['INVALID_OTP otp'],
  },
  {
    name: 'a variant that does not exist (10 §13A)',
    body: () => ({ user, notification: { template: { variant: 'no such' } } }),
    details: ['INVALID_VALUE'],
  },
  {
    name: 'a template that has no content for the channel (30 §9.2)',
    body: () => ({
      user,
      selectedDevice: { oneTime: { type: 'WHATSAPP', phone: '+15125550199' } },
      notification: { template: { name: 'transaction' } },
    }),
    details: ['INVALID_VALUE'],
  },
  {
    name: 'a client context of more than 4 KB',
    body: () => ({ user, notification: { clientContext: { text: 'x'.repeat(4_096) } } }),
    details: ['SIZE_LIMIT_EXCEEDED notification.clientContext'],
  },
  {
    name: 'test mode by WhatsApp (10 §4.4)',
    body: () => ({ user, selectedDevice: { oneTime: { type: 'WHATSAPP', phone: '+15125550199', testMode: true } } }),
    details: ['INVALID_VALUE selectedDevice.oneTime.testMode'],
  },
  {
    name: 'every bad field at once (00 §2.6)',
    body: () => ({ user: { id: 1 }, policy: {}, compatibility: 'SOME', selectedDevice: { id: 'x' } }),
    details: [
      'INVALID_VALUE user.id',
      'REQUIRED_VALUE policy.id',
      'INVALID_VALUE selectedDevice.id',
      'INVALID_VALUE compatibility',
    ],
  },
]);

refusesBadFields('device.select (10 §7.2)', {
  world,
  ...act('device.select'),
  flows,
  right: () => ({ device: { id: here.sms }, compatibility: 'NONE' }),
  shape: object({ device: object({ 'id*': id() }), compatibility: oneOf('FULL', 'SECURITY_KEY_ONLY', 'NONE') }),
});

refusesRequests('device.select, of what cannot be selected (10 §7.2)', { world, to: act('device.select').to, flows }, [
  { name: 'nothing', body: () => ({}), details: ['REQUIRED_VALUE device.id'] },
  { name: 'null', body: () => ({ device: null }), details: ['REQUIRED_VALUE device.id'] },
  ...[NOBODY, there.email, here.user].map((value) => ({
    name: value,
    body: () => ({ device: { id: value } }),
    details: [`${UNKNOWN} device.id`],
  })),
  {
    name: 'a device that waits for its code',
    body: () => ({ device: { id: named.pending } }),
    details: [`${UNKNOWN} device.id`],
  },
]);

const NO_CODES = [
  '12345',
  '12345678901',
  ' 123456',
  '123456 ',
  '123456\n',
  '12345a',
  '-12345',
  '+12345',
  '1e5',
  '１２３４５６',
  '١٢٣٤٥٦',
  '123 456',
  '0x1234',
];
refusesBadFields('otp.check: a malformed code is no attempt (10 §7.3; SEC-09)', {
  world,
  ...act('otp.check'),
  flows,
  right: () => ({ otp: '000000' }),
  shape: object({ 'otp*': text({ malformed: NO_CODES }) }),
  expected: (answer: Answer) => expect(refusalOf(answer).details).toEqual(['INVALID_OTP otp']),
});

refusesRequests(
  'otp.check: digits of another length than the issued code’s',
  { world, to: act('otp.check').to, flows },
  [
    ...['1234567', '12345678', '1234567890'].map((otp) => ({
      name: otp,
      body: () => ({ otp }),
      details: ['INVALID_VALUE otp'],
    })),
  ],
);

refusesBadFields('cancel.push.authentication (10 §7.5)', {
  world,
  ...act('cancel.push.authentication'),
  flows,
  right: () => ({ reason: 'CHANGE_DEVICE' }),
  shape: object({ 'reason*': text() }),
});

it('what the server owns is ignored, whatever is sent (SEC-45)', async () => {
  const owned = {
    id: NOBODY,
    status: 'COMPLETED',
    authenticators: ['mfa'],
    test: { otp: '000000' },
    createdAt: '1999-01-01T00:00:00.000Z',
  };
  const { body, text: answer } = await started.ask({
    ...create(),
    body: { user, selectedDevice: { id: here.sms }, ...owned },
  });
  expect(body).toMatchObject({ status: 'OTP_REQUIRED' });
  for (const member of ['authenticators', 'test']) expect(body).not.toHaveProperty(member);
  expect(answer).not.toMatch(/1999|99999999-9999/);
  const path = `/${here.environment}/deviceAuthentications/${body['id']}`;
  const more = { otp: '000000', attemptsRemaining: 99, failures: 0, status: 'COMPLETED' };
  expect(refusalOf(await started.ask({ path, type: 'otp.check', body: more })).details).toEqual(['INVALID_OTP otp']);
});
