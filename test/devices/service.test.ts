import { describe, expect, it } from 'vitest';
import type { MessageContent } from '../../src/delivery/message.js';
import { type CreationRequest, parseCreation } from '../../src/devices/pairing/creation.js';
import { createDeviceService, type OpenedList } from '../../src/devices/service.js';
import type { BusinessEvent } from '../../src/events.js';
import { minutes } from '../../src/kernel/duration.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import { openTestStore } from '../helpers/store.js';
import { at, ENVIRONMENT, granted, OWNER, POLICY, refused, USER, wrong } from './world.js';

const PHONE: CreationRequest = { type: 'SMS', phone: '+15125550101', status: 'ACTIVATION_REQUIRED' };
const KINDS_OF_DATABASE = ['sqlite', 'postgres'] as const;

/** The service on a database with one environment, whose default policy has all four methods, and one user. */
async function openService(kind: (typeof KINDS_OF_DATABASE)[number] = 'sqlite', coolDown = 0) {
  const opened = await openTestStore({ kind });
  const { store, clock, random, keyring, appended } = opened;
  const method = {
    enabled: true,
    otp: {
      lifeTime: { duration: 30, timeUnit: 'MINUTES' },
      failure: { count: 3, coolDown: { duration: coolDown, timeUnit: 'MINUTES' } },
    },
  } as const;
  const methods = { sms: method, voice: method, email: method, whatsApp: method };
  const policy = { ...factoryPolicy({ name: 'All', default: true }), ...methods };
  await store.transact({ environmentId: ENVIRONMENT }, ({ now }) => ({
    writes: provisionEnvironment(
      {
        id: ENVIRONMENT,
        name: 'Shop',
        type: 'SANDBOX',
        region: 'EU',
        organizationId: random.uuid(),
        licenseId: random.uuid(),
        population: { id: random.uuid() },
        defaultPolicy: { id: POLICY, document: policy },
        relyingPartyId: 'example.test',
        signingKey: { id: random.uuid(), publicJwk: { kty: 'EC' }, privateJwk: new Redacted('{}') },
      },
      now,
    ),
    outcome: undefined,
  }));
  await store.transact({ environmentId: ENVIRONMENT }, ({ now, environment }) => ({
    writes: [
      {
        kind: 'insert',
        entity: 'user',
        value: {
          id: USER,
          environmentId: ENVIRONMENT,
          version: 1,
          populationId: environment?.defaultPopulationId ?? USER,
          username: 'ada',
          enabled: true,
          profile: {},
          createdAt: now,
          updatedAt: now,
        },
        factors: {
          userId: USER,
          environmentId: ENVIRONMENT,
          version: 1,
          mfaEnabled: true,
          lockoutFailures: 0,
          ceilings: {},
          lockEpochs: {},
          deviceOrder: [],
        },
      },
    ],
    outcome: undefined,
  }));
  const events: BusinessEvent[] = [];
  const service = createDeviceService({
    store,
    random,
    clock,
    digests: keyring.digests,
    vault: keyring.vault,
    deployment: { channels: new Set(['SMS', 'VOICE', 'EMAIL', 'WHATSAPP']), allowsTestMode: () => true },
    events: { emit: (event) => events.push(event) },
  });
  const create = async (request: CreationRequest) => {
    const creation = parseCreation(request);
    if (!creation.ok) throw new TypeError(JSON.stringify(creation.rejection));
    return service.create(OWNER, 'admin', creation.value);
  };
  /** The newest code that a commit has handed out for the device. */
  const codeOf = ({ id }: { readonly id: string }): string => {
    const message = appended.findLast(({ deviceId }) => deviceId === id);
    if (!message) throw new TypeError('nothing was sent');
    const content: MessageContent = JSON.parse(keyring.vault.open(message.content));
    return content.otp;
  };
  const times = <T>(count: number, run: () => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: count }, run));
  return {
    service,
    create,
    codeOf,
    times,
    store,
    clock,
    events,
    appended,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

const ids = ({ devices }: OpenedList): readonly string[] => devices.map(({ device }) => device.id);

describe('devices in a database', () => {
  it('read as they were created: the contact in full, sealed at rest', async () => {
    await using opened = await openService();
    const { service, create, store } = opened;
    const created = granted(await create({ type: 'EMAIL', email: 'mira@example.org', nickname: 'Mail' }));
    const read = granted(await service.read(at(created.device)));
    expect(read.members).toEqual({ email: 'mira@example.org' });
    const { secret: _, ...plain } = created.device;
    expect(read.device).toMatchObject(plain);
    const { devices } = await store.load({ environmentId: ENVIRONMENT, user: USER });
    expect(devices[0]?.secret).not.toBeInstanceOf(Redacted);
    expect(String(devices[0]?.secret)).toBe('[sealed]');
  });

  it('a pending device keeps what it needs for a resend: policy, notification, counter, binding', async () => {
    await using opened = await openService();
    const { service, create, codeOf, appended } = opened;
    const notification = { template: { locale: 'fr', variables: { shop: 'Corner' } } };
    const { device } = granted(await create({ ...PHONE, notification }));
    const first = codeOf(device);
    expect(refused(await service.activate(at(device), { otp: wrong(first) }))).toMatchObject({ attemptsRemaining: 2 });
    granted(await service.resendPairingCode(at(device)));
    expect(appended).toHaveLength(2);
    expect(refused(await service.activate(at(device), { otp: first }))).toMatchObject({ attemptsRemaining: 1 });
    granted(await service.activate(at(device), { otp: codeOf(device) }));
  });

  it('deleting and creating again keeps the counter with the contact (SEC-12)', async () => {
    await using opened = await openService();
    const { service, create, codeOf } = opened;
    const { device } = granted(await create(PHONE));
    await service.activate(at(device), { otp: wrong(codeOf(device)) });
    granted(await service.delete(at(device)));
    expect(refused(await service.delete(at(device)))).toEqual({ kind: 'DeviceNotFound' });
    const { device: again } = granted(await create(PHONE));
    expect(refused(await service.activate(at(again), { otp: wrong(codeOf(again)) }))).toMatchObject({
      attemptsRemaining: 1,
    });
    granted(await service.delete(at(again)));
    const { device: third } = granted(await create(PHONE));
    expect(refused(await service.activate(at(third), { otp: wrong(codeOf(third)) }))).toMatchObject({
      attemptsRemaining: 0,
    });
  });

  it('order and list survive; a lapsed device is gone before and after the sweeper', async () => {
    await using opened = await openService();
    const { service, create, clock, store } = opened;
    const { device: pending } = granted(await create(PHONE));
    const made = [];
    for (const n of [1, 2, 3]) {
      clock.advance(1000);
      made.push(granted(await create({ type: 'EMAIL', email: `user${n}@example.org` })).device.id);
    }
    const [a, b, c] = made;
    if (!a || !b || !c) throw new TypeError('three were made');
    granted(await service.reorder(OWNER, [c]));
    expect(ids(granted(await service.list(OWNER)))).toEqual([c, a, b, pending.id]);
    clock.advance(minutes(24 * 60));
    expect(ids(granted(await service.list(OWNER)))).toEqual([c, a, b]);
    clock.advance(minutes(10));
    while ((await store.purge(100)) > 0);
    expect((await store.load({ environmentId: ENVIRONMENT, user: USER })).devices).toHaveLength(3);
  });
});

describe.each(KINDS_OF_DATABASE)('in parallel on %s', (kind) => {
  it('of 64 right codes exactly one succeeds (SEC-07)', async () => {
    await using opened = await openService(kind);
    const { service, create, codeOf, times, events } = opened;
    const { device } = granted(await create(PHONE));
    const otp = codeOf(device);
    const outcomes = await times(64, () => service.activate(at(device), { otp }));
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
    for (const outcome of outcomes) if (!outcome.ok) expect(outcome.rejection).toEqual({ kind: 'AlreadyActive' });
    expect(granted(await service.list(OWNER)).order).toEqual([device.id]);
    expect(events.filter(({ type }) => type === 'DEVICE.ACTIVATED')).toHaveLength(1);
  });

  it('64 wrong codes are exactly failure.count comparisons, each with a count of its own (SEC-10, SEC-11)', async () => {
    await using opened = await openService(kind, 5);
    const { service, create, codeOf, times } = opened;
    const { device } = granted(await create(PHONE));
    const otp = wrong(codeOf(device));
    const outcomes = (await times(64, () => service.activate(at(device), { otp }))).map(refused);
    const compared = outcomes.flatMap((o) => (o.kind === 'OtpMismatch' ? [o.attemptsRemaining] : []));
    expect(compared.sort()).toEqual([0, 1, 2]);
    expect(outcomes.filter(({ kind: k }) => k === 'DeviceLocked')).toHaveLength(61);
  });

  it('the right code among wrong ones succeeds only as one of the first failure.count (SEC-10)', async () => {
    await using opened = await openService(kind, 5);
    const { service, create, codeOf } = opened;
    for (let round = 0; round < 10; round++) {
      const { device } = granted(await create({ ...PHONE, phone: `+151255502${String(round).padStart(2, '0')}` }));
      const right = codeOf(device);
      const at63 = Array.from({ length: 16 }, (_, n) => (n === (round * 3) % 16 ? right : wrong(right)));
      const outcomes = await Promise.all(at63.map((otp) => service.activate(at(device), { otp })));
      const mismatches = outcomes.filter((o) => !o.ok && o.rejection.kind === 'OtpMismatch').length;
      const successes = outcomes.filter(({ ok }) => ok).length;
      expect(mismatches + successes).toBeLessThanOrEqual(3);
      expect(successes === 1 || mismatches === 3).toBe(true);
      granted(await service.delete(at(device)));
    }
  });

  it('creations never pass the limit, and a contact is paired once', async () => {
    await using opened = await openService(kind);
    const { service, create } = opened;
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, n) => create({ type: 'EMAIL', email: `user${n % 8}@example.org` })),
    );
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
    const contacts = granted(await service.list(OWNER)).devices.map(({ members }) => members['email']);
    expect(new Set(contacts).size).toBe(5);
  });
});
