import type { AuditEvent } from '../../audit/record.js';
import type { Told } from '../../audit/trail.js';
import type { Instant } from '../../kernel/clock.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { accept, reject } from '../../kernel/outcome.js';
import type { Decided, Snapshot, Write } from '../../storage/port.js';
import { withoutFailures } from '../failures.js';
import type { EnvironmentId } from '../model.js';
import type { PlatformRejection } from '../rejection.js';
import { findUser, type UserState } from '../rules.js';
import { isAccountLocked } from '../users/account.js';
import type { StoredPassword } from './password.js';
import { formerAfter, isUncompared, type Proof, unmetBy } from './password-change.js';
import { governingPolicy, isExpired, lockoutOf, type PasswordPolicy } from './password-policy.js';
import type { ProposedPassword } from './proposed-password.js';

/** A hash that another system made: `{SSHA512}…` (wire: `00` §8.3). */
const ENCODED = /^\{[A-Za-z0-9_-]+\}/;

/** What is wrong with the form of a password that is to be set (wire: `00` §8.3, §8.7). */
export function passwordProblems(value: string, target: string): readonly FieldProblem[] {
  return ENCODED.test(value)
    ? [{ problem: 'invalid', target, message: 'must be clear text: no encoding of another system is taken' }]
    : [];
}

/** A user and the password, if there is one, at one instant. */
export interface PasswordState extends UserState {
  readonly password?: StoredPassword;
  /** The one that governs the user's password; absent: the environment is older than policies. */
  readonly policy?: PasswordPolicy;
}

/** Names of the reference where it has one (wire: `00` §8.7). */
export type PasswordStatus = 'OK' | 'NO_PASSWORD' | 'MUST_CHANGE_PASSWORD' | 'PASSWORD_EXPIRED' | 'PASSWORD_LOCKED_OUT';

export function passwordStatus({ password, policy, now }: PasswordState): PasswordStatus {
  if (!password) return 'NO_PASSWORD';
  if (isLocked(password, now)) return 'PASSWORD_LOCKED_OUT';
  if (password.forceChange) return 'MUST_CHANGE_PASSWORD';
  return isExpired(policy, password.setAt, now) ? 'PASSWORD_EXPIRED' : 'OK';
}

const isLocked = ({ lockedUntil }: StoredPassword, now: Instant): boolean =>
  lockedUntil !== undefined && now < lockedUntil;

/** Whether the hash that was there when it was compared matched: the comparison is too slow to be made in a decision. */
export interface Verdict {
  readonly hash: string;
  readonly isRight: boolean;
}

type PasswordDecision = Decided<Told<PasswordState, PlatformRejection>>;

const refuse = (rejection: PlatformRejection, events: readonly AuditEvent[] = []): PasswordDecision => ({
  writes: [],
  outcome: { result: reject(rejection), events },
});

export function findPassword(snapshot: Snapshot, environmentId: EnvironmentId) {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return found;
  const { password, passwordPolicies = [] } = snapshot.directory ?? {};
  const policy = governingPolicy(passwordPolicies, found.value.user.populationId);
  return accept<PasswordState>({ ...found.value, ...(password ? { password } : {}), ...(policy ? { policy } : {}) });
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

/** How a password is replaced. */
export interface Replacement {
  readonly forceChange: boolean;
  readonly proof: Proof;
  /** Where the body has the new one. */
  readonly target: string;
  /** No policy is asked; what this server demands of every password holds. */
  readonly bypassPolicy?: boolean;
  readonly type: 'PASSWORD.SET' | 'PASSWORD.RESET' | 'PASSWORD.RECOVERY';
}

/** Gives a user a password, whatever was before (wire: `00` §8.7, `password.set` and an administrator's `password.reset`). */
export function setPassword(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  proposed: ProposedPassword,
  replacement: Replacement,
): PasswordDecision {
  const found = findPassword(snapshot, environmentId);
  return found.ok ? replaced(found.value, proposed, replacement) : refuse(found.rejection);
}

/** As `setPassword`, of a user who was found. */
export function replaced(
  state: PasswordState,
  proposed: ProposedPassword,
  { forceChange, proof, target, bypassPolicy, type }: Replacement,
): PasswordDecision {
  const { user, now } = state;
  const { id: userId, environmentId } = user;
  if (proof.kind !== 'administrator' && isUncompared(state, proposed)) return refuse({ kind: 'PasswordMoved' });
  const { policy: _, ...ungoverned } = state;
  const unmet = unmetBy(bypassPolicy ? ungoverned : state, proposed, proof);
  if (unmet.length > 0) return refuse({ kind: 'PasswordUnacceptable', target, unmet });
  const { hash } = proposed;
  const next = { userId, environmentId, hash, forceChange, setAt: now, failures: 0, ...formerAfter(state) };
  return done(state, next, type);
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
  const { user, factors, password, policy, now } = found.value;
  if (!user.enabled || user.unverified || isAccountLocked(factors, now)) return refuse({ kind: 'AccountNotUsable' });
  if (!password) return refuse({ kind: 'NoPassword' });
  if (isLocked(password, now)) return refuse({ kind: 'PasswordLocked' });
  if (verdict?.hash !== password.hash) return refuse({ kind: 'PasswordMoved' });
  if (verdict.isRight) {
    const decided = then(found.value, password);
    return decided.outcome.result.ok
      ? decided
      : { ...decided, writes: written(found.value, withoutFailures(password), false) };
  }
  const failures = password.failures + 1;
  const { lockedUntil: _, ...rest } = password;
  const lockout = lockoutOf(policy);
  const charged: StoredPassword =
    failures < lockout.failures ? { ...rest, failures } : { ...rest, failures: 0, lockedUntil: now + lockout.duration };
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
  const cleared: StoredPassword = withoutFailures(password);
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
  return done(found.value, withoutFailures(password), 'PASSWORD.UNLOCKED');
}
