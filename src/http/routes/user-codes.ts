import type { AccountRejection } from '../../accounts/rejection.js';
import type { AccountService } from '../../accounts/service.js';
import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import { type PasswordState, passwordProblems } from '../../platform/passwords/password-rules.js';
import { LONGEST_PASSWORD } from '../../platform/passwords/password-strength.js';
import type { UserState } from '../../platform/rules.js';
import type { WireError } from '../errors.js';
import type { Links } from '../hal/links.js';
import { UserView, userView } from '../hal/users.js';
import { accountError } from '../rejections/accounts.js';
import { invalidFields } from '../rejections/fields.js';
import { defineRoute, type Reply, type Route, reply, vnd } from '../route.js';
import { PasswordView, passwordView } from './user-passwords.js';

const USER = '/environments/:envId/users/:userId';

/** ASCII digits; its length is held against the code that was sent (SEC-09). */
const Code = Type.String({ minLength: 1, pattern: '^[0-9]{6,10}$' });

/** What an operation answers with, and where its body has the code. */
const answering =
  <V>(view: (value: V, links: Links) => object, target: string) =>
  (outcome: Outcome<V, AccountRejection>, links: Links): Reply | WireError =>
    outcome.ok ? reply(200, view(outcome.value, links)) : accountError(outcome.rejection, target);
const verification = answering<UserState>((user, links) => userView(user, links), 'verificationCode');
const recovery = answering<PasswordState>((state, links) => passwordView(state, links), 'recoveryCode');

/** Codes that are sent to a user outside a device authentication (wire: `00` §8.1, §8.7). */
export function userCodesRoutes(accounts: AccountService): Route[] {
  const common = { method: 'POST', base: 'api', permission: 'users:write', errors: ['REQUEST_FAILED'] } as const;
  const ofUser = { ...common, source: '00 §8.1', path: USER, replies: { 200: UserView } } as const;
  const ofPassword = {
    ...common,
    source: '00 §8.7',
    path: `${USER}/password`,
    replies: { 200: PasswordView },
  } as const;
  const partial = 'By e-mail only.';
  return [
    defineRoute({
      ...ofUser,
      id: 'user.sendVerificationCode',
      summary: 'Send a user the code that verifies the account',
      accepts: vnd('user.sendVerificationCode'),
      emptyBody: true,
      handle: async ({ params, links, by }) =>
        verification(await accounts.sendCode(params.envId, params.userId, 'verification', by), links),
    }),
    defineRoute({
      ...ofUser,
      id: 'user.verify',
      summary: 'Verify an account by its code',
      accepts: vnd('user.verify'),
      body: Type.Object({ verificationCode: Code }),
      handle: async ({ params, body, links, by }) =>
        verification(await accounts.verify(params.envId, params.userId, body.verificationCode, by), links),
    }),
    defineRoute({
      ...ofPassword,
      id: 'user.password.sendRecoveryCode',
      summary: 'Send a user the code that recovers the password',
      accepts: vnd('password.sendRecoveryCode'),
      emptyBody: true,
      partial,
      handle: async ({ params, links, by }) =>
        recovery(await accounts.sendCode(params.envId, params.userId, 'recovery', by), links),
    }),
    defineRoute({
      ...ofPassword,
      id: 'user.password.recover',
      summary: 'Choose a new password by a recovery code',
      accepts: vnd('password.recover'),
      body: Type.Object({
        recoveryCode: Code,
        newPassword: Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD }),
      }),
      partial,
      async handle({ params, body: { recoveryCode, newPassword }, links, by }) {
        const problems = passwordProblems(newPassword, 'newPassword');
        if (problems.length > 0) return invalidFields(problems);
        return recovery(await accounts.recover(params.envId, params.userId, recoveryCode, newPassword, by), links);
      },
    }),
  ];
}
