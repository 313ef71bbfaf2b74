import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { detailsOf, invalidData, refusalOf } from './refusal.js';
import { contactOf, Scene, wrongFor } from './scene.js';
import { type Answer, startWorld, type World } from './world.js';

/** What changes while a flow is open: its user, its device, its policy, the time. */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const WRONG_STATE = { status: 400, code: 'INVALID_REQUEST', details: ['CONSTRAINT_VIOLATION status'] };
const NOT_USABLE = { status: 400, code: 'REQUEST_FAILED', details: ['ACCOUNT_NOT_USABLE'] };
const WRONG_CODE = invalidData('INVALID_OTP otp');
const NOT_FOUND = { status: 404, code: 'NOT_FOUND' };
const innerError = (answer: Answer): unknown => detailsOf(answer)[0]?.innerError;
const attempts = (answer: Answer): unknown =>
  (innerError(answer) as { attemptsRemaining?: number } | undefined)?.attemptsRemaining;
const errorOf = async (scene: Scene, flow: Answer): Promise<unknown> => (await scene.read(flow)).body['error'];
const oneTime = () => ({ selectedDevice: { oneTime: { type: 'SMS', ...contactOf('SMS') } } });

describe('wrong codes (10 §9.3, §9.4)', () => {
  it.each(['paired', 'one-time'])('%s: 2, 1, 0 attempts remain, then the flow has failed', async (kind) => {
    const scene = await Scene.open(world);
    const device = await scene.device('SMS');
    const flow = await scene.create(kind === 'paired' ? {} : oneTime());
    for (const attemptsRemaining of [2, 1, 0]) {
      const answer = await scene.wrong(flow);
      expect(refusalOf(answer)).toEqual(WRONG_CODE);
      expect(answer.body['details']).toEqual([
        { code: 'INVALID_OTP', target: 'otp', message: 'Invalid OTP provided.', innerError: { attemptsRemaining } },
      ]);
    }
    expect(await errorOf(scene, flow)).toMatchObject({ code: 'OTP_ATTEMPTS_LIMIT' });
    expect(refusalOf(await scene.check(flow, await scene.code(flow)))).toEqual(WRONG_STATE);
    // Without a cool-down nothing is locked, and the count starts anew.
    expect((await scene.readDevice(device)).body['lock']).toEqual({ status: 'UNLOCKED' });
    const next = await scene.create();
    expect(attempts(await scene.wrong(next))).toBe(2);
  });

  it('count on over flows, resends and choices of another device; only success ends the run (SEC-12)', async () => {
    const scene = await Scene.open(world, { failures: 5 });
    const sms = await scene.device('SMS');
    const email = await scene.device('EMAIL');
    const flow = await scene.create({ selectedDevice: { id: sms } });
    expect(attempts(await scene.wrong(flow))).toBe(4);
    await scene.select(flow, sms);
    expect(attempts(await scene.wrong(flow))).toBe(3);
    await scene.select(flow, email);
    expect(attempts(await scene.wrong(flow))).toBe(4);
    await scene.select(flow, sms);
    await scene.act(flow, 'cancel.push.authentication', { reason: 'CHANGE_DEVICE' });
    await scene.select(flow, sms);
    expect(attempts(await scene.wrong(flow))).toBe(2);
    const other = await scene.create({ selectedDevice: { id: sms } });
    expect(attempts(await scene.wrong(other))).toBe(1);
    expect((await scene.check(other, await scene.code(other))).body['status']).toBe('COMPLETED');
    expect(attempts(await scene.wrong(flow))).toBe(4);
  });

  it('the right code as the last attempt completes', async () => {
    const scene = await Scene.open(world);
    await scene.device('SMS');
    const flow = await scene.create();
    await scene.wrong(flow);
    await scene.wrong(flow);
    expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
  });

  it('a malformed code and one of another length are no attempts (SEC-09)', async () => {
    const scene = await Scene.open(world, { otpLength: 8 });
    await scene.device('SMS');
    const flow = await scene.create();
    expect(await scene.code(flow)).toMatch(/^\d{8}$/);
    for (const otp of ['123456', '1234567890', '12', 'abcdefgh'])
      expect(refusalOf(await scene.check(flow, otp))).toEqual(invalidData('INVALID_VALUE otp'));
    expect(attempts(await scene.wrong(flow))).toBe(2);
  });

  it('a wrong code leaves `updatedAt` and the answer’s other members as they were (10 §2)', async () => {
    const scene = await Scene.open(world);
    await scene.device('SMS');
    const flow = await scene.create();
    await world.advance(seconds(5));
    await scene.wrong(flow);
    expect((await scene.read(flow)).body).toEqual(flow.body);
  });
});

describe('the user meanwhile (10 §9.8)', () => {
  const open = async () => {
    const scene = await Scene.open(world);
    const device = await scene.device('SMS');
    const flow = await scene.create();
    return { scene, device, flow, code: await scene.code(flow) };
  };

  it('disabled: read, checked and selected as failed', async () => {
    const { scene, device, flow, code } = await open();
    const other = await scene.create();
    await scene.disable();
    expect(await errorOf(scene, flow)).toMatchObject({ code: 'USER_DISABLED' });
    expect(refusalOf(await scene.check(flow, code))).toEqual(NOT_USABLE);
    expect(refusalOf(await scene.select(other, device))).toEqual(NOT_USABLE);
    expect(refusalOf(await scene.check(flow, code))).toEqual(WRONG_STATE);
    expect((await scene.create()).body).toMatchObject({ status: 'FAILED', error: { code: 'USER_DISABLED' } });
    expect((await scene.create(oneTime())).body).toMatchObject({ status: 'FAILED', error: { code: 'USER_DISABLED' } });
  });

  it('deleted: gone, with the flow', async () => {
    const { scene, device, flow, code } = await open();
    expect((await scene.deleteUser()).status).toBe(204);
    for (const answer of [
      await scene.read(flow),
      await scene.check(flow, code),
      await scene.select(flow, device),
      await scene.create(),
    ])
      expect(refusalOf(answer)).toEqual(NOT_FOUND);
  });

  it('with MFA switched off: no paired device, but a one-time contact (10 §4.3, §4.5)', async () => {
    const { scene, flow, code } = await open();
    const once = await scene.create(oneTime());
    await scene.setMfaEnabled(false);
    expect(refusalOf(await scene.check(flow, code))).toEqual(NOT_USABLE);
    expect(await errorOf(scene, flow)).toMatchObject({ code: 'MFA_DISABLED' });
    expect((await scene.create()).body).toMatchObject({ status: 'FAILED', error: { code: 'MFA_DISABLED' } });
    expect((await scene.check(once, await scene.code(once))).body['status']).toBe('COMPLETED');
  });
});

describe('the device meanwhile (10 §9.8)', () => {
  const UNUSABLE = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION selectedDevice.id'] };
  const GONE: readonly [string, (scene: Scene, device: string) => Promise<Answer>][] = [
    ['deleted', (scene, device) => scene.deleteDevice(device)],
    ['blocked', (scene, device) => scene.onDevice(device, 'device.block')],
    ['of a method that was switched off', (scene) => scene.editPolicy({ off: ['SMS'] })],
  ];

  it.each(GONE)('%s, the only one: the flow has failed', async (_what, remove) => {
    const scene = await Scene.open(world);
    const device = await scene.device('SMS');
    const flow = await scene.create();
    const code = await scene.code(flow);
    expect((await remove(scene, device)).status).toBeLessThan(300);
    expect((await scene.read(flow)).body).toMatchObject({
      status: 'FAILED',
      error: { code: 'NO_USABLE_DEVICES', unavailableDevices: [] },
      _embedded: { devices: [] },
    });
    expect(refusalOf(await scene.check(flow, code))).toEqual(UNUSABLE);
    expect(refusalOf(await scene.check(flow, code))).toEqual(WRONG_STATE);
  });

  it.each(GONE)(
    '%s, beside another: the flow goes on with that, and the old code is dead for good',
    async (what, remove) => {
      const scene = await Scene.open(world);
      const device = await scene.device('SMS');
      const email = await scene.device('EMAIL');
      const flow = await scene.create({ selectedDevice: { id: device } });
      const code = await scene.code(flow);
      await remove(scene, device);
      expect(refusalOf(await scene.check(flow, code))).toEqual(UNUSABLE);
      expect((await scene.read(flow)).body).toMatchObject({
        status: 'OTP_REQUIRED',
        _embedded: { devices: [{ id: email }] },
      });
      expect(refusalOf(await scene.select(flow, device))).toEqual(invalidData('INVALID_VALUE device.id'));
      if (what === 'blocked') {
        await scene.onDevice(device, 'device.unblock');
        expect(refusalOf(await scene.check(flow, code))).toEqual(WRONG_CODE);
      }
      await scene.select(flow, email);
      expect((await scene.check(flow, await scene.code(flow))).body['status']).toBe('COMPLETED');
    },
  );
});

describe('the policy meanwhile (10 §4.1, §9.3)', () => {
  it('a code keeps the length and lifetime it was issued with; the next has those of the edited policy', async () => {
    const scene = await Scene.open(world, { otpLength: 6, lifeTimeMinutes: 10 });
    const device = await scene.device('SMS');
    const flow = await scene.create();
    await scene.editPolicy({ otpLength: 10, lifeTimeMinutes: 1 });
    await world.advance(minutes(9));
    expect(attempts(await scene.wrong(flow))).toBe(2);
    await scene.select(flow, device);
    expect(await scene.code(flow)).toMatch(/^\d{10}$/);
    await world.advance(minutes(1) + 1);
    const expired = await scene.check(flow, await scene.code(flow));
    expect([refusalOf(expired), innerError(expired)]).toEqual([WRONG_CODE, undefined]);
  });

  it('a higher limit gives no attempt back; a lower one counts at once (SEC-12)', async () => {
    const scene = await Scene.open(world, { failures: 3 });
    await scene.device('SMS');
    const flow = await scene.create();
    expect(attempts(await scene.wrong(flow))).toBe(2);
    await scene.editPolicy({ failures: 7 });
    expect(attempts(await scene.wrong(flow))).toBe(1);
    const second = await Scene.open(world, { failures: 5 });
    await second.device('SMS');
    const other = await second.create();
    await second.wrong(other);
    await second.editPolicy({ failures: 2 });
    expect(attempts(await second.wrong(other))).toBe(0);
  });

  it('deleted: the flow goes on under the default, and keeps its `policy.id`', async () => {
    const scene = await Scene.open(world, { failures: 7 });
    await scene.device('SMS');
    const flow = await scene.create();
    expect((await scene.deletePolicy()).status).toBe(204);
    expect((await scene.read(flow)).body).toMatchObject({ policy: { id: scene.policy }, status: 'OTP_REQUIRED' });
    expect(attempts(await scene.wrong(flow))).toBe(2);
    expect((await scene.check(flow, await scene.code(flow))).body).toMatchObject({
      status: 'COMPLETED',
      policy: { id: scene.policy },
    });
    expect(refusalOf(await scene.create())).toEqual(invalidData('INVALID_VALUE policy.id'));
  });
});

describe('time (10 §9.2, §17)', () => {
  it('a code lives to the last millisecond of its lifetime, and the flow 5 minutes longer', async () => {
    const scene = await Scene.open(world);
    const device = await scene.device('SMS');
    const [good, late, gone] = [await scene.create(), await scene.create(), await scene.create()];
    await world.advance(minutes(30));
    expect((await scene.check(good, await scene.code(good))).body['status']).toBe('COMPLETED');
    await world.advance(1);
    const expired = await scene.check(late, await scene.code(late));
    expect(expired.body['details']).toEqual([
      { code: 'INVALID_OTP', target: 'otp', message: expect.stringMatching(/expired/i) },
    ]);
    // It was no attempt, and a resend brings the flow back.
    await scene.select(late, device);
    expect(attempts(await scene.wrong(late))).toBe(2);
    expect((await scene.check(late, await scene.code(late))).body['status']).toBe('COMPLETED');

    await world.advance(minutes(5) - 2);
    expect((await scene.read(gone)).status).toBe(200);
    await world.advance(1);
    for (const answer of [await scene.read(gone), await scene.check(gone, '123456'), await scene.select(gone, device)])
      expect(refusalOf(answer)).toEqual(NOT_FOUND);
  });

  it('wrong guesses do not prolong a flow', async () => {
    const scene = await Scene.open(world);
    await scene.device('SMS');
    const flow = await scene.create();
    await world.advance(minutes(29));
    await scene.wrong(flow);
    await world.advance(minutes(6));
    expect(refusalOf(await scene.read(flow))).toEqual(NOT_FOUND);
  });

  it.each(['COMPLETED', 'FAILED'])('a flow that is %s can be read for an hour', async (end) => {
    const scene = await Scene.open(world, { failures: 1 });
    await scene.device('SMS');
    const flow = await scene.create();
    const code = await scene.code(flow);
    expect((await scene.check(flow, end === 'COMPLETED' ? code : wrongFor(code))).status).toBe(
      end === 'COMPLETED' ? 200 : 400,
    );
    await world.advance(minutes(59));
    expect((await scene.read(flow)).body['status']).toBe(end);
    await world.advance(minutes(1));
    expect(refusalOf(await scene.read(flow))).toEqual(NOT_FOUND);
  });

  it('what is past its time is purged, and still 404', async () => {
    const scene = await Scene.open(world);
    await scene.device('SMS');
    const flow = await scene.create();
    await world.advance(minutes(36));
    await world.postern.app.store.purge(10_000);
    expect(refusalOf(await scene.read(flow))).toEqual(NOT_FOUND);
  });
});
