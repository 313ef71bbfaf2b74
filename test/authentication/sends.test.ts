import { describe, expect, it } from 'vitest';
import type { OwnContents } from '../../src/delivery/own-contents.js';
import type { SendLimits } from '../../src/devices/sending/send-window.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { granted, refused } from './results.js';
import { kinds, open, openOneTime, types } from './scenes.js';
import { ENVIRONMENT, id, keyring, POLICY, T0, USER, World } from './world.js';

const LIMITS: SendLimits = { unconfirmed: 2, hourly: 0, daily: 0, pause: 0, prefix: 0 };
const CONTACT = keyring.digests.contact(ENVIRONMENT, '+15125551001');

function paired(limits: Partial<SendLimits> | undefined): World {
  const world = new World();
  if (limits) world.deployment = { sendLimits: { ...LIMITS, ...limits } };
  world.addDevice(1, 'SMS');
  world.addDevice(2, 'EMAIL');
  return world;
}
const contactOf = (world: World, key = CONTACT) => world.destinations.get(key);
const select = (world: World, flow: Uuid, n = 1) => world.select(flow, n);

describe('codes under limits on sending (SEC-36, 10 §9.5)', () => {
  it('count for the contact of the paired device, which the flow remembers and a right code confirms', () => {
    const world = paired({});
    const flow = open(world);
    expect(kinds(world)).toEqual(['insert deviceAuthentication', 'append outbox', 'update destination']);
    expect(world.flow(flow).state.selected).toMatchObject({ kind: 'device', id: id(1), contactKey: CONTACT });
    expect(contactOf(world)?.sends).toEqual({ at: [T0], unconfirmed: 1 });
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'update destination', 'expect factors']);
    expect(contactOf(world)?.sends).toEqual({ at: [T0], unconfirmed: 0 });
  });

  it('of a flow and of another, and of a one-time contact of the same number, count together (SEC-39)', () => {
    const world = paired({});
    const flow = open(world);
    granted(world.create({ selection: world.oneTime('SMS', '+15125551001') }));
    expect(contactOf(world)?.sends?.unconfirmed).toBe(2);
    const refusal = { kind: 'SendRefused', channel: 'SMS', expiresAt: T0 + minutes(10) };
    expect(refused(select(world, flow))).toEqual(refusal);
    expect(world.writes).toEqual([]);
    expect(world.events).toEqual([
      {
        type: 'NOTIFICATION.REJECTED',
        environmentId: ENVIRONMENT,
        userId: USER,
        deviceAuthenticationId: flow,
        deviceId: id(1),
        detail: { channel: 'SMS', reason: 'SEND_LIMIT' },
      },
    ]);
    // Refused resends leave the code before them alive.
    granted(world.check(flow, world.code(flow)));
    granted(select(world, open(world)));
    expect(refused(world.create({ selection: world.oneTime('SMS', '+15125551001') }))).toEqual(refusal);
    expect(world.events).toEqual([expect.not.objectContaining({ deviceId: expect.anything() })]);
  });

  it('of test mode are not sent, and count nothing', () => {
    const world = paired({ unconfirmed: 1 });
    world.changeDevice(1, { testMode: true });
    for (let n = 0; n < 3; n++) {
      const answer = granted(world.create({ selection: { kind: 'device', id: id(1) } }));
      expect(answer.testOtp).toMatch(/^\d{6}$/);
      expect(world.flow(answer.flow.id).state).toMatchObject({ country: undefined });
    }
    expect(world.destinations.size).toBe(0);
  });

  it('a right code of a one-time contact confirms it, in the one row that holds its failures too', () => {
    const world = paired({});
    const flow = openOneTime(world);
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'expect factors', 'update destination']);
    expect([...world.destinations.values()]).toEqual([
      expect.objectContaining({ sends: { at: [T0], unconfirmed: 0 } }),
    ]);
  });

  it('where nothing of the contact is left to confirm, its row stays as it is', () => {
    const world = paired({});
    const [first, second] = [open(world), open(world)];
    granted(world.check(first, world.code(first)));
    granted(world.check(second, world.code(second)));
    expect(kinds(world)).toEqual(['update deviceAuthentication', 'expect factors']);
  });

  it('a block of numbers that fills is told of, and is taken back from by a right code (SEC-38)', () => {
    const world = paired({ unconfirmed: 0, prefix: 2 });
    world.addDevice(3, 'SMS');
    const flow = open(world);
    expect(kinds(world)).toEqual(['insert deviceAuthentication', 'append outbox', 'update destination', 'add counter']);
    granted(world.check(flow, world.code(flow)));
    expect(kinds(world)).toContain('release counter');
    open(world, 1);
    expect(types(world)).toEqual(['AUTHENTICATION.CREATED', 'NOTIFICATION.CREATED']);
    open(world, 3);
    expect(types(world)).toEqual(['AUTHENTICATION.CREATED', 'NOTIFICATION.CREATED', 'NOTIFICATION.PREFIX_STOPPED']);
    expect(refused(select(world, open(world, 2)))).toMatchObject({ kind: 'SendRefused' });
  });
});

describe('codes under a notification policy (30 §5.4)', () => {
  it('wait for its cool-downs', () => {
    const world = paired(undefined);
    world.sendRules = { SMS: { resends: { waits: [seconds(30)], limit: 3, perUser: false } } };
    const flow = open(world);
    expect(refused(select(world, flow))).toEqual({
      kind: 'SendRefused',
      channel: 'SMS',
      expiresAt: T0 + seconds(30),
    });
    granted(select(world, flow, 2));
    world.now += seconds(30);
    granted(select(world, flow));
    granted(world.check(flow, world.code(flow)));
    expect(contactOf(world)).not.toHaveProperty('resends');
  });

  it('go to its countries alone: the answer says which contact is meant (10 §9.6)', () => {
    const world = paired(undefined);
    world.sendRules = { SMS: { countries: { type: 'DENIED', countries: new Set(['US']) } } };
    expect(refused(world.create({ selection: { kind: 'device', id: id(1) } }))).toEqual({
      kind: 'CountryRefused',
      selected: 'device',
    });
    expect(refused(world.create({ selection: world.oneTime() }))).toEqual({
      kind: 'CountryRefused',
      selected: 'oneTime',
    });
    expect(types(world)).toEqual(['NOTIFICATION.REJECTED']);
    expect(world.flows.size).toBe(0);
  });

  it('stand unclaimed in its quota until the right code is typed', () => {
    const world = paired(undefined);
    const limit = { kind: 'parts', claimed: 9, unclaimed: 9 } as const;
    world.sendRules = { SMS: { quota: { scope: 'ENVIRONMENT', methods: 'SMS', limit } } };
    const flow = open(world);
    expect(world.flow(flow).state).toMatchObject({ claim: { budget: 'quota SMS', at: T0 } });
    expect(world.flow(flow).state.selected?.contactKey).toBeUndefined();
    granted(world.check(flow, world.code(flow)));
    expect([...world.counters.values()].map(({ name, value }) => [name, value])).toEqual([
      ['quota SMS unclaimed', 0],
      ['quota SMS claimed', 1],
    ]);
  });

  it('that are used up are refused without an end that could be told', () => {
    const world = paired(undefined);
    world.sendRules = { SMS: { quota: { scope: 'USER', methods: 'SMS', limit: { kind: 'total', total: 1 } } } };
    const flow = open(world);
    expect(world.flow(flow).state).toMatchObject({ claim: undefined });
    expect(refused(select(world, flow))).toEqual({ kind: 'SendRefused', channel: 'SMS' });
  });
});

describe('what is said (30 §9.5)', () => {
  const words = { text: 'Ihr Code', isHtml: false };
  const contents: OwnContents = {
    defaultLocale: 'de',
    all: [{ template: 'strong_authentication', channel: 'SMS', locale: 'de', variant: 'gold', words }],
  };
  function speaking(): World {
    const world = paired(undefined);
    const policy = world.policies.get(POLICY);
    if (policy) world.policies.set(POLICY, { ...policy, contents });
    return world;
  }
  const create = (world: World, n: number, variant?: string) =>
    world.create({ selection: { kind: 'device', id: id(n) }, ...(variant ? { notification: { variant } } : {}) });

  it('in the environment’s own words where it has any for the channel and the variant', () => {
    const world = speaking();
    expect(world.message(granted(create(world, 1, 'gold')).flow.id)).toMatchObject({ words });
    expect(world.message(granted(create(world, 1)).flow.id)).not.toHaveProperty('words');
    expect(refused(create(world, 2, 'gold'))).toEqual({ kind: 'NoContent' });
    expect(refused(create(world, 1, 'silver'))).toEqual({ kind: 'NoContent' });
  });

  it('in test mode too: a test sees what a send would (10 §13A)', () => {
    const world = speaking();
    world.changeDevice(1, { testMode: true });
    expect(refused(create(world, 1, 'silver'))).toEqual({ kind: 'NoContent' });
    expect(granted(create(world, 1, 'gold')).testOtp).toBeDefined();
  });
});
