import { describe, expect, it } from 'vitest';
import { type Device, FAILURE_CEILING } from '../../src/devices/model.js';
import {
  createOathToken,
  type OathTokenDecision,
  resyncOathToken,
  revokeOathToken,
} from '../../src/devices/oath/decide.js';
import { withoutToken, withToken } from '../../src/devices/oath/pair.js';
import type { OathTokenRejection } from '../../src/devices/oath/rejection.js';
import { planForRoom } from '../../src/devices/oath/room.js';
import type { OathToken } from '../../src/devices/oath/token.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Snapshot, Write } from '../../src/storage/port.js';
import { deviceOf } from '../authentication/fixtures.js';
import { ENVIRONMENT, id, keyring, T0, USER, World } from '../authentication/world.js';
import { decided } from '../helpers/decided.js';
import { codeOf, TOKEN } from './oath-fixtures.js';
import {
  at,
  POLICY as DEFAULT,
  World as Devices,
  granted as deviceGranted,
  refused as deviceRefused,
  OWNER,
} from './world.js';

const PAIRED: OathToken = { ...TOKEN, device: { deviceId: id(1), userId: USER } };
const open = keyring.vault.open;
const code = (counter: number): string => codeOf(TOKEN, counter);

/** A user whose first device is the token. */
function device(change: Partial<Device> = {}): Device {
  return { ...deviceOf(1, 'SMS'), type: 'OATH_TOKEN', ...change };
}

function snapshotOf(
  tokens: readonly OathToken[],
  devices: readonly Device[] = [device()],
  change: Partial<Snapshot> = {},
) {
  const world = new World();
  world.devices = [...devices];
  const environment = { id: ENVIRONMENT } as NonNullable<Snapshot['environment']>;
  return { ...world.snapshot({}), environment, oathTokens: tokens, ...change } satisfies Snapshot;
}

const kinds = (writes: readonly Write[]): readonly string[] => writes.map(({ kind, entity }) => `${kind} ${entity}`);
function refusal(decision: OathTokenDecision<unknown>): OathTokenRejection {
  const { result } = decided(decision).outcome;
  if (result.ok) throw new Error('granted');
  return result.rejection;
}

describe('a hardware token that is created (20 §9.1)', () => {
  it('is there from now on, unless its serial number is taken or its environment is not there', () => {
    const { writes, outcome } = decided(createOathToken(snapshotOf([]), TOKEN));
    const created = { ...TOKEN, createdAt: T0, updatedAt: T0 };
    expect(writes).toEqual([{ kind: 'insert', entity: 'oathToken', value: created }]);
    expect(outcome).toEqual({
      result: { ok: true, value: created },
      events: [{ type: 'OATH_TOKEN.CREATED', environmentId: ENVIRONMENT, detail: { oathTokenId: id(50) } }],
    });
    expect(createOathToken(snapshotOf([{ ...TOKEN, id: id(51) }]), TOKEN)).toEqual({
      writes: [],
      outcome: { result: { ok: false, rejection: { kind: 'SerialNumberTaken', existingId: id(51) } }, events: [] },
    });
    const { environment: _, oathTokens: __, ...nowhere } = snapshotOf([]);
    expect(refusal(createOathToken(nowhere, TOKEN))).toEqual({
      kind: 'EnvironmentNotFound',
      environmentId: ENVIRONMENT,
    });
    const { oathTokens: ___, ...noneLoaded } = snapshotOf([]);
    expect(decided(createOathToken(noneLoaded, TOKEN)).outcome.result.ok).toBe(true);
  });
});

describe('room for a hardware token (20 §3.1)', () => {
  it('is counted in the unit near the limit only', () => {
    expect([0, 89_999, 90_000, 100_000].map(planForRoom)).toEqual([
      {},
      {},
      { oathTokenCount: true },
      { oathTokenCount: true },
    ]);
  });

  it('is guarded by the environment where it was counted, and is over with the last', () => {
    const counted = (oathTokenCount: number) => createOathToken(snapshotOf([], [], { oathTokenCount }), TOKEN);
    expect(kinds(decided(counted(99_999)).writes)).toEqual(['update environment', 'insert oathToken']);
    for (const count of [100_000, 100_001])
      expect(refusal(counted(count))).toEqual({ kind: 'TooManyTokens', maximumAllowed: 100_000 });
  });
});

describe('a hardware token that is revoked (20 §9.2)', () => {
  it('goes alone when nobody has it', () => {
    expect(revokeOathToken(snapshotOf([TOKEN], []), id(50))).toEqual({
      writes: [{ kind: 'delete', entity: 'oathToken', value: TOKEN }],
      outcome: {
        result: { ok: true, value: undefined },
        events: [{ type: 'OATH_TOKEN.REVOKED', environmentId: ENVIRONMENT, detail: { oathTokenId: id(50) } }],
      },
    });
  });

  it('takes its device along, out of the order too if it was active', () => {
    const other = deviceOf(2, 'EMAIL');
    for (const [status, deviceOrder] of [
      ['ACTIVE', [id(2)]],
      ['ACTIVATION_REQUIRED', [id(1), id(2)]],
    ] as const) {
      const snapshot = snapshotOf([PAIRED], [device({ status }), other]);
      const factors = { ...snapshot.factors, deviceOrder: [id(1), id(2)] } as NonNullable<Snapshot['factors']>;
      const { writes, outcome } = decided(revokeOathToken({ ...snapshot, factors }, id(50)));
      expect(writes).toEqual([
        { kind: 'delete', entity: 'oathToken', value: PAIRED },
        { kind: 'update', entity: 'factors', value: { ...factors, deviceOrder } },
        { kind: 'delete', entity: 'device', value: device({ status }) },
      ]);
      expect(outcome.events).toEqual([
        expect.objectContaining({ type: 'OATH_TOKEN.REVOKED' }),
        expect.objectContaining({ type: 'DEVICE.DELETED', deviceId: id(1), userId: USER }),
      ]);
    }
  });

  it('whose device went before goes alone; one that is not there, or has moved to another user meanwhile, does not', () => {
    expect(kinds(decided(revokeOathToken(snapshotOf([PAIRED], []), id(50))).writes)).toEqual(['delete oathToken']);
    expect(refusal(revokeOathToken(snapshotOf([TOKEN]), id(51)))).toEqual({ kind: 'TokenNotFound' });
    const { environment: _, ...nowhere } = snapshotOf([TOKEN]);
    expect(refusal(revokeOathToken(nowhere, id(50)))).toEqual({ kind: 'TokenNotFound' });
    const { oathTokens: __, ...noneLoaded } = snapshotOf([]);
    expect(refusal(revokeOathToken(noneLoaded, id(50)))).toEqual({ kind: 'TokenNotFound' });
    const moved = { ...PAIRED, device: { deviceId: id(1), userId: id(7) } };
    expect(refusal(revokeOathToken(snapshotOf([moved]), id(50)))).toEqual({ kind: 'PairingMoved' });
    const { user: ___, factors: ____, ...gone } = snapshotOf([moved], []);
    expect(kinds(decided(revokeOathToken(gone, id(50))).writes)).toEqual(['delete oathToken']);
  });
});

describe('a resynchronisation of a hardware token (20 §9.2, §9.4)', () => {
  const resync = (snapshot: Snapshot, otps: readonly string[]) => resyncOathToken(snapshot, { id: id(50), otps }, open);

  it('by two consecutive codes sets its counter, and tells whose it is', () => {
    for (const [token, of] of [
      [TOKEN, {}],
      [PAIRED, { userId: USER, deviceId: id(1) }],
    ] as const) {
      const { writes, outcome } = decided(resync(snapshotOf([token]), [code(150), code(151)]));
      const after = { ...token, lastStep: 151, updatedAt: T0 };
      expect(writes).toEqual([{ kind: 'update', entity: 'oathToken', value: after }]);
      expect(outcome).toEqual({
        result: { ok: true, value: after },
        events: [
          {
            type: 'OATH_TOKEN.RESYNCHRONISED',
            environmentId: ENVIRONMENT,
            ...of,
            detail: { oathTokenId: id(50) },
          },
        ],
      });
    }
  });

  it('by the first of two is unfinished: counted like a wrong one where a user has the token (SEC-23)', () => {
    const unfinished = { ...PAIRED, resyncAt: 150 };
    const { writes, outcome } = decided(resync(snapshotOf([PAIRED]), [code(150)]));
    expect(outcome.result).toEqual({ ok: false, rejection: { kind: 'ResyncUnfinished' } });
    expect(kinds(writes)).toEqual(['update factors', 'put device', 'update oathToken']);
    expect(writes[0]).toMatchObject({ value: { ceilings: { OATH_TOKEN: 1 } } });
    expect(writes[1]).toMatchObject({ value: { failures: { count: 1, limit: 3 } } });
    expect(writes[2]).toMatchObject({ value: unfinished });
    expect(outcome.events).toEqual([
      {
        type: 'OTP.CHECK_INVALID',
        environmentId: ENVIRONMENT,
        userId: USER,
        deviceId: id(1),
        detail: { attemptsRemaining: 2 },
      },
    ]);
  });

  it('by a wrong code counts towards lock, account and ceiling; without a device there is nothing to count in (SEC-11)', () => {
    const { writes, outcome } = decided(resync(snapshotOf([PAIRED]), [code(20), code(21)]));
    expect(outcome.result).toMatchObject({ rejection: { kind: 'OtpMismatch', attemptsRemaining: 2 } });
    expect(writes.slice(2)).toEqual([{ kind: 'expect', entity: 'oathToken', value: PAIRED }]);
    const free = decided(resync(snapshotOf([TOKEN]), [code(20), code(21)]));
    expect(free.outcome).toEqual({ result: { ok: false, rejection: { kind: 'OtpMismatch' } }, events: [] });
    expect(free.writes).toEqual([{ kind: 'expect', entity: 'oathToken', value: TOKEN }]);
    const { configuration: _, ...unconfigured } = snapshotOf([PAIRED]);
    expect(kinds(decided(resync(unconfigured, [code(20), code(21)])).writes)).toEqual(['expect oathToken']);
  });

  it('the last wrong one locks the device, and then none is compared (SEC-15)', () => {
    const almost = device({ failures: { count: 2, limit: 3 } });
    const { writes, outcome } = decided(resync(snapshotOf([PAIRED], [almost]), [code(20), code(21)]));
    expect(outcome.result).toMatchObject({ rejection: { kind: 'OtpMismatch', attemptsRemaining: 0 } });
    const expiresAt = T0 + minutes(2);
    expect(writes[1]).toMatchObject({ value: { lock: { expiresAt } } });
    expect(outcome.events).toEqual([
      expect.objectContaining({ type: 'OTP.CHECK_INVALID' }),
      expect.objectContaining({ type: 'DEVICE.LOCKED', deviceId: id(1) }),
    ]);
    const locked = device({ lock: { reason: 'OTP', expiresAt } });
    const right = [code(150), code(151)];
    expect(resync(snapshotOf([PAIRED], [locked]), right)).toEqual({
      writes: [],
      outcome: { result: { ok: false, rejection: { kind: 'DeviceLocked', expiresAt } }, events: [] },
    });
    const snapshot = snapshotOf([PAIRED]);
    const factors = { ...snapshot.factors, ceilings: { OATH_TOKEN: FAILURE_CEILING } } as typeof snapshot.factors;
    expect(refusal(resync({ ...snapshot, ...(factors ? { factors } : {}) }, right))).toEqual({ kind: 'DeviceLocked' });
  });

  it('counts towards the lock of the account by the environment’s settings', () => {
    const snapshot = snapshotOf([PAIRED]);
    const { configuration } = snapshot;
    const mfaSettings = { ...configuration?.mfaSettings, lockout: { failureCount: 1, duration: 0 } };
    const strict = { ...configuration, mfaSettings } as NonNullable<Snapshot['configuration']>;
    const { writes } = decided(resync({ ...snapshot, configuration: strict }, [code(20), code(21)]));
    expect(writes[0]).toMatchObject({ entity: 'factors', value: { accountLock: { lockedAt: T0 } } });
  });

  it('takes no attempt for a text of another length; one that is not there is not found (SEC-09)', () => {
    for (const otps of [['12345'], [code(150), '1234567']])
      expect(resync(snapshotOf([PAIRED]), otps)).toMatchObject({
        writes: [],
        outcome: { result: { rejection: { kind: 'OtpMalformed', length: 6 } } },
      });
    expect(refusal(resync(snapshotOf([]), ['123456']))).toEqual({ kind: 'TokenNotFound' });
  });
});

describe('a device that is to be a hardware token (20 §9.3)', () => {
  const pair = (serialNumber: string | undefined, tokens: readonly OathToken[] | undefined, abandoned?: Device['id']) =>
    withToken(device(), serialNumber, { now: T0, ...(tokens ? { oathTokens: tokens } : {}) }, abandoned);

  it('is named by its serial number, whatever its case, and shows what it is', () => {
    const totp: OathToken = {
      ...TOKEN,
      id: id(51),
      serialNumber: 'b2',
      clock: { kind: 'TOTP', timeStep: 30, drift: 0 },
    };
    for (const [serialNumber, token] of [
      ['a1', TOKEN],
      ['B2', totp],
    ] as const) {
      const { serialNumber: written, clock } = token;
      expect(pair(serialNumber, [TOKEN, totp])).toEqual({
        ok: true,
        value: {
          device: device({ details: { ...device().details, serialNumber: written, tokenType: clock.kind } }),
          writes: [
            {
              kind: 'update',
              entity: 'oathToken',
              value: { ...token, device: { deviceId: id(1), userId: USER }, updatedAt: T0 },
            },
          ],
        },
      });
    }
  });

  it('is as it is where none is named; one that is not there is said to be wrong', () => {
    expect(pair(undefined, [TOKEN])).toEqual({ ok: true, value: { device: device(), writes: [] } });
    for (const tokens of [[TOKEN], [], undefined])
      expect(pair('C3', tokens)).toEqual({
        ok: false,
        rejection: {
          kind: 'Invalid',
          problems: [
            {
              problem: 'invalid',
              target: 'serialNumber',
              message: 'must be the serial number of an OATH token of this environment',
            },
          ],
        },
      });
  });

  it('cannot be one that another device is, unless that one is gone', () => {
    const taken = { ...TOKEN, device: { deviceId: id(9), userId: USER } };
    expect(pair('A1', [taken])).toEqual({ ok: false, rejection: { kind: 'TokenTaken' } });
    expect(pair('A1', [taken], id(8))).toEqual({ ok: false, rejection: { kind: 'TokenTaken' } });
    expect(pair('A1', [taken], id(9))).toMatchObject({
      ok: true,
      value: { writes: [{ value: { device: { deviceId: id(1) } } }] },
    });
  });

  it('gives the token free when it is deleted, with its counter where it was (SEC-23)', () => {
    const other = { ...TOKEN, id: id(51), device: { deviceId: id(9), userId: USER } };
    expect(withoutToken(device(), { oathTokens: [other, PAIRED, { ...TOKEN, id: id(52) }], now: T0 })).toEqual([
      { kind: 'update', entity: 'oathToken', value: { ...TOKEN, updatedAt: T0 } },
    ]);
    expect(withoutToken(device(), { now: T0 })).toEqual([]);
  });
});

describe('pairing a hardware token (20 §9.3, §9.4)', () => {
  function withTokens(...tokens: readonly OathToken[]): Devices {
    const world = new Devices();
    world.tokens = [...tokens];
    return world;
  }
  const pending = (world: Devices) => world.created({ type: 'OATH_TOKEN', serialNumber: 'a1' });

  it('names it, and takes one code in its window, once', async () => {
    const world = withTokens(TOKEN);
    const device = await pending(world);
    expect(device).toMatchObject({ status: 'ACTIVATION_REQUIRED', details: { serialNumber: 'A1', tokenType: 'HOTP' } });
    expect(device.activation).toEqual({ policyId: world.policies.get(DEFAULT)?.id, accountEpoch: 0 });
    expect(kinds(world.writes)).toEqual(['update factors', 'put device', 'update oathToken']);
    expect(world.tokens).toEqual([expect.objectContaining({ device: { deviceId: device.id, userId: OWNER.userId } })]);
    expect(deviceGranted(await world.activate(device, code(105))).device.status).toBe('ACTIVE');
    expect(world.tokens).toEqual([expect.objectContaining({ lastStep: 105 })]);
    expect(kinds(world.writes)).toEqual(['update factors', 'put device', 'update oathToken']);
  });

  it('counts a wrong code against the device, guarded by the token (SEC-10, SEC-11)', async () => {
    const world = withTokens(TOKEN);
    const device = await pending(world);
    expect(deviceRefused(await world.activate(device, code(50)))).toEqual({
      kind: 'OtpMismatch',
      attemptsRemaining: 2,
    });
    expect(kinds(world.writes)).toEqual(['update factors', 'put device', 'expect oathToken']);
    expect(deviceRefused(await world.activate(device, code(98)))).toMatchObject({ attemptsRemaining: 1 });
    expect(world.events.at(-1)).toMatchObject({ detail: { replayed: true } });
  });

  it('takes no attempt for a code of another length, or for none', async () => {
    const world = withTokens(TOKEN);
    const device = await pending(world);
    const invalid = (problems: readonly object[]) => ({ kind: 'Invalid', problems });
    expect(deviceRefused(await world.activate(device, '12345678'))).toEqual(
      invalid([{ problem: 'invalid', target: 'otp', message: 'must have 6 digits' }]),
    );
    expect(deviceRefused(await world.service.activate(at(device), {}))).toEqual(
      invalid([{ problem: 'required', target: 'otp' }]),
    );
    expect(world.writes).toEqual([]);
  });

  it('with oathResync takes two codes in a row from a wide window, the first counted (SEC-23)', async () => {
    const world = withTokens(TOKEN);
    const device = await pending(world);
    const resync = (counter: number) => world.service.activate(at(device), { otp: code(counter), oathResync: true });
    expect(deviceRefused(await world.activate(device, code(150)))).toMatchObject({ kind: 'OtpMismatch' });
    expect(deviceRefused(await resync(150))).toEqual({ kind: 'ResyncUnfinished' });
    expect(world.stored(device).failures?.count).toBe(2);
    expect(world.events.at(-1)).toMatchObject({ detail: { unfinished: true } });
    expect(world.tokens).toEqual([expect.objectContaining({ resyncAt: 150, lastStep: 99 })]);
    deviceGranted(await resync(151));
    expect(world.tokens).toEqual([expect.objectContaining({ lastStep: 151 })]);
    // One that is in the window already needs no second.
    const other = withTokens(TOKEN);
    const next = await pending(other);
    deviceGranted(await other.service.activate(at(next), { otp: code(100), oathResync: true }));
  });

  it('whose token was revoked meanwhile compares with nothing', async () => {
    const world = withTokens(TOKEN);
    const device = await pending(world);
    world.tokens = [];
    expect(deviceRefused(await world.activate(device, code(105)))).toEqual({ kind: 'CodeDead' });
    world.devices = [{ ...world.stored(device), details: {} }];
    expect(deviceRefused(await world.activate(device, code(105)))).toEqual({ kind: 'CodeDead' });
  });

  it('of one that is not there, or taken, makes no device; of one whose device is gone it does', async () => {
    const world = withTokens(TOKEN);
    expect(deviceRefused(await world.create({ type: 'OATH_TOKEN', serialNumber: 'B2' }))).toMatchObject({
      kind: 'Invalid',
    });
    expect(deviceRefused(await world.create({ type: 'OATH_TOKEN' }))).toEqual({
      kind: 'Invalid',
      problems: [{ problem: 'required', target: 'serialNumber' }],
    });
    const first = await pending(world);
    world.tokens = world.tokens.map((token) => ({ ...token, serialNumber: 'A1' }));
    expect(deviceRefused(await world.create({ type: 'OATH_TOKEN', serialNumber: 'A1' }))).toEqual({
      kind: 'TokenTaken',
    });
    world.devices = world.devices.filter(({ id: known }) => known !== first.id);
    const second = await pending(world);
    expect(world.tokens).toEqual([
      expect.objectContaining({ device: expect.objectContaining({ deviceId: second.id }) }),
    ]);
  });
});
