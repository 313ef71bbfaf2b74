import type { Static } from 'typebox';
import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import { type PasswordState, passwordProblems, passwordStatus } from '../../platform/passwords/password-rules.js';
import { LONGEST_PASSWORD } from '../../platform/passwords/password-strength.js';
import type { PasswordService } from '../../platform/passwords/passwords.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { WireError } from '../errors.js';
import { LinkView, Reference } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { invalidFields } from '../rejections/fields.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, type Reply, type Route, reply, vnd } from '../route.js';

const PATH = '/environments/:envId/users/:userId/password';

const Password = Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD });

/** Wire: `00` §8.7 (inferred); an environment that is older than password policies has none to name. */
export const PasswordView = Type.Object({
  _links: Type.Object({ self: LinkView, user: LinkView }),
  environment: Reference,
  user: Reference,
  passwordPolicy: Type.Optional(Reference),
  status: Type.Enum(['OK', 'NO_PASSWORD', 'MUST_CHANGE_PASSWORD', 'PASSWORD_EXPIRED', 'PASSWORD_LOCKED_OUT']),
});

function shown(outcome: Outcome<PasswordState, PlatformRejection>, links: Links): Reply | WireError {
  return outcome.ok ? reply(200, passwordView(outcome.value, links)) : platformError(outcome.rejection);
}

/** The state of a password. */
export function passwordView(state: PasswordState, links: Links): Static<typeof PasswordView> {
  const { id, environmentId } = state.user;
  const user = `/environments/${environmentId}/users/${id}`;
  return {
    _links: { self: links.api(`${user}/password`), user: links.api(user) },
    environment: { id: environmentId },
    user: { id },
    ...(state.policy ? { passwordPolicy: { id: state.policy.id } } : {}),
    status: passwordStatus(state),
  };
}

/** The state of a user's password, and what is done to it (wire: `00` §8.7). */
export function userPasswordsRoutes(passwords: PasswordService): Route[] {
  const common = { source: '00 §8.7', base: 'api', path: PATH, replies: { 200: PasswordView } } as const;
  const changing = { ...common, permission: 'users:write', errors: ['REQUEST_FAILED'] } as const;
  const partial = 'Lists of commonly used passwords are not there.';
  return [
    defineRoute({
      ...common,
      id: 'user.password.read',
      summary: 'Password state',
      method: 'GET',
      permission: 'users:read',
      handle: async ({ params, links }) => shown(await passwords.state(params.envId, params.userId), links),
    }),
    defineRoute({
      ...changing,
      id: 'user.password.set',
      summary: 'Set a password',
      method: 'PUT',
      accepts: vnd('password.set'),
      body: Type.Object({
        value: Password,
        forceChange: Type.Optional(Type.Boolean()),
        bypassPolicy: Type.Optional(Type.Boolean()),
      }),
      partial: `Clear text only. ${partial}`,
      async handle({ params, body: { value, forceChange = false, bypassPolicy = false }, links, by }) {
        const problems = passwordProblems(value, 'value');
        if (problems.length > 0) return invalidFields(problems);
        const command = { value, forceChange, bypassPolicy };
        return shown(await passwords.set(params.envId, params.userId, command, by), links);
      },
    }),
    defineRoute({
      ...changing,
      id: 'user.password.reset',
      summary: 'Change one’s password',
      method: 'PUT',
      accepts: vnd('password.reset'),
      body: Type.Object({ newPassword: Password, currentPassword: Type.Optional(Password) }),
      partial,
      async handle({ params, body: { newPassword, currentPassword }, links, by }) {
        const problems = passwordProblems(newPassword, 'newPassword');
        if (problems.length > 0) return invalidFields(problems);
        return shown(await passwords.reset(params.envId, params.userId, newPassword, currentPassword, by), links);
      },
    }),
    defineRoute({
      ...changing,
      id: 'user.password.check',
      summary: 'Check a password',
      method: 'POST',
      accepts: vnd('password.check'),
      body: Type.Object({ password: Password }),
      handle: async ({ params, body, links, by }) =>
        shown(await passwords.check(params.envId, params.userId, body.password, by), links),
    }),
    defineRoute({
      ...changing,
      id: 'user.password.forceChange',
      summary: 'Demand a new password',
      method: 'POST',
      accepts: vnd('password.forceChange'),
      emptyBody: true,
      handle: async ({ params, links, by }) =>
        shown(await passwords.forceChange(params.envId, params.userId, by), links),
    }),
    defineRoute({
      ...changing,
      id: 'user.password.unlock',
      summary: 'Unlock a password',
      method: 'POST',
      accepts: vnd('password.unlock'),
      emptyBody: true,
      handle: async ({ params, links, by }) => shown(await passwords.unlock(params.envId, params.userId, by), links),
    }),
  ];
}
