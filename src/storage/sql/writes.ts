import type { Millis } from '../../kernel/clock.js';
import type { StoreVault } from '../../kernel/keys.js';
import { unreachable } from '../../kernel/outcome.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { Plan, Snapshot, Write } from '../port.js';
import { lineOf } from './audit-tail.js';
import { addGroup, addMembership, addPassword, addRoles, addUserCode } from './directory-writes.js';
import { addEnvironment } from './environment-writes.js';
import { StorageFault } from './fault.js';
import { claimUsername } from './names.js';
import { addBrowser, addImageFile, addOathJob, addOathToken, addRecoveryCodes } from './own-row-writes.js';
import { call } from './statement.js';
import { additionValues, addToCounter, releaseFromCounter, releaseValues } from './tables/counters.js';
import { credentialValues, insertCredential } from './tables/credentials.js';
import { dataKeyValues, insertDataKey } from './tables/data-keys.js';
import { destinationValues, insertDestination, updateDestination } from './tables/destinations.js';
import {
  deviceAuthenticationValues,
  insertDeviceAuthentication,
  updateDeviceAuthentication,
} from './tables/device-authentications.js';
import { deleteDevice, deleteDevicesOfUser, deviceValues, putDevice } from './tables/devices.js';
import { deleteDocument, documentValues, putDocument } from './tables/documents.js';
import { raiseConfigVersion } from './tables/environments.js';
import { deleteFactors, factorsValues, insertFactors, updateFactors } from './tables/factors.js';
import { deleteMembershipsOfUser } from './tables/groups.js';
import { licenseNameValues, putLicenseName } from './tables/license-names.js';
import { appendOutbox, leaseFrom, outboxValues } from './tables/outbox.js';
import { deletePassword } from './tables/passwords.js';
import { putRevokedToken, revokedTokenValues } from './tables/revoked-tokens.js';
import { deleteRoles } from './tables/roles.js';
import { deleteCodesOfUser } from './tables/user-codes.js';
import { deleteUser, insertUser, updateUser, userValues } from './tables/users.js';
import { type WriteSet, WriteSetBuilder } from './write-set.js';

/** What row encoders need beside the rows. */
export interface WriteContext {
  readonly vault: StoreVault;
  /** The owner of the lease of new outbox rows, and its length. */
  readonly processId: string;
  readonly lease: Millis;
}

type WriteOf<E extends Write['entity']> = Extract<Write, { readonly entity: E }>;

/**
 * Turns a decision's writes into statements. Throws `StorageFault` for what no decision may ask: another environment's rows
 * (SEC-42), a guard on something that was not loaded, a device without its user's factors, a row written twice.
 */
export function writeSetOf(plan: Plan, snapshot: Snapshot, writes: readonly Write[], context: WriteContext): WriteSet {
  const builder = new WriteSetBuilder();
  let sealing = context;
  for (const write of writes) {
    const environment = environmentOf(write);
    if (environment !== plan.environmentId)
      throw new StorageFault(`a decision for environment ${plan.environmentId} writes to ${environment}`);
    if (write.entity === 'environment' && write.kind === 'insert')
      sealing = withNewKey(builder, environment, snapshot, context);
    addWrite(builder, write, snapshot, sealing);
  }
  for (const { entity, value } of writes) {
    if (entity === 'device' && !builder.wrote('factors', value.userId))
      throw new StorageFault(`device ${value.id} is written without its user's factors`);
    if (entity === 'password' && !builder.wrote('user', value.userId))
      throw new StorageFault(`the password of user ${value.userId} is written without the user`);
    if (entity === 'userCode' && !builder.wrote('user', value.userId))
      throw new StorageFault(`a code of user ${value.userId} is written without the user`);
    if (entity === 'roles' && !builder.wrote('user', value.ownerId) && !builder.wrote('group', value.ownerId))
      throw new StorageFault(`the roles of ${value.ownerId} are written without their owner`);
  }
  return builder.build(snapshot);
}

/** A new environment's data key comes with it, and what the same write set puts there is sealed under it. */
function withNewKey(
  builder: WriteSetBuilder,
  environment: EnvironmentId,
  { now }: Snapshot,
  context: WriteContext,
): WriteContext {
  const minted = context.vault.keys.mint(environment, 1);
  builder.step(0, call(insertDataKey, dataKeyValues(minted.row, now)));
  return { ...context, vault: { ...context.vault, seal: minted.seal } };
}

const environmentOf = (write: Write): EnvironmentId =>
  write.entity === 'environment' ? write.value.id : write.value.environmentId;

function addWrite(builder: WriteSetBuilder, write: Write, snapshot: Snapshot, context: WriteContext): void {
  switch (write.entity) {
    case 'deviceAuthentication':
      addDeviceAuthentication(builder, write);
      break;
    case 'user':
      addUser(builder, write, snapshot);
      break;
    case 'password':
      addPassword(builder, write);
      break;
    case 'licenseName':
      builder.once('license', write.value.licenseId);
      builder.step(3, call(putLicenseName, licenseNameValues(write.value)));
      break;
    case 'userCode':
      addUserCode(builder, write);
      break;
    case 'roles':
      addRoles(builder, write);
      break;
    case 'group':
      addGroup(builder, write, snapshot);
      break;
    case 'membership':
      addMembership(builder, write);
      break;
    case 'factors':
      addFactors(builder, write);
      break;
    case 'device':
      addDevice(builder, write, context);
      break;
    case 'credential':
      addCredential(builder, write);
      break;
    case 'destination':
      addDestination(builder, write);
      break;
    case 'environment':
      addEnvironment(builder, write, snapshot);
      break;
    case 'document':
      addDocument(builder, write, snapshot, context);
      break;
    case 'oathToken':
      addOathToken(builder, write, context);
      break;
    case 'oathJob':
      addOathJob(builder, write);
      break;
    case 'revokedToken':
      builder.once('revokedToken', write.value.id);
      builder.step(3, call(putRevokedToken, revokedTokenValues(write.value)), 'any');
      break;
    case 'imageFile':
      addImageFile(builder, write);
      break;
    case 'browser':
      addBrowser(builder, write);
      break;
    case 'recoveryCodes':
      addRecoveryCodes(builder, write);
      break;
    case 'counter':
      addCounter(builder, write, snapshot);
      break;
    case 'outbox':
      addMessage(builder, write, snapshot, context);
      break;
    case 'audit':
      builder.record(lineOf(write.value));
      break;
    default:
      unreachable(write);
  }
}

function addDeviceAuthentication(builder: WriteSetBuilder, { kind, value }: WriteOf<'deviceAuthentication'>): void {
  builder.once('deviceAuthentication', value.id);
  const values = deviceAuthenticationValues(value);
  if (kind === 'insert') {
    builder.step(3, call(insertDeviceAuthentication, values));
    return;
  }
  builder.guard('deviceAuthentication', value.environmentId, value.id, value.version);
  builder.step(3, call(updateDeviceAuthentication, values));
}

function addUser(builder: WriteSetBuilder, write: WriteOf<'user'>, { user, factors }: Snapshot): void {
  const { environmentId, id, version } = write.value;
  if (write.kind === 'expect') {
    builder.guard('user', environmentId, id, version);
    return;
  }
  builder.once('user', id);
  if (write.kind === 'insert') {
    builder.once('factors', id);
    builder.claim(call(insertUser, userValues(write.value)));
    builder.step(1, call(insertFactors, factorsValues(write.factors)));
    return;
  }
  builder.guard('user', environmentId, id, version);
  builder.erase();
  if (write.kind === 'update') {
    claimUsername(builder, write.value, user);
    builder.step(1, call(updateUser, userValues(write.value)));
    return;
  }
  builder.once('factors', id);
  if (factors) builder.guard('factors', environmentId, id, factors.version);
  builder.step(4, call(deleteDevicesOfUser, { environment: environmentId, user: id }), 'any');
  builder.step(4, call(deleteFactors, { environment: environmentId, user: id }));
  builder.step(4, call(deletePassword, { environmentId, userId: id }), 'any');
  builder.step(4, call(deleteCodesOfUser, { environmentId, userId: id }), 'any');
  builder.step(4, call(deleteRoles, { environmentId, ownerId: id }), 'any');
  builder.step(4, call(deleteMembershipsOfUser, { environment: environmentId, user: id }), 'any');
  builder.step(5, call(deleteUser, { environment: environmentId, id, version }));
}

function addFactors(builder: WriteSetBuilder, { kind, value }: WriteOf<'factors'>): void {
  builder.guard('factors', value.environmentId, value.userId, value.version);
  if (kind === 'expect') return;
  builder.once('factors', value.userId);
  builder.step(1, call(updateFactors, factorsValues(value)));
}

function addDevice(builder: WriteSetBuilder, { kind, value }: WriteOf<'device'>, { vault }: WriteContext): void {
  const { environmentId: environment, userId: user, id } = value;
  builder.once('device', id);
  if (kind === 'put') builder.step(2, call(putDevice, deviceValues(value, vault)));
  else builder.step(2, call(deleteDevice, { environment, user, id }), 'any');
}

/** Its device is there already: it was pending. */
function addCredential(builder: WriteSetBuilder, { value }: WriteOf<'credential'>): void {
  builder.once('credential', value.key);
  builder.claim(call(insertCredential, credentialValues(value)));
}

function addDestination(builder: WriteSetBuilder, { kind, value }: WriteOf<'destination'>): void {
  builder.guard('destination', value.environmentId, value.contactKey, value.version);
  if (kind === 'expect') return;
  builder.once('destination', value.contactKey);
  const values = destinationValues(value);
  if (value.version === 0) builder.claim(call(insertDestination, values));
  else builder.step(3, call(updateDestination, values));
}

/** Adding up to a bound is a claim, which a full counter refuses; what is never refused is the last thing that a unit does. */
function addCounter(builder: WriteSetBuilder, write: WriteOf<'counter'>, { now, counters }: Snapshot): void {
  const { name } = write.value;
  builder.once('counter', name);
  if (write.kind === 'release') {
    builder.tally(name, call(releaseFromCounter, releaseValues(write.value, now)));
    return;
  }
  const addition = call(addToCounter, additionValues(write.value, now));
  if (write.value.bound === undefined) {
    builder.tally(name, addition);
    return;
  }
  if (!counters?.some((counter) => counter.name === name))
    throw new StorageFault(`a decision adds to the counter ${name}, which was not loaded`);
  builder.count(name, addition);
}

function addDocument(
  builder: WriteSetBuilder,
  write: WriteOf<'document'>,
  snapshot: Snapshot,
  { vault }: WriteContext,
): void {
  const { environmentId: environment, kind, id } = write.value;
  raiseOnce(builder, environment, snapshot);
  builder.once(`document ${kind}`, id);
  if (write.kind === 'put') builder.step(1, call(putDocument, documentValues(write.value, vault)));
  else builder.step(1, call(deleteDocument, { environment, kind, id }), 'any');
}

/** Guards and raises the environment's `configVersion`, unless the same write set makes or writes the environment itself. */
function raiseOnce(builder: WriteSetBuilder, environment: EnvironmentId, snapshot: Snapshot): void {
  if (builder.wrote('environment', environment) || builder.wrote('configuration', environment)) return;
  builder.once('configuration', environment);
  const version = snapshot.environment?.configVersion;
  if (version === undefined)
    throw new StorageFault(`a document is written to environment ${environment}, which is not there`);
  builder.guard('environment', environment, environment, version);
  builder.step(0, call(raiseConfigVersion, { environment, version }));
}

function addMessage(
  builder: WriteSetBuilder,
  { value }: WriteOf<'outbox'>,
  { now }: Snapshot,
  { vault, processId, lease }: WriteContext,
): void {
  builder.append(value);
  builder.step(3, call(appendOutbox, outboxValues(value, vault, leaseFrom(processId, now, lease))));
}
