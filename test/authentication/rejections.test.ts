import { describe, expect, it } from 'vitest';
import type { AuthenticationRejection } from '../../src/authentication/rejection.js';
import { CATALOGUE } from '../../src/http/errors.js';
import { authenticationError } from '../../src/http/rejections/authentication.js';

/** Status, code, message and details as the wire has them. */
function told(rejection: AuthenticationRejection): object {
  const error = authenticationError(rejection);
  const { status, code, message } = CATALOGUE[error.name];
  return { status, code, message: error.message ?? message, ...(error.details ? { details: error.details } : {}) };
}

const INVALID_DATA = {
  status: 400,
  code: 'INVALID_DATA',
  message: 'The request could not be completed. One or more validation errors were in the request.',
};
const REQUEST_FAILED = {
  status: 400,
  code: 'REQUEST_FAILED',
  message: 'The request could not be completed. There was an issue processing the request.',
};

describe('what a peer is told (10 §9.8, §15)', () => {
  it('a wrong code: the attempts that are left', () => {
    expect(told({ kind: 'OtpMismatch', attemptsRemaining: 2 })).toEqual({
      ...INVALID_DATA,
      details: [
        {
          code: 'INVALID_OTP',
          target: 'otp',
          message: 'Invalid OTP provided.',
          innerError: { attemptsRemaining: 2 },
        },
      ],
    });
  });

  it.each([
    [true, 'The OTP has expired. Request a new one.'],
    [false, 'Invalid OTP provided. Request a new one.'],
  ])('a dead code (expired: %s): no attempts, nothing was compared', (expired, message) => {
    expect(told({ kind: 'CodeDead', expired })).toEqual({
      ...INVALID_DATA,
      details: [{ code: 'INVALID_OTP', target: 'otp', message }],
    });
  });

  it('the wrong state (10 §15.4)', () => {
    expect(told({ kind: 'WrongState', command: 'otp.check', status: 'COMPLETED' })).toEqual({
      status: 400,
      code: 'INVALID_REQUEST',
      message: "The request could not be completed. The requested action isn't allowed in the current status.",
      details: [
        {
          code: 'CONSTRAINT_VIOLATION',
          target: 'status',
          message: "otp.check isn't allowed when status is COMPLETED.",
        },
      ],
    });
  });

  it('a locked device: when the lock ends, in milliseconds; a ceiling has no end', () => {
    expect(told({ kind: 'DeviceLocked', expiresAt: 1_798_012_345_678 })).toEqual({
      ...REQUEST_FAILED,
      details: [
        {
          code: 'LIMIT_EXCEEDED',
          message: 'The device is locked.',
          innerError: { coolDownExpiresAt: 1_798_012_345_678 },
        },
      ],
    });
    expect(told({ kind: 'DeviceLocked' })).toEqual({
      ...REQUEST_FAILED,
      details: [{ code: 'LIMIT_EXCEEDED', message: 'The device is locked.' }],
    });
  });

  it.each<[AuthenticationRejection, object, string, string | undefined]>([
    [{ kind: 'AccountNotUsable' }, REQUEST_FAILED, 'ACCOUNT_NOT_USABLE', undefined],
    [{ kind: 'DeviceUnusable', selected: 'device' }, REQUEST_FAILED, 'CONSTRAINT_VIOLATION', 'selectedDevice.id'],
    [
      { kind: 'DeviceUnusable', selected: 'oneTime' },
      REQUEST_FAILED,
      'CONSTRAINT_VIOLATION',
      'selectedDevice.oneTime.type',
    ],
    [{ kind: 'OneTimeCeiling' }, REQUEST_FAILED, 'LIMIT_EXCEEDED', undefined],
    [{ kind: 'DeviceNotEligible', during: 'create' }, INVALID_DATA, 'INVALID_VALUE', 'selectedDevice.id'],
    [{ kind: 'DeviceNotEligible', during: 'device.select' }, INVALID_DATA, 'INVALID_VALUE', 'device.id'],
    [{ kind: 'OneTimeTypeRefused' }, INVALID_DATA, 'INVALID_VALUE', 'selectedDevice.oneTime.type'],
    [{ kind: 'OneTimeTestModeRefused' }, INVALID_DATA, 'INVALID_VALUE', 'selectedDevice.oneTime.testMode'],
    [{ kind: 'PolicyUnknown' }, INVALID_DATA, 'INVALID_VALUE', 'policy.id'],
    [{ kind: 'ApplicationUnknown' }, INVALID_DATA, 'INVALID_VALUE', 'application.id'],
    [{ kind: 'NoPasscodeDevice' }, INVALID_DATA, 'INVALID_OTP', 'otp'],
    [{ kind: 'OtpMalformed', length: 6 }, INVALID_DATA, 'INVALID_VALUE', 'otp'],
  ])('%j', (rejection, envelope, code, target) => {
    const message = expect.any(String);
    expect(told(rejection)).toEqual({ ...envelope, details: [{ code, ...(target ? { target } : {}), message }] });
  });

  it('missing content: the text that clients look for', () => {
    expect(told({ kind: 'NoContent' })).toEqual({
      ...INVALID_DATA,
      details: [{ code: 'INVALID_VALUE', message: 'Could not find suitable content.' }],
    });
  });

  it('not found: nothing but that', () => {
    expect(told({ kind: 'NotFound' })).toEqual({
      status: 404,
      code: 'NOT_FOUND',
      message: 'The request could not be completed. The requested resource was not found.',
    });
  });
});
