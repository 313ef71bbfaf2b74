import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTION_TYPES, type ActionType, describeAction, isInternal } from '../../src/audit/action.js';
import { activityId, placeOf, resourcesOf } from '../../src/audit/activity.js';
import { type AuditEvent, decodeRecord, encodeRecord } from '../../src/audit/record.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { TEST_TIME } from '../helpers/store.js';
import { uuid } from './world.js';

/** The rows of `10` §16 and `20` §18.2 and names of `00` §11.4 that concern operations of this release. */
const REFERENCE = [
  ...['AUTHENTICATION.CREATED', 'AUTHENTICATION.UPDATED', 'OTP.CHECK_SUCCESS', 'OTP.CHECK_INVALID', 'OTP.CHECK_FAILED'],
  ...['NOTIFICATION.CREATED', 'NOTIFICATION.UPDATED', 'NOTIFICATION.REJECTED'],
  ...['DEVICE.LOCKED', 'DEVICE.UNLOCKED', 'USER.LOCKED', 'USER.UNLOCKED'],
  ...['DEVICE.CREATED', 'DEVICE.ACTIVATED', 'DEVICE.ACTIVATION_OTP_INVALID', 'DEVICE.ACTIVATION_OTP_FAILED'],
  ...['DEVICE.BLOCKED', 'DEVICE.UNBLOCKED', 'DEVICE.NICKNAME_UPDATED', 'DEVICE.DELETED'],
  ...['DEVICES.ORDER_CREATED', 'DEVICES.ORDER_UPDATED', 'DEVICES.ORDER_DELETED'],
  ...['ASSERTION.CHECK_SUCCESS', 'ASSERTION.CHECK_FAILED', 'DEVICE.WEBAUTHN_UPDATED', 'DEVICE.ACTIVATION_FAILED'],
  ...['DEVICE_PAYLOAD.CHECK_INVALID', 'DEVICE_PAYLOAD.CHECK_SUCCESS', 'SESSION.BROWSER_TRUST_ESTABLISHED'],
  ...['DEVICE.PAIRING_FAILED_COMPROMISED', 'SECRET.READ', 'SECRET.UPDATED'],
  ...['CHECK_FAILED', 'CHECK_SUCCEEDED', 'FORCE_CHANGE', 'RECOVERY', 'RESET', 'SET', 'UNLOCKED'].map(
    (what) => `PASSWORD.${what}`,
  ),
  ...['USER.CREATED', 'USER.UPDATED', 'USER.DELETED', 'USER.MOVED', 'TRUSTED_EMAIL.ACTIVE', 'TRUSTED_EMAIL.SEND_CODE'],
  // `.*` in `00` §11.4, the settings of `30` §11, and resources of the public clients in that manner: each is created, updated and deleted.
  ...[
    ...['APPLICATION', 'GRANT', 'POLICY', 'ACTION', 'SIGN_ON_POLICY_ASSIGNMENT', 'POPULATION', 'ENVIRONMENT', 'GROUP'],
    ...[
      'ROLE_ASSIGNMENT',
      'SUBSCRIPTION',
      'RESOURCE',
      'RESOURCE_ATTRIBUTE',
      'SCOPE',
      'DEVICE_AUTHENTICATION_POLICY',
      'FIDO_POLICY',
    ],
    ...['FIDO_METADATA', 'MFA_SETTINGS', 'PUSH_CREDENTIALS', 'NOTIFICATION_POLICY', 'NOTIFICATIONS_SETTINGS'],
    ...['PHONE_DELIVERY_SETTINGS', 'EMAIL_DELIVERY_SETTINGS', 'CONTENT', 'LANGUAGE', 'PASSWORD_POLICY'],
    ...['IDENTITY_PROVIDER', 'IDENTITY_PROVIDER_ATTRIBUTE', 'IMAGE', 'KEY', 'KEY_ROTATION_POLICY', 'CERTIFICATE'],
    ...['THEME', 'BRANDING_SETTINGS', 'EMAIL_DOMAIN', 'TRUSTED_EMAIL', 'ALERT_CHANNEL', 'GATEWAY'],
  ].flatMap((noun) => ['CREATED', 'UPDATED', 'DELETED'].map((change) => `${noun}.${change}`)),
];

const id = fc.uuid().map(uuidOf);
const optional = <N extends string>(name: N) =>
  fc.option(
    id.map((value) => ({ [name]: value })),
    { nil: {} },
  );
const detail = fc.option(
  fc.dictionary(
    fc.string({ unit: 'binary', minLength: 1 }).filter((name) => name !== '__proto__'),
    fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean()),
  ),
  { nil: undefined },
);
const environmentId = uuid();
const event: fc.Arbitrary<AuditEvent> = fc
  .record({
    type: fc.constantFrom(...(ACTION_TYPES as ActionType[])),
    subject: fc.tuple(optional('userId'), optional('deviceId'), optional('deviceAuthenticationId')),
    detail,
  })
  .map(({ type, subject, detail: said }) =>
    Object.assign({ type, environmentId }, ...subject, said ? { detail: said } : {}),
  );

describe('a record of the trail', () => {
  it('is one line of JSON, whatever it holds, and reads back as it was', () => {
    const by = fc.tuple(optional('clientId'), optional('correlationId')).map((parts) => Object.assign({}, ...parts));
    fc.assert(
      fc.property(by, fc.array(event, { minLength: 1, maxLength: 4 }), (requester, events) => {
        const record = { environmentId, at: TEST_TIME, by: requester, events };
        const line = encodeRecord(record);
        expect(line).not.toMatch(/[\r\n]/);
        const [first] = events;
        // An event without a detail that has a subject of its own comes back with an empty one.
        const expected = events.map((one) =>
          subjectOf(one) === subjectOf(first) ? one : { ...one, detail: one.detail ?? {} },
        );
        expect(decodeRecord(environmentId, line)).toEqual({ ...record, events: expected });
      }),
    );
  });

  it.each(['', '{}', '[]', '{"at":1}', '{"at":1,"events":["NO.SUCH"]}', '{"at":"1","events":[]}', 'x'])(
    'is not %j',
    (line) => {
      expect(decodeRecord(environmentId, line)).toBeUndefined();
    },
  );

  it('knows the names of the reference, and fifteen of its own that activities do not show unasked', () => {
    const own = ACTION_TYPES.filter((type) => isInternal(type as ActionType));
    expect([...REFERENCE, ...own].sort()).toEqual([...ACTION_TYPES].sort());
    expect(own).toEqual([
      'CONTACT.UNLOCKED',
      'OATH_TOKEN.CREATED',
      'OATH_TOKEN.RESYNCHRONISED',
      'OATH_TOKEN.REVOKED',
      'RECOVERY_CODE.CHECK_FAILED',
      'RECOVERY_CODE.CHECK_SUCCESS',
      'RECOVERY_CODES.CREATED',
      'RECOVERY_CODES.DELETED',
      'TOKEN.REVOKED',
      'LICENSE.UPDATED',
      'NOTIFICATION.PREFIX_STOPPED',
      'USER.FAILURES_EXCEEDED',
      'SEALED_VALUE.REFUSED',
      'REQUEST.REFUSED',
      'AUDIT.TAIL_ALTERED',
    ]);
  });

  it('describes actions in the reference’s manner (00 §11.3)', () => {
    expect(describeAction('DEVICE.CREATED')).toBe('Device Created');
    expect(describeAction('OTP.CHECK_INVALID')).toBe('OTP Check Invalid');
  });
});

const subjectOf = (one: AuditEvent | undefined): string =>
  JSON.stringify([one?.userId, one?.deviceId, one?.deviceAuthenticationId]);

describe('an activity', () => {
  it('has an id that says where it stands, and is good in its environment only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 47 }), fc.integer({ min: 0, max: 499 }), (seq, index) => {
        const made = activityId(environmentId, seq, index);
        expect(placeOf(environmentId, made)).toEqual({ seq, index });
        expect(placeOf(uuid(), made)).toBeUndefined();
      }),
    );
    expect(placeOf(environmentId, uuid())).toBeUndefined();
  });

  it('names what it is about, or its environment', () => {
    const policyId = uuid();
    const userId = uuid();
    expect(resourcesOf({ type: 'DEVICE_AUTHENTICATION_POLICY.CREATED', environmentId, detail: { policyId } })).toEqual([
      { type: 'DEVICE_AUTHENTICATION_POLICY', id: policyId },
    ]);
    expect(resourcesOf({ type: 'USER.LOCKED', environmentId, userId })).toEqual([{ type: 'USER', id: userId }]);
    expect(resourcesOf({ type: 'MFA_SETTINGS.UPDATED', environmentId })).toEqual([
      { type: 'ENVIRONMENT', id: environmentId },
    ]);
  });
});
