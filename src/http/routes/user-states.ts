import type { TSchema } from 'typebox';
import { parseTimestamp } from '../../kernel/clock.js';
import { uuidOf } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import type { UserState } from '../../platform/rules.js';
import type { UserService } from '../../platform/users/users.js';
import { invalid, invalidData, type WireError } from '../errors.js';
import type { Links } from '../hal/links.js';
import {
  BypassMfaView,
  bypassMfaView,
  EnabledView,
  enabledView,
  IdentityProviderView,
  identityProviderView,
  MfaEnabledView,
  mfaEnabledView,
  UserPopulationView,
  userPopulationView,
  VerifyStatusView,
  verifyStatusView,
} from '../hal/users.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';
import {
  BypassMfaBody,
  EnabledBody,
  IdentityProviderBody,
  MfaEnabledBody,
  ReferenceBody,
  unnamedProvider,
  VerifyStatusBody,
} from './user-request.js';

type StateName = 'enabled' | 'mfaEnabled' | 'bypassMFA' | 'population' | 'verifyStatus' | 'identityProvider';

const ITEM = '/environments/:envId/users/:userId';

/** Members of a user that have a path of their own, each with a `GET` and a `PUT` (wire: `00` §8.1, §8.5). */
export function userStateRoutes(users: UserService): Route[] {
  const stateOf = (
    name: StateName,
    summary: string,
    schema: TSchema,
    view: (state: UserState, links: Links) => JsonObject,
    source = '00 §8.1',
  ) => {
    const at = { base: 'api', source, path: `${ITEM}/${name}`, replies: { 200: schema } } as const;
    const shown = (outcome: Outcome<UserState, PlatformRejection>, links: Links): Reply | WireError =>
      outcome.ok ? reply(200, view(outcome.value, links)) : platformError(outcome.rejection);
    const read = defineRoute({
      ...at,
      id: `user.${name}.read`,
      summary,
      method: 'GET',
      permission: 'users:read',
      handle: async ({ params, links }) => shown(await users.read(params.envId, params.userId), links),
    });
    const update = {
      ...at,
      id: `user.${name}.update`,
      method: 'PUT',
      accepts: JSON_TYPE,
      permission: 'users:write',
    } as const;
    return { read, update, shown };
  };

  const enabled = stateOf('enabled', 'Whether a user is enabled', EnabledView, enabledView);
  const mfaEnabled = stateOf('mfaEnabled', 'Whether MFA is enabled for a user', MfaEnabledView, mfaEnabledView);
  const bypass = stateOf('bypassMFA', 'Whether MFA is bypassed for a user', BypassMfaView, bypassMfaView, '20 §14');
  const population = stateOf('population', 'A user’s population', UserPopulationView, userPopulationView);
  const verifyStatus = stateOf('verifyStatus', 'A user’s verification status', VerifyStatusView, verifyStatusView);
  const provider = stateOf(
    'identityProvider',
    'A user’s identity provider',
    IdentityProviderView,
    identityProviderView,
  );
  return [
    enabled.read,
    defineRoute({
      ...enabled.update,
      summary: 'Enable or disable a user',
      body: EnabledBody,
      handle: async ({ params, body, links, by }) =>
        enabled.shown(await users.setEnabled(params.envId, params.userId, body.enabled, by), links),
    }),
    mfaEnabled.read,
    defineRoute({
      ...mfaEnabled.update,
      summary: 'Enable or disable MFA for a user',
      body: MfaEnabledBody,
      handle: async ({ params, body, links, by }) =>
        mfaEnabled.shown(await users.setMfaEnabled(params.envId, params.userId, body.mfaEnabled, by), links),
    }),
    bypass.read,
    defineRoute({
      ...bypass.update,
      summary: 'Bypass MFA for a time',
      body: BypassMfaBody,
      async handle({ params, body, links, by }) {
        const until = parseTimestamp(body.bypassMFAEnabledUntil);
        if (until === undefined) return invalidData(invalid('bypassMFAEnabledUntil', 'is not a valid date-time'));
        return bypass.shown(await users.setBypass(params.envId, params.userId, until, by), links);
      },
    }),
    population.read,
    defineRoute({
      ...population.update,
      summary: 'Move a user',
      body: ReferenceBody,
      handle: async ({ params, body, links, by }) =>
        population.shown(await users.move(params.envId, params.userId, uuidOf(body.id), by), links),
    }),
    verifyStatus.read,
    defineRoute({
      ...verifyStatus.update,
      summary: 'Change the verification status',
      body: VerifyStatusBody,
      handle: async ({ params, body, links, by }) =>
        verifyStatus.shown(await users.setVerifyStatus(params.envId, params.userId, body.verifyStatus, by), links),
    }),
    provider.read,
    defineRoute({
      ...provider.update,
      summary: 'Change the identity provider',
      body: IdentityProviderBody,
      partial: 'Kept and shown: nobody signs on by it yet.',
      handle: async ({ params, body, links, by }) =>
        unnamedProvider(body, 'type') ??
        provider.shown(
          await users.setProvider(params.envId, params.userId, body.id === undefined ? undefined : uuidOf(body.id), by),
          links,
        ),
    }),
  ];
}
