import type { Requester } from '../../audit/record.js';
import { createTrail } from '../../audit/trail.js';
import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Digests } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { Redacted } from '../../kernel/sealed.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { type DeviceDecided, grant, refuse } from '../answer.js';
import { RECOVERY } from '../counting/counting.js';
import type { DeviceRejection } from '../rejection.js';
import type { DeviceDependencies, Owner } from '../service.js';
import { findUser } from '../subject.js';
import {
  BYTES_PER_CODE,
  digestRecoveryCode,
  parseRecoveryCode,
  RECOVERY_CODES,
  type RecoveryCodes,
  recoveryCodesFrom,
} from './codes.js';

export interface RecoveryDependencies extends Pick<DeviceDependencies, 'store' | 'digests' | 'events' | 'refusals'> {
  readonly random: Pick<Random, 'uuid' | 'bytes'>;
}

/** How many codes a user has left, of the set made then. */
export interface RecoveryStatus {
  readonly remaining: number;
  readonly createdAt: Instant;
}

/** A new set: its codes are in this one answer and in no other. */
export interface NewRecoveryCodes {
  readonly codes: Redacted<readonly string[]>;
  readonly createdAt: Instant;
}

type Result<T> = Promise<Outcome<T, DeviceRejection>>;

/**
 * Recovery codes of users (decision 16): each call is durable when it settles, and on record as done `by` whom. Rejects with `StoreError`
 * only, which reveals nothing.
 */
export interface RecoveryCodeService {
  /** `DeviceNotFound`: the user has no codes. */
  read(owner: Owner): Result<RecoveryStatus>;
  /** A set in place of the one before, whose codes are good no more. */
  generate(owner: Owner, by?: Requester): Result<NewRecoveryCodes>;
  remove(owner: Owner, by?: Requester): Result<undefined>;
}

export function createRecoveryCodeService(dependencies: RecoveryDependencies): RecoveryCodeService {
  const { store, random, digests } = dependencies;
  const trail = createTrail(dependencies);
  const planFor = ({ environmentId, userId }: Owner) => ({ environmentId, user: userId, recoveryCodes: userId });
  return {
    async read(owner) {
      const found = present(await store.load(planFor(owner)), owner);
      if (!found.ok) return found;
      const { digests: left, createdAt } = found.value;
      return accept({ remaining: left.length, createdAt });
    },
    generate(owner, by) {
      const setId = random.uuid();
      const codes = recoveryCodesFrom(random.bytes(RECOVERY_CODES * BYTES_PER_CODE));
      return trail.transact(planFor(owner), by, (snapshot) => generate(snapshot, owner, { setId, codes, digests }));
    },
    remove: (owner, by) => trail.transact(planFor(owner), by, (snapshot) => remove(snapshot, owner)),
  };
}

function present(snapshot: Snapshot, { environmentId }: Owner): Outcome<RecoveryCodes, DeviceRejection> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return found;
  const { recoveryCodes } = snapshot;
  return recoveryCodes && recoveryCodes.version > 0 ? accept(recoveryCodes) : reject({ kind: 'DeviceNotFound' });
}

interface GenerateFacts {
  readonly setId: Uuid;
  readonly codes: readonly string[];
  readonly digests: Digests;
}

/** What was guessed at is gone with the old set, and so are its failures, its lock and the ceiling of its kind. */
function generate(
  snapshot: Snapshot,
  { environmentId, userId }: Owner,
  { setId, codes, digests }: GenerateFacts,
): DeviceDecided<NewRecoveryCodes> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { now, user, factors } = found.value;
  const { version = 0 } = snapshot.recoveryCodes ?? {};
  const place = { environmentId, userId, setId };
  const value: RecoveryCodes = {
    ...place,
    version,
    digests: codes.map((code) => digestRecoveryCode(place, parseRecoveryCode(code) ?? '', digests)),
    createdAt: now,
  };
  const { [RECOVERY]: reached, ...ceilings } = factors.ceilings;
  const writes: Write[] = [
    // Its row hangs on the user's, who may be deleted meanwhile.
    { kind: 'expect', entity: 'user', value: user },
    { kind: 'update', entity: 'recoveryCodes', value },
    ...(reached === undefined ? [] : [{ kind: 'update', entity: 'factors', value: { ...factors, ceilings } } as const]),
  ];
  return grant({ codes: new Redacted(codes), createdAt: now }, writes, [
    { type: 'RECOVERY_CODES.CREATED', environmentId, userId, detail: { replaced: version > 0 } },
  ]);
}

function remove(snapshot: Snapshot, owner: Owner): DeviceDecided<undefined> {
  const found = present(snapshot, owner);
  if (!found.ok) return refuse(found.rejection);
  const { environmentId, userId } = owner;
  return grant(
    undefined,
    [{ kind: 'delete', entity: 'recoveryCodes', value: found.value }],
    [{ type: 'RECOVERY_CODES.DELETED', environmentId, userId }],
  );
}
