import type { Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, type Told } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { PasswordHashes } from '../../kernel/password-hash.js';
import type { Decision, Plan, Snapshot, Store } from '../../storage/port.js';
import type { EnvironmentId, UserId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import type { StoredPassword } from './password.js';
import {
  checkPassword,
  checkSucceeded,
  findPassword,
  forceChange,
  type PasswordState,
  type Replacement,
  replaced,
  setPassword,
  unlockPassword,
  type Verdict,
} from './password-rules.js';
import { proposeChange, proposePassword } from './proposed-password.js';

type Result = Promise<Outcome<PasswordState, PlatformRejection>>;

/** How a password is set. */
export type SetPassword = Pick<Replacement, 'forceChange' | 'bypassPolicy'> & { readonly value: string };

/** Passwords of users (wire: `00` §8.7). What is handed in has passed `passwordProblems`. */
export interface PasswordService {
  state(environmentId: EnvironmentId, userId: UserId): Result;
  set(environmentId: EnvironmentId, userId: UserId, command: SetPassword, by?: Requester): Result;
  /** By an administrator; with the current password, which counts as an attempt, by the user. */
  reset(environmentId: EnvironmentId, userId: UserId, to: string, current: string | undefined, by?: Requester): Result;
  check(environmentId: EnvironmentId, userId: UserId, password: string, by?: Requester): Result;
  forceChange(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result;
  unlock(environmentId: EnvironmentId, userId: UserId, by?: Requester): Result;
}

export interface PasswordServiceParts {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly passwords: PasswordHashes;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

const ADMINISTRATOR = { kind: 'administrator' } as const;
/** Times a comparison is made again because the password was changed meanwhile. */
const COMPARISONS = 3;

export function createPasswordService(parts: PasswordServiceParts): PasswordService {
  const { store, passwords } = parts;
  const trail = createTrail(parts);
  const planOf = (environmentId: EnvironmentId, user: UserId): Plan => ({
    environmentId,
    user,
    directory: { password: user, passwordPolicy: user },
  });
  const change = (
    environmentId: EnvironmentId,
    userId: UserId,
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => Decision<Told<PasswordState, PlatformRejection>>,
  ): Result => trail.transact(planOf(environmentId, userId), by, decide);

  /** Compares before the unit and lets it say whether what was compared is still there (`design.md` §6). */
  async function compared(
    environmentId: EnvironmentId,
    userId: UserId,
    by: Requester | undefined,
    password: string,
    target: string,
    prepared: (present: StoredPassword | undefined) => Promise<Parameters<typeof checkPassword>[4]>,
  ): Result {
    for (let left = COMPARISONS; ; left--) {
      const { directory } = await store.load(planOf(environmentId, userId));
      const hash = directory?.password?.hash;
      const verdict: Verdict | undefined =
        hash === undefined ? undefined : { hash, isRight: await passwords.matches(password, hash) };
      const then = await prepared(directory?.password);
      const result = await change(environmentId, userId, by, (snapshot) =>
        checkPassword(snapshot, environmentId, verdict, target, then),
      );
      if (result.ok || result.rejection.kind !== 'PasswordMoved' || left <= 1) return result;
    }
  }

  return {
    async state(environmentId, userId) {
      return findPassword(await store.load(planOf(environmentId, userId)), environmentId);
    },

    async set(environmentId, userId, { value, ...how }, by) {
      const proposed = await proposePassword(passwords, value);
      const replacement: Replacement = { ...how, proof: ADMINISTRATOR, target: 'value', type: 'PASSWORD.SET' };
      return change(environmentId, userId, by, (snapshot) =>
        setPassword(snapshot, environmentId, proposed, replacement),
      );
    },

    async reset(environmentId, userId, to, current, by) {
      const reset = { forceChange: false, target: 'newPassword', type: 'PASSWORD.RESET' } as const;
      if (current !== undefined)
        return compared(environmentId, userId, by, current, 'currentPassword', async (present) => {
          const proposed = await proposeChange(passwords, to, present);
          return (state) => replaced(state, proposed, { ...reset, proof: { kind: 'password', current } });
        });
      const proposed = await proposePassword(passwords, to);
      return change(environmentId, userId, by, (snapshot) =>
        setPassword(snapshot, environmentId, proposed, { ...reset, proof: ADMINISTRATOR }),
      );
    },

    check: (environmentId, userId, password, by) =>
      compared(environmentId, userId, by, password, 'password', async () => checkSucceeded),

    forceChange: (environmentId, userId, by) =>
      change(environmentId, userId, by, (snapshot) => forceChange(snapshot, environmentId)),

    unlock: (environmentId, userId, by) =>
      change(environmentId, userId, by, (snapshot) => unlockPassword(snapshot, environmentId)),
  };
}
