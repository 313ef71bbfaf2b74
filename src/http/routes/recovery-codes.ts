import type { AuthenticationService } from '../../authentication/service.js';
import { parseRecoveryCode } from '../../devices/recovery/codes.js';
import type { RecoveryCodeService } from '../../devices/recovery/service.js';
import type { Owner } from '../../devices/service.js';
import { toTimestamp } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import { invalid, invalidData } from '../errors.js';
import { LinkView, Reference } from '../hal/collection.js';
import { DeviceAuthenticationView, deviceAuthenticationView } from '../hal/device-authentication.js';
import type { Links } from '../hal/links.js';
import { authenticationError } from '../rejections/authentication.js';
import { deviceError } from '../rejections/devices.js';
import { defineRoute, done, JSON_TYPE, type Route, reply } from '../route.js';

/** Outside every path of the reference: nothing here is part of its contract. */
const CODES = '/ext/environments/:envId/users/:userId/recoveryCodes';
const SOURCE = 'decision 16';

const shared = { _links: Type.Object({ self: LinkView }), user: Reference, createdAt: Type.String() };
const StatusView = Type.Object({ ...shared, remaining: Type.Integer() });
const NewCodesView = Type.Object({ ...shared, codes: Type.Array(Type.String()) });

type Params = Readonly<Record<'envId' | 'userId', Uuid>>;
const ownerIn = ({ envId, userId }: Params): Owner => ({ environmentId: envId, userId });
const head = ({ envId, userId }: Params, links: Links) => ({
  _links: { self: links.api(`/ext/environments/${envId}/users/${userId}/recoveryCodes`) },
  user: { id: userId },
});

/** Recovery codes, an extension: these routes exist only where the operator has switched it on. */
export function recoveryCodesRoutes(codes: RecoveryCodeService, authentications: AuthenticationService): Route[] {
  return [
    defineRoute({
      id: 'recoveryCodes.read',
      summary: 'How many recovery codes a user has left',
      source: SOURCE,
      method: 'GET',
      base: 'api',
      path: CODES,
      permission: 'devices:read',
      replies: { 200: StatusView },
      errors: ['NOT_FOUND'],
      async handle({ params, links }) {
        const outcome = await codes.read(ownerIn(params));
        if (!outcome.ok) return deviceError(outcome.rejection);
        const { remaining, createdAt } = outcome.value;
        return reply(200, { ...head(params, links), remaining, createdAt: toTimestamp(createdAt) });
      },
    }),
    defineRoute({
      id: 'recoveryCodes.generate',
      summary: 'Makes recovery codes in place of those before, and shows them this once',
      source: SOURCE,
      method: 'POST',
      base: 'api',
      path: CODES,
      accepts: JSON_TYPE,
      emptyBody: true,
      permission: 'devices:write',
      replies: { 201: NewCodesView },
      errors: ['NOT_FOUND'],
      async handle({ params, links, by }) {
        const outcome = await codes.generate(ownerIn(params), by);
        if (!outcome.ok) return deviceError(outcome.rejection);
        const { codes: made, createdAt } = outcome.value;
        return reply(201, { ...head(params, links), codes: made.reveal(), createdAt: toTimestamp(createdAt) });
      },
    }),
    defineRoute({
      id: 'recoveryCodes.delete',
      summary: "Ends a user's recovery codes",
      source: SOURCE,
      method: 'DELETE',
      base: 'api',
      path: CODES,
      permission: 'devices:write',
      replies: { 204: null },
      errors: ['NOT_FOUND'],
      handle: async ({ params, by }) => done(await codes.remove(ownerIn(params), by), deviceError),
    }),
    defineRoute({
      id: 'recoveryCode.check',
      summary: 'Completes a device authentication by a recovery code',
      source: SOURCE,
      method: 'POST',
      base: 'auth',
      path: '/ext/:envId/deviceAuthentications/:id/recoveryCode',
      accepts: JSON_TYPE,
      permission: 'deviceAuthentications:use',
      body: Type.Object({ code: Type.String({ minLength: 1, maxLength: 64 }) }),
      replies: { 200: DeviceAuthenticationView },
      errors: ['INVALID_DATA', 'INVALID_REQUEST', 'REQUEST_FAILED', 'NOT_FOUND'],
      async handle({ params, body, links, by }) {
        const code = parseRecoveryCode(body.code);
        if (code === undefined) return invalidData(invalid('code', 'is not a recovery code'));
        const result = await authentications.checkRecoveryCode(params.envId, params.id, { code }, by);
        return result.ok
          ? reply(200, deviceAuthenticationView(result.value, links))
          : authenticationError(result.rejection);
      },
    }),
  ];
}
