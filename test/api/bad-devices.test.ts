import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { refusalOf } from './refusal.js';
import { type Named, namedIn } from './requests.js';
import { flag, id, list, MALFORMED_IDS, object, oneOf, type Shape, text, textMap } from './shapes.js';
import { type Answer, type Ask, here, NOBODY, startWorld, there, type World } from './world.js';

let started: World;
let named: Named;
beforeAll(async () => {
  started = await startWorld();
  named = await namedIn(started);
});
afterAll(() => started[Symbol.asyncDispose]());

const world = (): World => started;
const DEVICES = `/environments/${here.environment}/users/${here.newcomer}/devices`;
const ANNS = `/environments/${here.environment}/users/${here.user}/devices`;
const create = (): Ask => ({ path: DEVICES });
const INVALID_OTP = (answer: Answer): void => expect(refusalOf(answer).details).toEqual(['INVALID_OTP otp']);

const TYPES = ['EMAIL', 'SMS', 'VOICE', 'WHATSAPP'] as const;
/** `20` §5, §6.1. */
const OWN: Readonly<
  Record<(typeof TYPES)[number], { readonly right: object; readonly members: Record<string, Shape> }>
> = {
  EMAIL: {
    right: { email: 'bob.factor@example.org', testMode: true },
    members: {
      'email*': text({
        malformed: ['bob', '@example.org', 'bob@', 'a b@example.org', 'bob@x.org\r\nBcc: y@x.org', 'Bob <b@x.org>'],
      }),
      testMode: flag(),
    },
  },
  SMS: { right: { phone: '+1.5125550188', testMode: false }, members: { 'phone*': phone(), testMode: flag() } },
  VOICE: {
    right: { phone: '1-512-555-0187', extension: '12,3#*', testMode: true },
    members: {
      'phone*': phone(),
      extension: text({ malformed: ['12a', '1 2', '+1', '１２', '1\n', '12;', '1'.repeat(33)] }),
      testMode: flag(),
    },
  },
  WHATSAPP: { right: { phone: '+15125550186' }, members: { 'phone*': phone(), testMode: flag() } },
};

function phone(): Shape {
  return text({
    malformed: [
      '0800',
      '+0123456789',
      '+1',
      '5125550101x',
      'tel:+15125550101',
      '+1512555010112345678',
      '+1\n5125550101',
      '+1 512 555 0101;ext=1',
    ],
  });
}

const pairing = {
  status: oneOf('ACTIVE', 'ACTIVATION_REQUIRED'),
  nickname: text({ max: 100, mayBeEmpty: true, filler: '😀' }),
  policy: object({ id: id() }),
  notification: object({
    template: object({
      locale: text({ malformed: ['français', 'f', '-', 'en--GB'] }),
      variant: text({ max: 100 }),
      variables: textMap(),
    }),
    policy: object({ id: id() }),
  }),
};

for (const type of TYPES)
  refusesBadFields(`create, ${type} (20 §6.1)`, {
    world,
    to: create,
    right: () => ({
      type,
      ...OWN[type].right,
      status: 'ACTIVATION_REQUIRED',
      nickname: 'Work',
      policy: { id: here.otherPolicy },
      notification: { template: { locale: 'fr', variables: { sum: '5' } } },
    }),
    shape: object({ 'type*': oneOf('EMAIL', 'SMS', 'VOICE', 'WHATSAPP'), ...pairing, ...OWN[type].members }),
  });

const SMS = { type: 'SMS', phone: '+15125550177' };
const refusal = (name: string, body: () => object, ...details: readonly string[]) => ({
  name,
  body: () => ({ ...body() }),
  details,
});
refusesRequests('create, refused as a whole (20 §3.2, §5, §6.1, §6.5)', { world, to: create }, [
  refusal('nothing at all', () => ({}), 'REQUIRED_VALUE type'),
  ...['MOBILE', 'PINGID_DESKTOP_GEN2', 'YUBIKEY', 'PASSWORD', 'sms', '__proto__', 'constructor', 'toString'].map(
    (type) => refusal(`the type ${type}`, () => ({ ...SMS, type }), 'INVALID_VALUE type'),
  ),
  ...TYPES.map((type) =>
    refusal(
      `${type} with the other kind of contact`,
      () => (type === 'EMAIL' ? { type, phone: SMS.phone } : { type, email: 'b@example.org' }),
      `REQUIRED_VALUE ${type === 'EMAIL' ? 'email' : 'phone'}`,
    ),
  ),
  refusal('a policy without id and type', () => ({ ...SMS, policy: {} }), 'INVALID_VALUE policy'),
  refusal(
    'a policy with both',
    () => ({ ...SMS, policy: { id: here.policy, type: 'DEFAULT' } }),
    'INVALID_VALUE policy',
  ),
  refusal(
    'a policy type that is not DEFAULT',
    () => ({ ...SMS, policy: { type: 'OTHER' } }),
    'INVALID_VALUE policy.type',
  ),
  ...[NOBODY, there.policy, there.otherPolicy, here.user].map((value) =>
    refusal(`the policy ${value}`, () => ({ ...SMS, policy: { id: value } }), 'INVALID_VALUE policy.id'),
  ),
  ...[NOBODY, there.policy].map((value) =>
    refusal(
      `the notification policy ${value}`,
      () => ({ ...SMS, status: 'ACTIVATION_REQUIRED', notification: { policy: { id: value } } }),
      'INVALID_VALUE notification.policy.id',
    ),
  ),
  refusal('test mode by WhatsApp', () => ({ ...SMS, type: 'WHATSAPP', testMode: true }), 'INVALID_VALUE testMode'),
  ...['SMS', 'WHATSAPP'].map((type) =>
    refusal(`an extension with ${type}`, () => ({ ...SMS, type, extension: '1' }), 'INVALID_VALUE extension'),
  ),
  refusal(
    'an extension with EMAIL',
    () => ({ type: 'EMAIL', email: 'b@example.org', extension: '1' }),
    'INVALID_VALUE extension',
  ),
  refusal(
    'a variant that does not exist (10 §13A)',
    () => ({ ...SMS, status: 'ACTIVATION_REQUIRED', notification: { template: { variant: 'no such' } } }),
    'INVALID_VALUE',
  ),
  refusal(
    'every bad field at once (00 §2.6)',
    () => ({ type: 'SMS', phone: 5, status: 'ON', nickname: 'x'.repeat(101), testMode: 'no' }),
    'INVALID_VALUE phone',
    'INVALID_VALUE status',
    'SIZE_LIMIT_EXCEEDED nickname',
    'INVALID_VALUE testMode',
  ),
]);

refusesRequests('create, of a contact that an active device has (20 §5)', { world, to: () => ({ path: ANNS }) }, [
  ...['+1.5125550101', '1 (512) 555-0101', '+15125550101'].map((number) =>
    refusal(number, () => ({ type: 'SMS', phone: number }), 'UNIQUENESS_VIOLATION phone'),
  ),
  refusal(
    'the same address with another case of the domain',
    () => ({ type: 'EMAIL', email: 'ann.factor@EXAMPLE.org' }),
    'UNIQUENESS_VIOLATION email',
  ),
]);

const pending = (type: string, method?: string) => (): Ask => ({
  path: `${ANNS}/${named.pending}`,
  type,
  ...(method ? { method } : {}),
});
const NO_CODES = ['12345', '12345678901', ' 123456', '123456\n', '12345a', '-12345', '１２３４５６', '123 456'];
for (const method of ['POST', 'PUT'])
  refusesBadFields(`activate by ${method}: a malformed code is no attempt (20 §6.4, §17.3; SEC-09)`, {
    world,
    to: pending('device.activate', method),
    right: () => ({ otp: '000000' }),
    shape: object({ 'otp*': text({ malformed: NO_CODES }) }),
    expected: INVALID_OTP,
  });
refusesRequests('activate, with another length than the issued code’s', { world, to: pending('device.activate') }, [
  refusal('seven', () => ({ otp: '1234567' }), 'INVALID_VALUE otp'),
  refusal('ten', () => ({ otp: '1234567890' }), 'INVALID_VALUE otp'),
]);
refusesRequests('an active device', { world, to: () => ({ path: `${ANNS}/${here.sms}`, type: 'device.activate' }) }, [
  {
    name: 'is not activated again',
    body: () => ({ otp: '000000' }),
    code: 'REQUEST_FAILED',
    details: ['CONSTRAINT_VIOLATION status'],
  },
]);
refusesRequests('a code', { world, to: () => ({ path: `${ANNS}/${here.sms}`, type: 'device.sendActivationCode' }) }, [
  {
    name: 'is not sent to an active device',
    body: () => ({}),
    code: 'REQUEST_FAILED',
    details: ['CONSTRAINT_VIOLATION status'],
  },
]);

refusesBadFields('reorder (20 §12)', {
  world,
  to: () => ({ path: ANNS, type: 'devices.reorder' }),
  right: () => ({ order: [{ id: here.sms }, { id: here.email }] }),
  shape: object({ 'order*': list({ wrong: (at, target) => object({}).wrong(at, target) }) }),
});
refusesRequests(
  'reorder, of what is no active device of the user (20 §12)',
  { world, to: () => ({ path: ANNS, type: 'devices.reorder' }) },
  [
    refusal('none', () => ({ order: [] }), 'INVALID_VALUE order'),
    refusal('one twice', () => ({ order: [{ id: here.sms }, { id: here.sms }] }), 'INVALID_VALUE order'),
    ...[NOBODY, there.sms, here.user, ...MALFORMED_IDS, ''].map((value) =>
      refusal(`the device ${value}`, () => ({ order: [{ id: here.sms }, { id: value }] }), 'INVALID_VALUE order'),
    ),
    refusal('a device that waits for its code', () => ({ order: [{ id: named.pending }] }), 'INVALID_VALUE order'),
    refusal('an entry without id', () => ({ order: [{}] }), 'REQUIRED_VALUE order[0].id'),
    refusal('an id that is a number', () => ({ order: [{ id: here.sms }, { id: 5 }] }), 'INVALID_VALUE order[1].id'),
  ],
);

refusesBadFields('nickname (20 §13.1)', {
  world,
  to: () => ({ path: `${ANNS}/${here.sms}/nickname`, method: 'PUT' }),
  right: () => ({ nickname: 'x'.repeat(100) }),
  shape: object({ 'nickname*': text({ max: 100, mayBeEmpty: true, filler: '😀' }) }),
});

refusesBadFields('logs, which only mobile devices have (20 §13.2)', {
  world,
  to: () => ({ path: `${ANNS}/${here.sms}/logs`, method: 'PUT' }),
  right: () => ({ status: 'PENDING' }),
  shape: object({ 'status*': oneOf('PENDING') }),
  expected: (answer) => expect(refusalOf(answer).details).toEqual(['INVALID_VALUE type']),
});

it('what the server owns is ignored, whatever is sent (SEC-45)', async () => {
  const owned = {
    id: NOBODY,
    environment: { id: there.environment },
    user: { id: here.user },
    lock: { status: 'LOCKED', reason: 'OTP' },
    block: 'BLOCKED',
    activation: { code: '000000' },
    test: { otp: '000000' },
    codeEpoch: 9,
    createdAt: '1999-01-01T00:00:00.000Z',
    _links: { self: 'https://evil.example' },
  };
  const { status, body } = await started.ask({ path: DEVICES, body: { ...SMS, ...owned } });
  expect([status, body['status'], body['user']]).toEqual([201, 'ACTIVE', { id: here.newcomer }]);
  for (const member of ['lock', 'block', 'activation', 'test', 'codeEpoch']) expect(body).not.toHaveProperty(member);
  const read = await started.ask({ path: `${DEVICES}/${body['id']}` });
  expect(read.body).toMatchObject({
    lock: { status: 'UNLOCKED' },
    block: { status: 'UNBLOCKED' },
    environment: { id: here.environment },
  });
  expect(read.text).not.toMatch(/1999|evil|99999999-9999/);
  expect((await started.ask({ path: `${DEVICES}/${NOBODY}` })).status).toBe(404);
});
