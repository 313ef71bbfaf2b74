import type { AccountService } from '../../accounts/service.js';
import { Type } from '../../kernel/json-schema.js';
import { LONGEST_PASSWORD, passwordProblems } from '../../platform/password-rules.js';
import { UserView, userView } from '../hal/users.js';
import { accountError } from '../rejections/accounts.js';
import { invalidFields } from '../rejections/fields.js';
import { defineRoute, type Route, reply, vnd } from '../route.js';
import { PasswordView, passwordView } from './user-passwords.js';

const USER = '/environments/:envId/users/:userId';

/** ASCII digits; its length is held against the code that was sent (SEC-09). */
const Code = Type.String({ minLength: 1, pattern: '^[0-9]{6,10}$' });

/** Codes that are sent to a user outside a device authentication (wire: `00` §8.1, §8.7). */
export function userCodesRoutes(accounts: AccountService): Route[] {
  const common = { method: 'POST', base: 'api', permission: 'users:write', errors: ['REQUEST_FAILED'] } as const;
  const verification = { ...common, source: '00 §8.1', path: USER, replies: { 200: UserView } } as const;
  const recovery = { ...common, source: '00 §8.7', path: `${USER}/password`, replies: { 200: PasswordView } } as const;
  const partial = 'By e-mail only; no password policy is named.';
  return [
    defineRoute({
      ...verification,
      id: 'user.sendVerificationCode',
      summary: 'Send a user the code that verifies the account',
      accepts: vnd('user.sendVerificationCode'),
      emptyBody: true,
      async handle({ params, links, by }) {
        const sent = await accounts.sendCode(params.envId, params.userId, 'verification', by);
        return sent.ok ? reply(200, userView(sent.value, links)) : accountError(sent.rejection, 'verificationCode');
      },
    }),
    defineRoute({
      ...verification,
      id: 'user.verify',
      summary: 'Verify an account by its code',
      accepts: vnd('user.verify'),
      body: Type.Object({ verificationCode: Code }),
      async handle({ params, body: { verificationCode }, links, by }) {
        const verified = await accounts.verify(params.envId, params.userId, verificationCode, by);
        return verified.ok
          ? reply(200, userView(verified.value, links))
          : accountError(verified.rejection, 'verificationCode');
      },
    }),
    defineRoute({
      ...recovery,
      id: 'user.password.sendRecoveryCode',
      summary: 'Send a user the code that recovers the password',
      accepts: vnd('password.sendRecoveryCode'),
      emptyBody: true,
      partial,
      async handle({ params, links, by }) {
        const sent = await accounts.sendCode(params.envId, params.userId, 'recovery', by);
        return sent.ok ? reply(200, passwordView(sent.value, links)) : accountError(sent.rejection, 'recoveryCode');
      },
    }),
    defineRoute({
      ...recovery,
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
        const recovered = await accounts.recover(params.envId, params.userId, recoveryCode, newPassword, by);
        return recovered.ok
          ? reply(200, passwordView(recovered.value, links))
          : accountError(recovered.rejection, 'recoveryCode');
      },
    }),
  ];
}
