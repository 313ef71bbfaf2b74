import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail } from '../audit/trail.js';
import type { Deployment } from '../devices/eligibility.js';
import type { EventSink } from '../events.js';
import type { Clock } from '../kernel/clock.js';
import type { Digests } from '../kernel/keys.js';
import type { Outcome } from '../kernel/outcome.js';
import type { PasswordHashes } from '../kernel/password-hash.js';
import type { Random } from '../kernel/random.js';
import { DRAWN_DIGITS } from '../otp/code.js';
import type { EnvironmentId, UserId } from '../platform/model.js';
import type { PasswordState } from '../platform/passwords/password-rules.js';
import { proposeChange } from '../platform/passwords/proposed-password.js';
import type { UserState } from '../platform/rules.js';
import type { CodeUse } from '../platform/users/user-code.js';
import type { FirstCode } from '../platform/users/users.js';
import type { Plan, Store } from '../storage/port.js';
import { recoverPassword, sendCode, verifyUser } from './decide.js';
import type { AccountRejection } from './rejection.js';
import { type SendFacts, sendUserCode } from './send.js';

type Result<T> = Promise<Outcome<T, AccountRejection>>;

/** Codes that are sent to users outside a device authentication: to verify an account, to recover a password (wire: `00` §8.1, §8.7). */
export interface AccountService {
  sendCode(environmentId: EnvironmentId, userId: UserId, use: CodeUse, by?: Requester): Result<PasswordState>;
  verify(environmentId: EnvironmentId, userId: UserId, code: string, by?: Requester): Result<UserState>;
  /** `to` has passed `passwordProblems`. */
  recover(
    environmentId: EnvironmentId,
    userId: UserId,
    code: string,
    to: string,
    by?: Requester,
  ): Result<PasswordState>;
  /** For a new user: the code goes with the user, or not at all, where no mail can be sent. */
  readonly firstCode: () => FirstCode;
}

export interface AccountServiceParts {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly random: Pick<Random, 'digits' | 'timeOrderedUuid'>;
  readonly clock: Clock;
  readonly digests: Digests;
  readonly deployment: Deployment;
  readonly passwords: PasswordHashes;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

/** As those of a password with another (`platform/passwords/passwords.ts`). */
const COMPARISONS = 3;

export function createAccountService(parts: AccountServiceParts): AccountService {
  const { store, random, clock, digests, deployment, passwords } = parts;
  const trail = createTrail(parts);
  const planOf = (environmentId: EnvironmentId, user: UserId): Plan => ({
    environmentId,
    user,
    directory: { password: user, passwordPolicy: user, codes: user },
  });
  const sendFacts = (): SendFacts => ({
    digits: random.digits(DRAWN_DIGITS),
    messageId: random.timeOrderedUuid(clock.now()),
    digests,
    deployment,
  });
  const checkFacts = { digests, deployment };

  return {
    sendCode(environmentId, userId, use, by) {
      const facts = sendFacts();
      return trail.transact(planOf(environmentId, userId), by, (snapshot) =>
        sendCode(snapshot, environmentId, use, facts),
      );
    },

    verify: (environmentId, userId, code, by) =>
      trail.transact(planOf(environmentId, userId), by, (snapshot) =>
        verifyUser(snapshot, environmentId, code, checkFacts),
      ),

    async recover(environmentId, userId, code, to, by) {
      for (let left = COMPARISONS; ; left--) {
        const plan = planOf(environmentId, userId);
        const { directory } = await store.load(plan);
        const proposed = await proposeChange(passwords, to, directory?.password);
        const result = await trail.transact(plan, by, (snapshot) =>
          recoverPassword(snapshot, environmentId, code, proposed, checkFacts),
        );
        if (result.ok || result.rejection.kind !== 'PasswordMoved' || left <= 1) return result;
      }
    },

    firstCode() {
      const facts = sendFacts();
      return (snapshot, created) => {
        const sent = sendUserCode(snapshot, created, 'verification', facts);
        if (sent.kind === 'needs') return { needs: sent.needs };
        return { writes: sent.kind === 'sent' ? sent.writes : [], outcome: sent.events };
      };
    },
  };
}
