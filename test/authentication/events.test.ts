import { describe, expect, it } from 'vitest';
import { accountError, subjectOf } from '../../src/authentication/settle.js';
import { situate } from '../../src/authentication/situation.js';
import { FAILURE_CEILING } from '../../src/devices/model.js';
import { minutes } from '../../src/kernel/duration.js';
import { granted, refused, wrong } from './results.js';
import { guess, open, openOneTime, paired } from './scenes.js';
import { ENVIRONMENT, id, USER, type World } from './world.js';

/** What the last command reported: type and detail, each about the flow, its factor's type and, if there is one, its device. */
function reported(world: World, flow: string, device?: number): readonly unknown[] {
  for (const event of world.events) {
    const { type: _, detail: __, ...subject } = event;
    expect(subject).toEqual({
      environmentId: ENVIRONMENT,
      userId: USER,
      deviceAuthenticationId: flow,
      ...(device === undefined ? {} : { deviceId: id(device) }),
    });
  }
  return world.events.map(({ type, detail }) => {
    const { deviceType, ...rest } = detail ?? {};
    expect(deviceType).toBe('SMS');
    return Object.keys(rest).length > 0 ? [type, rest] : [type];
  });
}

describe('what is reported (10 §16)', () => {
  it('of a flow that begins and one that ends well', () => {
    const world = paired();
    const flow = open(world);
    expect(reported(world, flow, 1)).toEqual([
      ['AUTHENTICATION.CREATED', { status: 'OTP_REQUIRED' }],
      ['NOTIFICATION.CREATED'],
    ]);
    granted(world.check(flow, world.code(flow)));
    expect(reported(world, flow, 1)).toEqual([
      ['OTP.CHECK_SUCCESS', { country: 'US' }],
      ['AUTHENTICATION.UPDATED', { status: 'COMPLETED' }],
    ]);
  });

  it('of a one-time contact names no device', () => {
    const world = paired();
    const flow = openOneTime(world);
    guess(world, flow);
    expect(reported(world, flow)).toEqual([['OTP.CHECK_INVALID', { attemptsRemaining: 2 }]]);
  });

  it('of wrong codes: how many are left, then the lock and the end', () => {
    const world = paired(minutes(5));
    const flow = open(world);
    guess(world, flow);
    expect(reported(world, flow, 1)).toEqual([['OTP.CHECK_INVALID', { attemptsRemaining: 2 }]]);
    guess(world, flow);
    guess(world, flow);
    expect(reported(world, flow, 1)).toEqual([
      ['OTP.CHECK_FAILED', { attemptsRemaining: 0 }],
      ['DEVICE.LOCKED', { ceiling: false }],
      ['AUTHENTICATION.UPDATED', { status: 'FAILED' }],
    ]);
  });

  it('of a ceiling: that it is one; and none for a failure before it', () => {
    const world = paired();
    world.factors = { ...world.factors, ceilings: { SMS: FAILURE_CEILING - 2 } };
    const flow = open(world);
    guess(world, flow);
    expect(reported(world, flow, 1)).toEqual([['OTP.CHECK_INVALID', { attemptsRemaining: 2 }]]);
    guess(world, flow);
    expect(reported(world, flow, 1)).toEqual([
      ['OTP.CHECK_INVALID', { attemptsRemaining: 1 }],
      ['DEVICE.LOCKED', { ceiling: true }],
    ]);
  });

  it('of a lock of the account, once', () => {
    const world = paired();
    world.settings = { ...world.settings, lockout: { failureCount: 1, duration: minutes(5) } };
    world.setPolicy({ ignoreUserLock: true });
    const flow = open(world);
    guess(world, flow);
    expect(reported(world, flow, 1)).toContainEqual(['USER.LOCKED']);
    guess(world, flow);
    expect(reported(world, flow, 1)).not.toContainEqual(['USER.LOCKED']);
  });

  it('of a device whose lock ends with a right code; not of one that was never locked', () => {
    const world = paired(minutes(5));
    const flow = open(world);
    guess(world, flow);
    granted(world.check(flow, world.code(flow)));
    expect(reported(world, flow, 1)).not.toContainEqual(['DEVICE.UNLOCKED']);
    world.changeDevice(1, { lock: { reason: 'OTP', expiresAt: world.now } });
    const next = open(world);
    const answer = granted(world.check(next, world.code(next)));
    expect(reported(world, next, 1)).toContainEqual(['DEVICE.UNLOCKED']);
    const shown = answer.devices.map((entry) => (entry.kind === 'device' ? [entry.device.id, entry.device.lock] : []));
    expect(shown).toEqual([
      [id(1), undefined],
      [id(2), undefined],
    ]);
  });

  it('of a code that is dead: whether by its time, and that nothing was compared', () => {
    const world = paired();
    const flow = open(world);
    world.now += minutes(31);
    expect(refused(world.check(flow, world.code(flow)))).toMatchObject({ kind: 'CodeDead', expired: true });
    expect(reported(world, flow, 1)).toEqual([['OTP.CHECK_FAILED', { expired: true }]]);
    const young = open(world);
    world.changeDevice(1, { codeEpoch: 7 });
    expect(refused(world.check(young, world.code(young)))).toMatchObject({ kind: 'CodeDead', expired: false });
    expect(reported(world, young, 1)).toEqual([['OTP.CHECK_FAILED', { expired: false }]]);
  });

  it('of an obstacle: the end of the flow if there is no other device, else nothing', () => {
    const world = paired();
    const flow = open(world);
    const { updatedAt, expiresAt } = world.flow(flow);
    world.now += minutes(1);
    world.changeDevice(1, { blockedAt: world.now });
    refused(world.check(flow, world.code(flow)));
    expect(reported(world, flow, 1)).toEqual([]);
    expect(world.flow(flow)).toMatchObject({ updatedAt, expiresAt, state: { codeDead: true } });
    world.changeDevice(2, { blockedAt: world.now });
    refused(world.check(flow, world.code(flow)));
    expect(reported(world, flow, 1)).toEqual([['AUTHENTICATION.UPDATED', { status: 'FAILED' }]]);
    expect(world.flow(flow)).toMatchObject({ updatedAt: world.now, state: { status: 'FAILED' } });
  });

  it('of a user who cannot go on, and of a cancellation', () => {
    const world = paired();
    const flow = open(world);
    granted(world.cancel(flow, 'ADD_DEVICE'));
    expect(reported(world, flow, 1)).toEqual([
      ['AUTHENTICATION.UPDATED', { status: 'DEVICE_SELECTION_REQUIRED', reason: 'ADD_DEVICE' }],
    ]);
    expect(world.writes).toMatchObject([{ kind: 'update', entity: 'deviceAuthentication' }]);
    if (world.user) world.user = { ...world.user, enabled: false };
    refused(world.select(flow, 1));
    expect(reported(world, flow, 1)).toEqual([['AUTHENTICATION.UPDATED', { status: 'FAILED' }]]);
  });
});

describe('a code of another length (SEC-09, SEC-18)', () => {
  it('than the one it replaced is no replay of it', () => {
    const world = paired();
    world.setPolicy({}, { otpLength: 8 });
    const flow = open(world);
    const long = world.code(flow);
    world.setPolicy({}, { otpLength: 6 });
    granted(world.select(flow, 1));
    refused(world.check(flow, wrong(world.code(flow))));
    expect(reported(world, flow, 1)).toEqual([['OTP.CHECK_INVALID', { attemptsRemaining: 2 }]]);
    expect(refused(world.check(flow, long))).toEqual({ kind: 'OtpMalformed', length: 6 });
  });
});

describe('what was not loaded is a fault or nothing, never a verdict', () => {
  it('a flow without its user, its factors or its environment is not found', () => {
    const world = paired();
    const flow = open(world);
    const { deployment } = world.facts();
    const whole = world.snapshot({ flow });
    expect(situate(whole, deployment)).toBeDefined();
    for (const part of ['deviceAuthentication', 'configuration', 'user', 'factors'] as const) {
      const { [part]: _, ...rest } = whole;
      expect(situate(rest, deployment)).toBeUndefined();
    }
  });

  it('a one-time flow without its destination is a fault that names it', () => {
    const world = paired();
    const flow = openOneTime(world);
    const { destination: _, ...rest } = world.snapshot({ flow });
    const situation = situate(rest, world.facts().deployment);
    if (situation?.flow.state.status !== 'OTP_REQUIRED') throw new Error('the flow waits for a code');
    const { selected } = situation.flow.state;
    expect(() => subjectOf(selected, situation)).toThrow(`one-time flow ${flow} was loaded without its destination`);
  });

  it('a device without its contact is a fault that names it', () => {
    const world = paired();
    world.devices = world.devices.map(({ secret: _, ...device }) => device);
    expect(() => open(world)).toThrow(`device ${id(1)} has no contact`);
  });
});

describe('an application that a request names (SEC-43)', () => {
  const document = (n: number, kind: World['documents'][number]['kind']): World['documents'][number] => ({
    environmentId: ENVIRONMENT,
    kind,
    id: id(n),
    body: {},
    createdAt: 0,
    updatedAt: 0,
  });

  it('is one of the environment’s applications, and no other document of that id', () => {
    const world = paired();
    world.documents = [document(50, 'population'), document(51, 'application')];
    for (const n of [50, 52])
      expect(refused(world.create({ applicationId: id(n) }))).toEqual({ kind: 'ApplicationUnknown' });
    expect(granted(world.create({ applicationId: id(51) })).flow.applicationId).toBe(id(51));
    expect(granted(world.create()).flow.applicationId).toBeUndefined();
  });
});

describe('MFA that is switched off', () => {
  it('stops a paired device and a choice of one, and no one-time contact (10 §4.3)', () => {
    const world = paired();
    const flow = openOneTime(world);
    world.factors = { ...world.factors, mfaEnabled: false };
    const situation = situate(world.snapshot({ flow }), world.facts().deployment);
    if (!situation) throw new Error('the flow is there');
    expect(accountError(situation, 'oneTime')).toBeUndefined();
    expect(accountError(situation, 'device')).toMatchObject({ code: 'MFA_DISABLED' });
    expect(granted(world.create({ selection: world.oneTime() })).flow.state.status).toBe('OTP_REQUIRED');
    expect(granted(world.create({ policyId: undefined } as object)).flow.state).toMatchObject({
      status: 'FAILED',
      error: { code: 'MFA_DISABLED' },
    });
  });

  it('ends a flow that has no device yet', () => {
    const world = paired();
    world.setPolicy({ deviceSelection: 'ALWAYS_DISPLAY_DEVICES' });
    const { flow } = granted(world.create());
    world.factors = { ...world.factors, mfaEnabled: false };
    expect(granted(world.read(flow.id)).flow.state).toMatchObject({
      status: 'FAILED',
      error: { code: 'MFA_DISABLED' },
    });
    refused(world.cancel(flow.id));
    expect(world.flow(flow.id).state).toMatchObject({ status: 'FAILED', error: { code: 'MFA_DISABLED' } });
  });
});
