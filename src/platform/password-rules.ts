import type { AuditEvent } from '../audit/record.js';
import type { Told } from '../audit/trail.js';
import type { Instant, Millis } from '../kernel/clock.js';
import { minutes } from '../kernel/duration.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import { accept, reject } from '../kernel/outcome.js';
import type { Decision, Snapshot, Write } from '../storage/port.js';
import { isAccountLocked } from './account.js';
import type { EnvironmentId } from './model.js';
import type { StoredPassword } from './password.js';
import type { PlatformRejection } from './rejection.js';
import { findUser, type UserState } from './rules.js';

/** What a password must at least have (NIST SP 800-63B §3.1.1.2), and may at most. */
const SHORTEST = 8;
export const LONGEST_PASSWORD = 255;
/** Wrong attempts in a row that lock a password, and for how long. */
const MOST_FAILURES = 5;
const LOCKED_FOR: Millis = minutes(15);

/** A hash that another system made: `{SSHA512}…` (wire: `00` §8.3). */
const ENCODED = /^\{[A-Za-z0-9_-]+\}/;

/** What is wrong with a password that is to be set (wire: `00` §8.3, §8.7). */
export function passwordProblems(value: string, target: string): readonly FieldProblem[] {
  if (ENCODED.test(value))
    return [{ problem: 'invalid', target, message: 'must be clear text: no encoding of another system is taken' }];
  return [...value].length < SHORTEST
    ? [{ problem: 'invalid', target, message: `must have at least ${SHORTEST} characters` }]
    : [];
}

/** A user and the password, if there is one, at one instant. */
export interface PasswordState extends UserState {
  readonly password?: StoredPassword;
}

/** Names of the reference where it has one (wire: `00` §8.7). */
export type PasswordStatus = 'OK' | 'NO_PASSWORD' | 'MUST_CHANGE_PASSWORD' | 'PASSWORD_LOCKED_OUT';

export function passwordStatus({ password, now }: PasswordState): PasswordStatus {
  if (!password) return 'NO_PASSWORD';
  if (isLocked(password, now)) return 'PASSWORD_LOCKED_OUT';
  return password.forceChange ? 'MUST_CHANGE_PASSWORD' : 'OK';
}

const isLocked = ({ lockedUntil }: StoredPassword, now: Instant): boolean =>
  lockedUntil !== undefined && now < lockedUntil;

/** Whether the hash that was there when it was compared matched: the comparison is too slow to be made in a decision. */
export interface Verdict {
  readonly hash: string;
  readonly isRight: boolean;
}

type PasswordDecision = Decision<Told<PasswordState, PlatformRejection>>;

const refuse = (rejection: PlatformRejection, events: readonly AuditEvent[] = []): PasswordDecision => ({
  writes: [],
  outcome: { result: reject(rejection), events },
});

export function findPassword(snapshot: Snapshot, environmentId: EnvironmentId) {
  const found = findUser(snapshot, environmentId);
  const password = snapshot.directory?.password;
  return found.ok ? accept<PasswordState>({ ...found.value, ...(password ? { password } : {}) }) : found;
}

/** The writes of a password that changed, and of its user, whose version guards it. */
function written({ user, now }: UserState, value: StoredPassword, touches: boolean): readonly Write[] {
  return [
    { kind: 'update', entity: 'user', value: touches ? { ...user, updatedAt: now } : user },
    { kind: 'put', entity: 'password', value },
  ];
}

function done(state: PasswordState, password: StoredPassword, type: AuditEvent['type']): PasswordDecision {
  const { id: userId, environmentId } = state.user;
  const user = { ...state.user, updatedAt: state.now };
  return {
    writes: written(state, password, true),
    outcome: { result: accept({ ...state, user, password }), events: [{ type, environmentId, userId }] },
  };
}

/** Gives a user a password, whatever was before (wire: `00` §8.7, `password.set` and an administrator's `password.reset`). */
export function setPassword(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  { hash, forceChange }: Pick<StoredPassword, 'hash' | 'forceChange'>,
  type: 'PASSWORD.SET' | 'PASSWORD.RESET',
): PasswordDecision {
  const found = findPassword(snapshot, environmentId);
  return found.ok ? replaced(found.value, { hash, forceChange }, type) : refuse(found.rejection);
}

/** As `setPassword`, of a user who was found. */
export function replaced(
  state: PasswordState,
  { hash, forceChange }: Pick<StoredPassword, 'hash' | 'forceChange'>,
  type: 'PASSWORD.SET' | 'PASSWORD.RESET' | 'PASSWORD.RECOVERY',
): PasswordDecision {
  const { user, now } = state;
  const { id: userId, environmentId } = user;
  return done(state, { userId, environmentId, hash, forceChange, setAt: now, failures: 0 }, type);
}

/**
 * Charges an attempt and answers it. A verdict on another hash than the present one counts for nothing: compare again. Every answer is
 * committed under the user's version, right or wrong, so that of many at once none is free (SEC-10).
 */
export function checkPassword(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  verdict: Verdict | undefined,
  target: string,
  then: (state: PasswordState, password: StoredPassword) => PasswordDecision,
): PasswordDecision {
  const found = findPassword(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { user, factors, password, now } = found.value;
  if (!user.enabled || user.unverified || isAccountLocked(factors, now)) return refuse({ kind: 'AccountNotUsable' });
  if (!password) return refuse({ kind: 'NoPassword' });
  if (isLocked(password, now)) return refuse({ kind: 'PasswordLocked' });
  if (verdict?.hash !== password.hash) return refuse({ kind: 'PasswordMoved' });
  if (verdict.isRight) return then(found.value, password);
  const failures = password.failures + 1;
  const { lockedUntil: _, ...rest } = password;
  const charged: StoredPassword =
    failures < MOST_FAILURES ? { ...rest, failures } : { ...rest, failures: 0, lockedUntil: now + LOCKED_FOR };
  return {
    writes: written(found.value, charged, false),
    outcome: {
      result: reject({ kind: 'PasswordWrong', target }),
      events: [{ type: 'PASSWORD.CHECK_FAILED', environmentId, userId: user.id }],
    },
  };
}

/** What a right attempt ends with: the count of wrong ones. */
export function checkSucceeded(state: PasswordState, password: StoredPassword): PasswordDecision {
  const { lockedUntil: _, ...rest } = password;
  const cleared: StoredPassword = { ...rest, failures: 0 };
  const { id: userId, environmentId } = state.user;
  return {
    writes: written(state, cleared, false),
    outcome: {
      result: accept({ ...state, password: cleared }),
      events: [{ type: 'PASSWORD.CHECK_SUCCEEDED', environmentId, userId }],
    },
  };
}

/** The user is to choose another password. */
export function forceChange(snapshot: Snapshot, environmentId: EnvironmentId): PasswordDecision {
  const found = findPassword(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { password } = found.value;
  if (!password) return refuse({ kind: 'NoPassword' });
  return done(found.value, { ...password, forceChange: true }, 'PASSWORD.FORCE_CHANGE');
}

/** Ends a lock of the password, and its count. */
export function unlockPassword(snapshot: Snapshot, environmentId: EnvironmentId): PasswordDecision {
  const found = findPassword(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { password } = found.value;
  if (!password) return refuse({ kind: 'NoPassword' });
  const { lockedUntil: _, ...rest } = password;
  return done(found.value, { ...rest, failures: 0 }, 'PASSWORD.UNLOCKED');
}
