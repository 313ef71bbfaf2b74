import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail } from '../audit/trail.js';
import type { EventSink } from '../events.js';
import type { Clock } from '../kernel/clock.js';
import type { Digests, Vault } from '../kernel/keys.js';
import { accept, type Outcome } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import { DRAWN_DIGITS } from '../otp/code.js';
import type { EnvironmentId, UserId } from '../platform/model.js';
import type { Plan, Snapshot, Store } from '../storage/port.js';
import type { DeviceDecision } from './answer.js';
import { type Deployment, isLapsed } from './eligibility.js';
import { KINDS } from './kinds/index.js';
import type { DeviceKind, Members } from './kinds/kind.js';
import { type Caller, DRAWN_BYTES, type PairingContext, type PairingDraws } from './kinds/pairing.js';
import { type DeviceList, listDevices, removeDeviceOrder, reorderDevices } from './list.js';
import {
  blockDevice,
  type DeviceCommand,
  deleteDevice,
  readDevice,
  renameDevice,
  requestLogs,
  unblockDevice,
  unlockDevice,
} from './manage.js';
import { type ManagedDevice, type OpenedDevice, opened } from './managed.js';
import type { DeviceId } from './model.js';
import type { NumberRules } from './numbering.js';
import type { DeviceOrder } from './order.js';
import { activateDevice } from './pairing/activate.js';
import { createDevice } from './pairing/create.js';
import type { Creation } from './pairing/creation.js';
import { isVerifiedBeforehand, verifyPairing } from './pairing/verify-pairing.js';
import type { DeviceRejection } from './rejection.js';
import { canonicalContact, phoneOf } from './sending/contact.js';
import { resendPairingCode } from './sending/resend.js';

export interface DeviceDependencies {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly random: Pick<Random, 'uuid' | 'timeOrderedUuid' | 'digits' | 'bytes'>;
  /** For the time part of message ids; decisions take their time from the store. */
  readonly clock: Clock;
  readonly digests: Digests;
  readonly vault: Pick<Vault, 'open'>;
  readonly deployment: Deployment;
  readonly events: EventSink;
  /** Absent: every number is as good as any other, and stays as it was written. */
  readonly numbers?: NumberRules;
  readonly refusals?: Refusals;
}

/** The user whose devices are meant. */
export interface Owner {
  readonly environmentId: EnvironmentId;
  readonly userId: UserId;
}

/** One of a user's devices. */
export interface DeviceAddress extends Owner {
  readonly deviceId: DeviceId;
}

export interface OpenedList {
  readonly devices: readonly OpenedDevice[];
  readonly order: DeviceOrder;
}

type Result<T> = Promise<Outcome<T, DeviceRejection>>;

/**
 * MFA devices of users: each call is durable when it settles (`20`), and on record as done `by` whom. Rejects with `StoreError`
 * only, which reveals nothing.
 */
export interface DeviceService {
  list(owner: Owner): Result<OpenedList>;
  read(address: DeviceAddress): Result<OpenedDevice>;
  create(owner: Owner, caller: Caller, creation: Creation, by?: Requester): Result<OpenedDevice>;
  activate(address: DeviceAddress, proof: Members, by?: Requester): Result<OpenedDevice>;
  resendPairingCode(address: DeviceAddress, by?: Requester): Result<OpenedDevice>;
  block(address: DeviceAddress, by?: Requester): Result<OpenedDevice>;
  unblock(address: DeviceAddress, by?: Requester): Result<OpenedDevice>;
  unlock(address: DeviceAddress, by?: Requester): Result<OpenedDevice>;
  /** An empty nickname clears it. */
  rename(address: DeviceAddress, nickname: string, by?: Requester): Result<OpenedDevice>;
  /** Refused, always: no type that is offered has logs. */
  requestLogs(address: DeviceAddress): Promise<DeviceRejection>;
  delete(address: DeviceAddress, by?: Requester): Result<undefined>;
  reorder(owner: Owner, order: readonly DeviceId[], by?: Requester): Result<OpenedList>;
  removeOrder(owner: Owner, by?: Requester): Result<undefined>;
}

export function createDeviceService(dependencies: DeviceDependencies): DeviceService {
  const { store, random, clock, digests, vault, deployment, numbers } = dependencies;
  const trail = createTrail(dependencies);
  const open: PairingContext['open'] = (value) => vault.open(value);
  const draws = (): PairingDraws => ({
    digits: random.digits(DRAWN_DIGITS),
    messageId: random.timeOrderedUuid(clock.now()),
    bytes: random.bytes(DRAWN_BYTES),
  });
  const planFor = ({ environmentId, userId }: Owner): Plan => ({ environmentId, user: userId });

  /** A number in the one form that its numbering plan knows, and whether its type is refused (SEC-37). */
  async function judged(creation: Creation): Promise<{ creation: Creation; isNumberRefused: boolean }> {
    const { secret } = creation.particulars;
    const kind: DeviceKind = KINDS[creation.type];
    if (!numbers || kind.contactField !== 'phone' || secret === undefined || creation.testMode)
      return { creation, isNumberRefused: false };
    const { place, isRefused } = await numbers.judge(phoneOf(secret));
    const particulars = { ...creation.particulars, secret: place.number, lookup: canonicalContact(place.number) };
    return { creation: { ...creation, particulars }, isNumberRefused: isRefused };
  }
  /** The device that a hardware token names, if it is gone: for good, so it may be looked up beforehand. */
  async function abandonedBy(environmentId: EnvironmentId, tokens: Pick<Plan, 'oathTokens'>) {
    const [token] = (await store.load({ environmentId, ...tokens })).oathTokens ?? [];
    if (!token?.device) return undefined;
    const { deviceId, userId } = token.device;
    const { devices, now } = await store.load({ environmentId, user: userId });
    return devices.some((device) => device.id === deviceId && !isLapsed(device, now)) ? undefined : deviceId;
  }

  const show = (outcome: Outcome<ManagedDevice, DeviceRejection>): Outcome<OpenedDevice, DeviceRejection> =>
    outcome.ok ? accept(opened(outcome.value, open)) : outcome;
  const showAll = (outcome: Outcome<DeviceList, DeviceRejection>): Outcome<OpenedList, DeviceRejection> =>
    outcome.ok
      ? accept({ ...outcome.value, devices: outcome.value.devices.map((device) => opened(device, open)) })
      : outcome;
  const change =
    (decide: (snapshot: Snapshot, command: DeviceCommand) => DeviceDecision<ManagedDevice>) =>
    async (address: DeviceAddress, by?: Requester): Result<OpenedDevice> =>
      show(await trail.transact(planFor(address), by, (snapshot) => decide(snapshot, address)));

  return {
    async list(owner) {
      return showAll(listDevices(await store.load(planFor(owner)), owner.environmentId).outcome.result);
    },
    async read(address) {
      return show(readDevice(await store.load(planFor(address)), address).outcome.result);
    },
    async create(owner, caller, given, by) {
      const { environmentId } = owner;
      const { creation, isNumberRefused } = await judged(given);
      const { lookup, serialNumber } = creation.particulars;
      const tokens = serialNumber === undefined ? {} : { oathTokens: [{ serialNumber }] };
      const abandoned = serialNumber === undefined ? undefined : await abandonedBy(environmentId, tokens);
      const lookupKey = lookup === undefined ? undefined : digests.contact(environmentId, lookup);
      const known = lookupKey === undefined ? {} : { lookupKey };
      const facts = { ...draws(), deviceId: random.uuid(), ...known, isNumberRefused, digests, open, deployment };
      const owned = abandoned === undefined ? facts : { ...facts, abandoned };
      const plan = { ...planFor(owner), ...(lookupKey === undefined ? {} : { destination: lookupKey }), ...tokens };
      return show(
        await trail.transact(plan, by, (snapshot) =>
          createDevice(snapshot, { environmentId, caller, creation }, owned),
        ),
      );
    },
    async activate(address, proof, by) {
      const command = { ...address, proof };
      const facts = { digests, open, deployment };
      // Slow verification comes before the unit, and enters as a fact that names its challenge (`design.md` §6).
      const verified = isVerifiedBeforehand(proof)
        ? verifyPairing(await store.load(planFor(address)), command, facts)
        : undefined;
      const known = verified ? { ...facts, verified } : facts;
      return show(await trail.transact(planFor(address), by, (snapshot) => activateDevice(snapshot, command, known)));
    },
    async resendPairingCode(address, by) {
      const facts = { ...draws(), digests, open, deployment };
      return show(
        await trail.transact(planFor(address), by, (snapshot) => resendPairingCode(snapshot, address, facts)),
      );
    },
    block: change(blockDevice),
    unblock: change(unblockDevice),
    unlock: change(unlockDevice),
    async rename(address, nickname, by) {
      return show(
        await trail.transact(planFor(address), by, (snapshot) => renameDevice(snapshot, { ...address, nickname })),
      );
    },
    async requestLogs(address) {
      return requestLogs(await store.load(planFor(address)), address);
    },
    async delete(address, by) {
      // The contact whose row keeps what the device leaves, and its token, are the device's for good, so they may be looked up beforehand.
      const before = await store.load(planFor(address));
      const device = before.devices.find(({ id }) => id === address.deviceId);
      const { lookupKey, details } = device ?? {};
      const serialNumber = details?.['serialNumber'];
      const plan = {
        ...planFor(address),
        ...(lookupKey === undefined ? {} : { destination: lookupKey }),
        ...(typeof serialNumber === 'string' ? { oathTokens: [{ serialNumber }] } : {}),
        ...(device ? {} : { browsers: address.deviceId }),
      };
      return trail.transact(plan, by, (snapshot) => deleteDevice(snapshot, address));
    },
    async reorder(owner, order, by) {
      return showAll(
        await trail.transact(planFor(owner), by, (snapshot) =>
          reorderDevices(snapshot, { environmentId: owner.environmentId, order }),
        ),
      );
    },
    removeOrder: (owner, by) =>
      trail.transact(planFor(owner), by, (snapshot) => removeDeviceOrder(snapshot, owner.environmentId)),
  };
}
