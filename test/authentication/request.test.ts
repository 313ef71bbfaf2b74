import { describe, expect, it } from 'vitest';
import type { AuthenticationService } from '../../src/authentication/service.js';
import { invalidData, required } from '../../src/http/errors.js';
import type { Call } from '../../src/http/route.js';
import { CreateBody, parseCreateBody } from '../../src/http/routes/device-authentication-request.js';
import { deviceAuthenticationsRoutes } from '../../src/http/routes/device-authentications.js';
import { createValidator } from '../../src/http/validation.js';
import { id, USER } from './world.js';

const validate = createValidator(CreateBody);

/** Details as `code target`, from the schema or, when it is content, from the parser; `ok` when both are. */
function problems(body: unknown): readonly string[] {
  const found = validate(body);
  if (found.length > 0) return found.map(({ code, target }) => `${code} ${target}`);
  // The schema has accepted it.
  const parsed = parseCreateBody(body as Parameters<typeof parseCreateBody>[0]);
  if (parsed.ok) return [];
  const { name, details } = parsed.rejection;
  return details ? details.map(({ code, target }) => `${code} ${target}`) : [name];
}

const user = { id: USER };
const oneTime = (members: object) => ({ user, selectedDevice: { oneTime: members } });
const SMS = { type: 'SMS', phone: '+14135550150' };
const challenge = (bytes: number): string => Buffer.alloc(bytes, 0xfb).toString('base64url');

describe('the body of a create request (10 §3.1)', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['a relying party that is no domain', { rp: { id: 'https://example.org' } }, ['INVALID_VALUE rp.id']],
    ['a user without id', { user: {} }, ['REQUIRED_VALUE user.id']],
    ['user.id of another type', { user: { id: 7 } }, ['INVALID_VALUE user.id']],
    ['user of another type', { user: 'x' }, ['INVALID_VALUE user']],
    ['a malformed user.id', { user: { id: 'nobody' } }, ['NOT_FOUND']],
    ['user.id in capitals', { user: { id: USER.replace('0002', '000A') } }, ['NOT_FOUND']],
    ['an empty user.id', { user: { id: '' } }, ['NOT_FOUND']],
    ['a malformed policy.id', { user, policy: { id: 'x' } }, ['INVALID_VALUE policy.id']],
    ['a policy without id', { user, policy: {} }, ['REQUIRED_VALUE policy.id']],
    ['an empty policy.id', { user, policy: { id: '' } }, ['EMPTY_VALUE policy.id']],
    ['a malformed device', { user, selectedDevice: { id: 'x' } }, ['INVALID_VALUE selectedDevice.id']],
    ['a device of another type', { user, selectedDevice: [] }, ['INVALID_VALUE selectedDevice']],
    [
      'a device and a one-time contact',
      { user, selectedDevice: { id: id(1), oneTime: SMS } },
      ['INVALID_VALUE selectedDevice.oneTime'],
    ],
    ['a one-time contact without type', oneTime({ phone: '+1' }), ['REQUIRED_VALUE selectedDevice.oneTime.type']],
    ['of an unknown type', oneTime({ type: 'TOTP' }), ['INVALID_VALUE selectedDevice.oneTime.type']],
    ['SMS without phone', oneTime({ type: 'SMS' }), ['REQUIRED_VALUE selectedDevice.oneTime.phone']],
    [
      'VOICE without phone',
      oneTime({ type: 'VOICE', email: 'a@b.org' }),
      ['REQUIRED_VALUE selectedDevice.oneTime.phone'],
    ],
    ['EMAIL without email', oneTime({ type: 'EMAIL', phone: '+1' }), ['REQUIRED_VALUE selectedDevice.oneTime.email']],
    ['a bad phone', oneTime({ type: 'SMS', phone: '0800' }), ['INVALID_VALUE selectedDevice.oneTime.phone']],
    ['an empty phone', oneTime({ type: 'SMS', phone: '' }), ['EMPTY_VALUE selectedDevice.oneTime.phone']],
    ['a bad e-mail', oneTime({ type: 'EMAIL', email: 'a b@c' }), ['INVALID_VALUE selectedDevice.oneTime.email']],
    [
      'testMode with WHATSAPP',
      oneTime({ type: 'WHATSAPP', phone: '+14135550150', testMode: true }),
      ['INVALID_VALUE selectedDevice.oneTime.testMode'],
    ],
    ['testMode as text', oneTime({ ...SMS, testMode: 'yes' }), ['INVALID_VALUE selectedDevice.oneTime.testMode']],
    ['mobilePayload', { user, mobilePayload: 'eyJ' }, ['INVALID_VALUE mobilePayload']],
    ['an unknown compatibility', { user, compatibility: 'SOME' }, ['INVALID_VALUE compatibility']],
    ['a challenge of 31 bytes', { user, webAuthn: { challenge: challenge(31) } }, ['INVALID_VALUE webAuthn.challenge']],
    ['a challenge in Base64', { user, webAuthn: { challenge: '+'.repeat(44) } }, ['INVALID_VALUE webAuthn.challenge']],
    ['a malformed application', { user, application: { id: 'x' } }, ['INVALID_VALUE application.id']],
    [
      'an unknown template',
      { user, notification: { template: { name: 'device_pairing' } } },
      ['INVALID_VALUE notification.template.name'],
    ],
    [
      'a long variant',
      { user, notification: { template: { variant: 'v'.repeat(101) } } },
      ['SIZE_LIMIT_EXCEEDED notification.template.variant'],
    ],
    [
      'a locale that is none',
      { user, notification: { template: { locale: 'english!' } } },
      ['INVALID_VALUE notification.template.locale'],
    ],
    [
      'a variable that is no text',
      { user, notification: { template: { variables: { sum: 5 } } } },
      ['INVALID_VALUE notification.template.variables.sum'],
    ],
    [
      'more than 4 KB of client context',
      { user, notification: { clientContext: { text: 'x'.repeat(4096) } } },
      ['SIZE_LIMIT_EXCEEDED notification.clientContext'],
    ],
    [
      'a malformed notification policy',
      { user, notification: { policy: { id: 'x' } } },
      ['INVALID_VALUE notification.policy.id'],
    ],
    [
      'a notification policy by something that is no id',
      { user, notification: { policy: { id: 'default' } } },
      ['INVALID_VALUE notification.policy.id'],
    ],
    [
      'several problems at once',
      { policy: { id: 1 }, selectedDevice: { oneTime: { type: 'SMS' } }, compatibility: '' },
      ['INVALID_VALUE policy.id', 'EMPTY_VALUE compatibility'],
    ],
    [
      'several problems beyond the schema at once',
      { user: {}, mobilePayload: 'x', selectedDevice: { oneTime: { type: 'SMS' } } },
      ['REQUIRED_VALUE selectedDevice.oneTime.phone', 'INVALID_VALUE mobilePayload', 'REQUIRED_VALUE user.id'],
    ],
  ])('%s', (_what, body, expected) => {
    expect(problems(body)).toEqual(expected);
  });

  it.each([
    ['nothing: whoever has a passkey', {}],
    ['no user, with rp', { rp: { id: 'example.org' } }],
    ['the seeds’ own', oneTime(SMS)],
    ['separators in the phone', oneTime({ ...SMS, phone: '+1 (512) 555-1234' })],
    ['challenges of 32 to 36 bytes', { user, webAuthn: { challenge: challenge(32) } }],
    ['33', { user, webAuthn: { challenge: challenge(33) } }],
    ['34', { user, webAuthn: { challenge: challenge(34) } }],
    ['35', { user, webAuthn: { challenge: challenge(35) } }],
    ['padding', { user, webAuthn: { challenge: `${challenge(32)}=` } }],
    ['a template’s name in any case', { user, notification: { template: { name: 'Transaction', locale: 'fr-CA' } } }],
    ['4 KB of client context', { user, notification: { clientContext: { text: 'x'.repeat(4000) } } }],
    ['unknown members, and those the server owns (SEC-45)', { user, id: id(1), status: 'COMPLETED', lock: {}, x: [1] }],
  ])('accepts %s', (_what, body) => {
    expect(problems(body)).toEqual([]);
  });

  it('names the allowed values', () => {
    expect(validate({ user, compatibility: 'SOME' })).toMatchObject([
      { innerError: { allowedValues: ['FULL', 'SECURITY_KEY_ONLY', 'NONE'] } },
    ]);
    expect(validate(oneTime({ type: 'X' }))).toMatchObject([
      { innerError: { allowedValues: expect.arrayContaining(['SMS', 'VOICE', 'EMAIL', 'WHATSAPP']) } },
    ]);
  });

  it('becomes a command of parsed values', () => {
    const body = {
      user,
      policy: { id: id(3) },
      selectedDevice: { oneTime: { type: 'EMAIL' as const, email: 'Eve@EXAMPLE.org' }, otp: '123456' },
      notification: { template: { name: 'TRANSACTION', variables: { sum: '5' } } },
    };
    expect(parseCreateBody(body)).toEqual({
      ok: true,
      value: {
        userId: USER,
        policyId: id(3),
        selection: {
          kind: 'oneTime',
          type: 'EMAIL',
          contact: { address: 'Eve@example.org', masked: 'E****@example.org' },
          testMode: false,
        },
        otp: '123456',
        notification: { template: 'transaction', variables: { sum: '5' } },
      },
    });
  });
});

describe('the bodies of the actions', () => {
  const never: AuthenticationService = Object.fromEntries(
    ['create', 'read', 'select', 'checkOtp', 'cancel'].map((name) => [name, () => Promise.reject(new Error(name))]),
  ) as unknown as AuthenticationService;
  const routes = deviceAuthenticationsRoutes(never);

  function found(action: string, body: unknown): readonly string[] {
    const route = routes.find(({ accepts }) => accepts === `application/vnd.pingidentity.${action}+json`);
    if (!route?.body) throw new Error(`no route for ${action}`);
    return createValidator(route.body)(body).map(({ code, target }) => `${code} ${target}`);
  }

  it.each<[string, unknown, readonly string[]]>([
    ['otp.check', {}, ['REQUIRED_VALUE otp']],
    ['otp.check', { otp: '' }, ['EMPTY_VALUE otp']],
    ['otp.check', { otp: 123456 }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: '12345' }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: '12345678901' }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: ' 123456' }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: '123456\n' }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: '１２３４５６' }, ['INVALID_VALUE otp']],
    ['otp.check', { otp: '1234567890' }, []],
    ['device.select', { device: { id: 'x' } }, ['INVALID_VALUE device.id']],
    ['device.select', { device: { id: id(1) }, compatibility: 'x' }, ['INVALID_VALUE compatibility']],
    ['cancel.push.authentication', {}, ['REQUIRED_VALUE reason']],
    ['cancel.push.authentication', { reason: 5 }, ['INVALID_VALUE reason']],
    ['cancel.push.authentication', { reason: 'whatever' }, []],
  ])('%s %j (SEC-09)', (action, body, expected) => {
    expect(found(action, body)).toEqual(expected);
  });

  it('a selection without a device is told which member is missing', async () => {
    const route = routes.find(({ id }) => id === 'deviceAuthentication.device.select');
    for (const body of [{}, { device: {} }]) {
      // Nothing but the body is looked at before this answer.
      const call = { body } as unknown as Call;
      await expect(route?.handle(call)).resolves.toEqual(invalidData(required('device.id')));
    }
  });
});
