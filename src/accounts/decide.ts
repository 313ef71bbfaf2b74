import type { AuditEvent } from '../audit/record.js';
import type { Told } from '../audit/trail.js';
import type { Deployment } from '../devices/eligibility.js';
import { canonicalContact } from '../devices/sending/contact.js';
import { confirmation } from '../devices/sending/reserve-send.js';
import { countsSends } from '../devices/sending/send-window.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject, unreachable } from '../kernel/outcome.js';
import type { EnvironmentId, User } from '../platform/model.js';
import { findPassword, type PasswordState, replaced } from '../platform/passwords/password-rules.js';
import { unmetByText } from '../platform/passwords/password-strength.js';
import type { ProposedPassword } from '../platform/passwords/proposed-password.js';
import { findUser, type UserState } from '../platform/rules.js';
import { isAccountLocked } from '../platform/users/account.js';
import type { CodeCount, CodeUse } from '../platform/users/user-code.js';
import type { Decision, Snapshot, Write } from '../storage/port.js';
import { addressOf, CHANNEL, charged, codesOf, judgeCode, spent } from './code.js';
import type { AccountRejection } from './rejection.js';
import { type SendFacts, sendUserCode } from './send.js';

export type AccountDecision<T> = Decision<Told<T, AccountRejection>>;

/** Where the body of a recovery has the password. */
const NEW_PASSWORD = 'newPassword';

const refuse = (rejection: AccountRejection, events: readonly AuditEvent[] = []) => ({
  writes: [],
  outcome: { result: reject(rejection), events },
});

/** Whether a code may be sent to this user, or compared, for this use: a disabled or locked account has none (SEC-16). */
function findFor<S extends UserState>(
  found: Outcome<S, AccountRejection>,
  use: CodeUse,
  hasPassword: boolean,
): Outcome<S, AccountRejection> {
  if (!found.ok) return found;
  const { user, factors, now } = found.value;
  if (use === 'verification' && !user.unverified) return reject({ kind: 'AlreadyVerified' });
  // Who is not verified verifies first (wire: `00` §8.3).
  const isUnusable = !user.enabled || isAccountLocked(factors, now) || (use === 'recovery' && user.unverified === true);
  if (isUnusable) return reject({ kind: 'AccountNotUsable' });
  return use === 'recovery' && !hasPassword ? reject({ kind: 'NoPassword' }) : found;
}

/** Sends the user of the plan a code for this use (wire: `00` §8.1, §8.7). */
export function sendCode(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  use: CodeUse,
  facts: SendFacts,
): AccountDecision<PasswordState> {
  const found = findFor<PasswordState>(
    findPassword(snapshot, environmentId),
    use,
    snapshot.directory?.password !== undefined,
  );
  if (!found.ok) return refuse(found.rejection);
  const sent = sendUserCode(snapshot, found.value, use, facts);
  if (sent.kind === 'needs') return { needs: sent.needs };
  if (sent.kind === 'refused') return refuse(sent.rejection, sent.events);
  const writes: readonly Write[] = [{ kind: 'update', entity: 'user', value: found.value.user }, ...sent.writes];
  return { writes, outcome: { result: found, events: sent.events } };
}

/** What comparing needs. */
export interface CheckFacts {
  readonly digests: Digests;
  readonly deployment: Pick<Deployment, 'sendLimits'>;
}

/**
 * Compares a code and charges it when it is wrong. Either way the user's version guards the verdict, so that of many guesses at once
 * none is free (SEC-10). `then`: what a right one does; its writes update the user.
 */
function checkCode<S extends UserState, T>(
  snapshot: Snapshot,
  state: S,
  use: CodeUse,
  submitted: string,
  { digests, deployment }: CheckFacts,
  then: (state: S) => AccountDecision<T>,
): AccountDecision<T> {
  const { environmentId, id: userId } = state.user;
  const needs = destinationOf(snapshot, state, { digests, deployment });
  if (needs !== undefined && snapshot.destination?.contactKey !== needs) return { needs: { destination: needs } };
  const codes = codesOf(state, use, snapshot.directory?.codes);
  const judgement = judgeCode(state, codes, submitted, digests);
  const keep = (next: CodeCount): Write => ({
    kind: 'put',
    entity: 'userCode',
    value: { ...next, userId, environmentId, use },
  });
  switch (judgement.kind) {
    case 'refused':
      return refuse(judgement.rejection);
    case 'wrong': {
      const { codes: next, attemptsLeft } = charged(codes, state.now);
      const type = attemptsLeft > 0 ? 'OTP.CHECK_INVALID' : 'OTP.CHECK_FAILED';
      const detail = judgement.isReplay ? { use, replayed: true } : { use };
      return {
        writes: [{ kind: 'update', entity: 'user', value: state.user }, keep(next)],
        outcome: {
          result: reject({ kind: 'CodeWrong', attemptsLeft }),
          events: [{ type, environmentId, userId, detail }],
        },
      };
    }
    case 'right': {
      const done = then(state);
      if (done.needs) return done;
      const { result, events } = done.outcome;
      // What a right code cannot do leaves it as good as it was; the user's version guards the answer all the same.
      if (!result.ok) return { ...done, writes: [{ kind: 'update', entity: 'user', value: state.user }] };
      const success: AuditEvent = { type: 'OTP.CHECK_SUCCESS', environmentId, userId, detail: { use } };
      return {
        writes: [...done.writes, keep(spent(codes)), ...confirmed(snapshot, state, { digests, deployment })],
        outcome: { result, events: [success, ...events] },
      };
    }
    default:
      return unreachable(judgement);
  }
}

/** The contact whose sends a right code confirms, where a limit counts them (SEC-36; `30` §5.4). */
function destinationOf(
  { configuration }: Snapshot,
  state: UserState,
  { digests, deployment: { sendLimits } }: CheckFacts,
): string | undefined {
  const address = addressOf(state);
  const isCounted =
    (sendLimits && countsSends(sendLimits)) || configuration?.defaultSendRules?.[CHANNEL]?.resends !== undefined;
  if (!address || !isCounted) return undefined;
  return digests.contact(state.user.environmentId, canonicalContact(address));
}

function confirmed({ destination }: Snapshot, { user }: UserState, { deployment }: CheckFacts): readonly Write[] {
  return destination ? confirmation(destination, deployment, { channel: CHANNEL, userId: user.id }) : [];
}

/** A right code ends `VERIFICATION_REQUIRED`; it was sent to the user's address, which is verified with it (wire: `00` §8.1, §8.3). */
export function verifyUser(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  code: string,
  facts: CheckFacts,
): AccountDecision<UserState> {
  const found = findFor<UserState>(findUser(snapshot, environmentId), 'verification', false);
  if (!found.ok) return refuse(found.rejection);
  return checkCode(snapshot, found.value, 'verification', code, facts, (state) => {
    const { unverified: _, ...rest } = state.user;
    const user: User = { ...rest, emailVerified: true, updatedAt: state.now };
    const event: AuditEvent = { type: 'USER.UPDATED', environmentId, userId: user.id };
    return {
      writes: [{ kind: 'update', entity: 'user', value: user }],
      outcome: { result: accept({ ...state, user }), events: [event] },
    };
  });
}

/**
 * A right code gives the user a new password (wire: `00` §8.7). What a text alone must have is asked before the code is looked at, and
 * what it has in common with the user's other passwords only once the code is right.
 */
export function recoverPassword(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  code: string,
  proposed: ProposedPassword,
  facts: CheckFacts,
): AccountDecision<PasswordState> {
  const found = findFor<PasswordState>(
    findPassword(snapshot, environmentId),
    'recovery',
    snapshot.directory?.password !== undefined,
  );
  if (!found.ok) return refuse(found.rejection);
  const unmet = unmetByText(found.value.policy?.terms, proposed.value, found.value.user);
  if (unmet.length > 0) return refuse({ kind: 'PasswordUnacceptable', target: NEW_PASSWORD, unmet });
  return checkCode(snapshot, found.value, 'recovery', code, facts, (state) =>
    replaced(state, proposed, {
      forceChange: false,
      proof: { kind: 'code' },
      target: NEW_PASSWORD,
      type: 'PASSWORD.RECOVERY',
    }),
  );
}
