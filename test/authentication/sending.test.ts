import { describe, expect, it } from 'vitest';
import { createDeviceAuthentication } from '../../src/authentication/create.js';
import { minutes } from '../../src/kernel/duration.js';
import { granted, refused } from './results.js';
import { ENVIRONMENT, id, keyring, T0, USER, World } from './world.js';

const withDevices = (count: number): World => {
  const world = new World();
  for (let n = 1; n <= count; n++) world.addDevice(n, n % 2 === 1 ? 'SMS' : 'EMAIL');
  return world;
};

describe('what is sent', () => {
  it('goes to the device, with a deadline at the end of the code’s life (SEC-80)', () => {
    const world = withDevices(1);
    world.setPolicy({}, { lifeTime: minutes(10) });
    const { flow } = granted(world.create());
    expect(world.outbox).toEqual([
      expect.objectContaining({
        channel: 'SMS',
        userId: USER,
        deviceId: id(1),
        deviceAuthenticationId: flow.id,
        createdAt: T0,
        deadline: T0 + minutes(10),
      }),
    ]);
    expect(world.message(flow.id)).toMatchObject({ to: '+15125551001', template: 'strong_authentication' });
    expect(world.events.map(({ type }) => type)).toEqual(['AUTHENTICATION.CREATED', 'NOTIFICATION.CREATED']);
  });

  it('by phone leaves its country with the flow, and the right code reports it: conversion is watched by country (SEC-38)', () => {
    const world = withDevices(2);
    const { flow } = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
    expect(flow.state).toMatchObject({ status: 'OTP_REQUIRED', country: 'US' });
    granted(world.check(flow.id, world.code(flow.id)));
    const right = { type: 'OTP.CHECK_SUCCESS', detail: { deviceType: 'SMS', country: 'US' } };
    expect(world.events).toContainEqual(expect.objectContaining(right));

    const mailed = granted(world.create({ selection: { kind: 'device', id: id(2) } })).flow;
    expect(mailed.state).toMatchObject({ status: 'OTP_REQUIRED', country: undefined });
    granted(world.check(mailed.id, world.code(mailed.id)));
    expect(world.events).toContainEqual(
      expect.objectContaining({ type: 'OTP.CHECK_SUCCESS', detail: { deviceType: 'EMAIL' } }),
    );
    for (const { detail } of world.events) expect(detail ?? {}).not.toHaveProperty('country');
  });

  it('carries the template, locale, variables and extension', () => {
    const world = new World();
    world.addDevice(1, 'VOICE', { details: { masked: '*******01', extension: '12#' } });
    const { flow } = granted(
      world.create({ notification: { template: 'transaction', locale: 'fr-CA', variables: { Sum: '10 €' } } }),
    );
    expect(world.message(flow.id)).toMatchObject({
      extension: '12#',
      template: 'transaction',
      locales: ['fr-CA'],
      variables: { sum: '10 €' },
    });
  });

  it('a variant that does not exist is refused, and no flow is created', () => {
    const world = withDevices(1);
    expect(refused(world.create({ notification: { variant: 'gold' } }))).toEqual({ kind: 'NoContent' });
    expect(world.writes).toEqual([]);
  });

  it('the flow keeps a digest, never the code (SEC-04)', () => {
    const world = withDevices(1);
    const { flow } = granted(world.create());
    const code = world.code(flow.id);
    expect(JSON.stringify(flow)).not.toContain(code);
    expect(JSON.stringify(world.outbox)).not.toContain(code);
  });

  it('makes no code while the contact, whose limits decide, is still to be loaded', () => {
    const world = withDevices(1);
    const { digests, ...facts } = world.facts();
    const sendLimits = { unconfirmed: 5, hourly: 10, daily: 30, pause: 0, prefix: 20 };
    const decision = createDeviceAuthentication(
      world.snapshot({}),
      { userId: USER },
      {
        ...facts,
        deployment: { ...facts.deployment, sendLimits },
        digests: {
          ...digests,
          code: () => {
            throw new Error('a code was made');
          },
        },
      },
    );
    const { secret } = world.device(1);
    const contact = digests.contact(ENVIRONMENT, secret ? keyring.vault.open(secret) : '');
    expect(decision).toMatchObject({ needs: { destination: contact, counters: [expect.any(String)] } });
  });

  it('a test device gets no message, and its code is in the answer (10 §4.4)', () => {
    const world = new World();
    world.addDevice(1, 'SMS', { testMode: true });
    const answer = granted(world.create());
    expect(answer.testOtp).toMatch(/^\d{6}$/);
    expect(world.outbox).toEqual([]);
    expect(world.events.map(({ type }) => type)).toEqual(['AUTHENTICATION.CREATED']);
    expect(granted(world.read(answer.flow.id)).testOtp).toBeUndefined();
    granted(world.check(answer.flow.id, answer.testOtp ?? ''));
  });
});
