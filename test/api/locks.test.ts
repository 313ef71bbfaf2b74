import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { detailsOf, invalidData, refusalOf } from './refusal.js';
import { contactOf, Scene, wrongFor } from './scene.js';
import { type Answer, startWorld, THERE, type World } from './world.js';

/** Where wrong codes lead: cool-downs, the account lockout, ceilings. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const WRONG_STATE = { status: 400, code: 'INVALID_REQUEST', details: ['CONSTRAINT_VIOLATION status'] };
const LIMIT_EXCEEDED = { status: 400, code: 'REQUEST_FAILED', details: ['LIMIT_EXCEEDED'] };
const NOT_USABLE = { status: 400, code: 'REQUEST_FAILED', details: ['ACCOUNT_NOT_USABLE'] };
const WRONG_CODE = invalidData('INVALID_OTP otp');
const innerError = (answer: Answer): unknown => detailsOf(answer)[0]?.innerError;
const attempts = (answer: Answer): unknown =>
  (innerError(answer) as { attemptsRemaining?: number } | undefined)?.attemptsRemaining;
const errorOf = async (scene: Scene, flow: Answer): Promise<unknown> => (await scene.read(flow)).body['error'];
const oneTime = () => ({ selectedDevice: { oneTime: { type: 'SMS', ...contactOf('SMS') } } });

describe('a cool-down (10 §9.4)', () => {
  const locked = async () => {
    const scene = await Scene.open(world, { failures: 2, coolDownMinutes: 5 });
    const device = await scene.device('SMS');
    const other = await scene.create();
    const otherCode = await scene.code(other);
    const flow = await scene.create();
    await scene.wrong(flow);
    const lockedAt = world.postern.now();
    expect(attempts(await scene.wrong(flow))).toBe(0);
    return { scene, device, other, otherCode, flow, end: lockedAt + minutes(5) };
  };

  it('locks the device, and every way to it, until its end', async () => {
    const { scene, device, other, otherCode, flow, end } = await locked();
    expect(await errorOf(scene, flow)).toMatchObject({ code: 'OTP_ATTEMPTS_LIMIT' });
    expect((await scene.readDevice(device)).body['lock']).toEqual({
      status: 'LOCKED',
      reason: 'OTP',
      expiresAt: new Date(end).toISOString(),
    });
    expect((await scene.create()).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [{ id: device }] },
    });
    expect(refusalOf(await scene.create({ selectedDevice: { id: device } }))).toEqual(
      invalidData('INVALID_VALUE selectedDevice.id'),
    );
    expect(refusalOf(await scene.select(other, device))).toEqual(invalidData('INVALID_VALUE device.id'));

    expect((await scene.read(other)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [{ id: device }] },
    });
    const refused = await scene.check(other, otherCode);
    expect(refusalOf(refused)).toEqual(LIMIT_EXCEEDED);
    expect(innerError(refused)).toEqual({ coolDownExpiresAt: end });
    expect((await scene.read(other)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [{ id: device }] },
    });
    expect((await scene.create(oneTime())).body['status']).toBe('OTP_REQUIRED');
  });

  it('with another device: the flow stays open, and goes on with that (10 §9.8)', async () => {
    const { scene, device, otherCode, other } = await locked();
    const email = await scene.device('EMAIL');
    const chosen = await scene.create();
    expect(chosen.body).toMatchObject({
      status: 'OTP_REQUIRED',
      selectedDevice: { id: email },
      _embedded: { devices: [{ id: email }] },
    });
    expect(refusalOf(await scene.check(other, otherCode))).toEqual(LIMIT_EXCEEDED);
    expect((await scene.read(other)).body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { id: device } });
    await scene.select(other, email);
    expect((await scene.check(other, await scene.code(other))).body['status']).toBe('COMPLETED');
  });

  it('refuses without comparing, and is not extended by attempts (SEC-15)', async () => {
    const { scene, device, other, otherCode, end } = await locked();
    await scene.device('EMAIL');
    await world.advance(minutes(2));
    for (const otp of [otherCode, wrongFor(otherCode), otherCode])
      expect(innerError(await scene.check(other, otp))).toEqual({ coolDownExpiresAt: end });
    expect((await scene.readDevice(device)).body['lock']).toMatchObject({ expiresAt: new Date(end).toISOString() });
  });

  it('ends by itself; codes from before stay dead, a new one is good (SEC-16)', async () => {
    const { scene, device, other, otherCode, end } = await locked();
    await scene.device('EMAIL');
    await world.advance(end - world.postern.now() - 1);
    expect((await scene.readDevice(device)).body['lock']).toMatchObject({ status: 'LOCKED' });
    await world.advance(1);
    expect((await scene.readDevice(device)).body['lock']).toEqual({ status: 'UNLOCKED' });
    const dead = await scene.check(other, otherCode);
    expect(refusalOf(dead)).toEqual(WRONG_CODE);
    expect(innerError(dead)).toBeUndefined();
    await scene.select(other, device);
    expect(attempts(await scene.wrong(other))).toBe(1);
    expect((await scene.check(other, await scene.code(other))).body['status']).toBe('COMPLETED');
  });

  it('ends by `device.unlock`, which also starts the count anew; codes from before stay dead', async () => {
    const { scene, device, other, otherCode } = await locked();
    const unlocked = await scene.onDevice(device, 'device.unlock');
    expect(unlocked.body['lock']).toEqual({ status: 'UNLOCKED' });
    expect((await scene.onDevice(device, 'device.unlock')).status).toBe(200);
    expect(refusalOf(await scene.check(other, otherCode))).toEqual(WRONG_CODE);
    await scene.select(other, device);
    expect(attempts(await scene.wrong(other))).toBe(1);
  });

  it('is not escaped by deleting the device and pairing its contact again (SEC-12)', async () => {
    const scene = await Scene.open(world, { failures: 2, coolDownMinutes: 5 });
    const contact = contactOf('SMS');
    const device = await scene.device('SMS', contact);
    const flow = await scene.create();
    await scene.wrong(flow);
    await scene.deleteDevice(device);
    const again = await scene.device('SMS', contact);
    const second = await scene.create();
    expect(attempts(await scene.wrong(second))).toBe(0);
    await scene.deleteDevice(again);
    const third = await scene.device('SMS', contact);
    expect((await scene.readDevice(third)).body['lock']).toMatchObject({ status: 'LOCKED', reason: 'OTP' });
  });
});

describe('the account lockout (10 §9.4; 30 §3.3)', () => {
  const settings = (lockout: object | undefined) =>
    world.ask({
      method: 'PUT',
      path: `/environments/${THERE}/mfaSettings`,
      body: { pairing: { maxAllowedDevices: 15 }, ...(lockout ? { lockout } : {}) },
    });
  const lockingScene = async (terms: Parameters<typeof Scene.open>[1], lockout: object) => {
    await settings(lockout);
    const scene = await Scene.open(world, { failures: 7, ...terms }, THERE);
    const device = await scene.device('SMS');
    return { scene, device };
  };

  it('counts over devices and one-time contacts, and ends by `account.unlock`', async () => {
    const { scene, device } = await lockingScene({}, { failureCount: 3 });
    const other = await scene.create({ selectedDevice: { id: device } });
    const otherCode = await scene.code(other);
    await scene.wrong(await scene.create(oneTime()));
    await scene.wrong(await scene.create({ selectedDevice: { id: await scene.device('EMAIL') } }));
    const flow = await scene.create({ selectedDevice: { id: device } });
    // The ordinary answer: that the account is locked now is for the next one to tell.
    expect(attempts(await scene.wrong(flow))).toBe(6);
    expect(await errorOf(scene, flow)).toMatchObject({ code: 'ACCOUNT_LOCKED_OUT' });
    expect((await scene.readUser()).body['account']).toMatchObject({ status: 'LOCKED', canAuthenticate: false });

    expect((await scene.create()).body).toMatchObject({ status: 'FAILED', error: { code: 'ACCOUNT_LOCKED_OUT' } });
    expect((await scene.create(oneTime())).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'ACCOUNT_LOCKED_OUT' },
    });
    expect(await errorOf(scene, other)).toMatchObject({ code: 'ACCOUNT_LOCKED_OUT' });
    expect(refusalOf(await scene.check(other, otherCode))).toEqual(NOT_USABLE);
    expect(refusalOf(await scene.check(other, otherCode))).toEqual(WRONG_STATE);

    await world.advance(minutes(20));
    const unlocked = await scene.onUser('account.unlock');
    expect(unlocked.body['account']).toEqual({ canAuthenticate: true, status: 'OK' });
    const fresh = await scene.create({ selectedDevice: { id: device } });
    await scene.wrong(fresh);
    await scene.wrong(fresh);
    expect((await scene.readUser()).body['account']).toMatchObject({ status: 'OK' });
    expect((await scene.check(fresh, await scene.code(fresh))).body['status']).toBe('COMPLETED');
    await settings(undefined);
  });

  it('lasts as long as the settings say; a code from before it stays dead (SEC-16)', async () => {
    const { scene, device } = await lockingScene({}, { failureCount: 1, durationSeconds: 60 });
    const other = await scene.create();
    const otherCode = await scene.code(other);
    await scene.wrong(await scene.create());
    expect((await scene.readUser()).body['account']).toMatchObject({ status: 'LOCKED', secondsUntilUnlock: 60 });
    await world.advance(seconds(60));
    expect((await scene.readUser()).body['account']).toEqual({ canAuthenticate: true, status: 'OK' });
    const dead = await scene.check(other, otherCode);
    expect([refusalOf(dead), innerError(dead)]).toEqual([WRONG_CODE, undefined]);
    await scene.select(other, device);
    expect((await scene.check(other, await scene.code(other))).body['status']).toBe('COMPLETED');
    await settings(undefined);
  });

  it('a policy that ignores locks goes on, and counts all the same', async () => {
    const { scene } = await lockingScene({ ignoreUserLock: true }, { failureCount: 1 });
    const flow = await scene.create();
    expect(attempts(await scene.wrong(flow))).toBe(6);
    expect((await scene.readUser()).body['account']).toMatchObject({ status: 'LOCKED' });
    expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
    await settings(undefined);
  });

  it('a completed check sets the count to nothing', async () => {
    const { scene } = await lockingScene({}, { failureCount: 2 });
    for (let n = 0; n < 3; n++) {
      const flow = await scene.create();
      await scene.wrong(flow);
      expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
    }
    expect((await scene.readUser()).body['account']).toMatchObject({ status: 'OK' });
    await settings(undefined);
  });

  it('an administrator’s lock has the same effect, and an end of its own (00 §8.6)', async () => {
    const scene = await Scene.open(world);
    await scene.device('SMS');
    const flow = await scene.create();
    const code = await scene.code(flow);
    await scene.onUser('account.lock', { unlockAt: new Date(world.postern.now() + minutes(1)).toISOString() });
    expect(refusalOf(await scene.check(flow, code))).toEqual(NOT_USABLE);
    expect((await scene.create()).body).toMatchObject({ error: { code: 'ACCOUNT_LOCKED_OUT' } });
    await world.advance(minutes(1));
    expect((await scene.create()).body['status']).toBe('OTP_REQUIRED');
  });
});

describe('ceilings, whatever the policy (10 §9.3; SEC-13, SEC-14)', () => {
  /** Wrong codes, in as many flows as they need. */
  const fail = async (scene: Scene, times: number, body: Parameters<Scene['create']>[0]): Promise<void> => {
    for (let n = 0; n < times; n += 7) {
      const flow = await scene.create(body);
      for (let guess = 0; guess < Math.min(7, times - n); guess++) await scene.wrong(flow);
    }
  };

  it('100 failures of a type lock every device of it without end, until `device.unlock`', async () => {
    const scene = await Scene.open(world, { failures: 7, coolDownMinutes: 1 });
    const device = await scene.device('SMS');
    const second = await scene.device('SMS');
    const email = await scene.device('EMAIL');
    for (let n = 0; n < 98; n += 7) {
      await fail(scene, 7, { selectedDevice: { id: device } });
      await world.advance(minutes(1));
    }
    expect((await scene.readDevice(second)).body['lock']).toEqual({ status: 'UNLOCKED' });
    const open = await scene.create({ selectedDevice: { id: second } });
    const code = await scene.code(open);
    await fail(scene, 2, { selectedDevice: { id: device } });
    for (const id of [device, second])
      expect((await scene.readDevice(id)).body['lock']).toEqual({ status: 'LOCKED', reason: 'OTP' });
    const refused = await scene.check(open, code);
    expect(refusalOf(refused)).toEqual(LIMIT_EXCEEDED);
    expect(innerError(refused)).toBeUndefined();
    expect(refusalOf(await scene.create(oneTime()))).toEqual(LIMIT_EXCEEDED);
    await world.advance(minutes(60 * 24));
    expect((await scene.create()).body['selectedDevice']).toEqual({ id: email });
    expect((await scene.onDevice(second, 'device.unlock')).body['lock']).toEqual({ status: 'UNLOCKED' });
    expect((await scene.readDevice(device)).body['lock']).toEqual({ status: 'UNLOCKED' });
    const flow = await scene.create({ selectedDevice: { id: device } });
    expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
  });

  it.each(['another factor’s success', '`account.unlock`'])('and end by %s', async (by) => {
    const scene = await Scene.open(world, { failures: 7 });
    await fail(scene, 99, oneTime());
    expect((await scene.create(oneTime())).body['status']).toBe('OTP_REQUIRED');
    await fail(scene, 1, oneTime());
    expect(refusalOf(await scene.create(oneTime()))).toEqual(LIMIT_EXCEEDED);
    if (by === '`account.unlock`') await scene.onUser('account.unlock');
    else {
      const flow = await scene.create({ selectedDevice: { id: await scene.device('EMAIL') } });
      await scene.check(flow, await scene.code(flow));
    }
    expect((await scene.create(oneTime())).body['status']).toBe('OTP_REQUIRED');
  });

  it('a contact has a ceiling of its own, over all users', async () => {
    const contact = { selectedDevice: { oneTime: { type: 'SMS', ...contactOf('SMS') } } };
    for (const times of [60, 40]) await fail(await Scene.open(world, { failures: 7 }), times, contact);
    const third = await Scene.open(world);
    expect(refusalOf(await third.create(contact))).toEqual(LIMIT_EXCEEDED);
    await third.onUser('account.unlock');
    expect(refusalOf(await third.create(contact))).toEqual(LIMIT_EXCEEDED);
    expect((await third.create(oneTime())).body['status']).toBe('OTP_REQUIRED');
  });
});
