import type { Static } from 'typebox';
import { parseTimestamp, toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import type {
  ApplicationSecretService,
  SecretRejection,
  ShownSecret,
} from '../../platform/applications/application-secrets.js';
import { invalid, invalidData, type WireError } from '../errors.js';
import { LinkView, Reference } from '../hal/collection.js';
import { secretError } from '../rejections/applications.js';
import { type Call, defineRoute, done, JSON_TYPE, type Reply, type Route, reply } from '../route.js';

/** Wire: `00` §9.3. */
const SecretView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView, application: LinkView }),
  environment: Reference,
  secret: Type.String(),
  previous: Type.Optional(Type.Object({ secret: Type.String(), expiresAt: Type.String() })),
});

const Rotation = Type.Object({ previous: Type.Optional(Type.Object({ expiresAt: Type.String({ maxLength: 64 }) })) });

type Named = Pick<Call<'envId' | 'applicationId'>, 'params' | 'links'>;

function view({ params, links }: Named, { secret, previous }: ShownSecret): Static<typeof SecretView> {
  const environment = `/environments/${params.envId}`;
  const application = `${environment}/applications/${params.applicationId}`;
  return {
    _links: {
      self: links.api(`${application}/secret`),
      environment: links.api(environment),
      application: links.api(application),
    },
    environment: { id: params.envId },
    secret,
    ...(previous ? { previous: { secret: previous.secret, expiresAt: toTimestamp(previous.expiresAt) } } : {}),
  };
}

/** Secrets of applications (wire: `00` §9.3). */
export function applicationSecretsRoutes(secrets: ApplicationSecretService): Route[] {
  const shown = (outcome: Outcome<ShownSecret, SecretRejection>, call: Named): Reply | WireError =>
    outcome.ok ? reply(200, view(call, outcome.value)) : secretError(outcome.rejection);
  const common = {
    source: '00 §9.3',
    base: 'api',
    path: '/environments/:envId/applications/:applicationId/secret',
    permission: 'application:secret',
  } as const;
  const partial = 'No `previous.lastUsed`.';
  return [
    defineRoute({
      ...common,
      id: 'application.secret.read',
      summary: 'Read a secret',
      method: 'GET',
      replies: { 200: SecretView },
      partial,
      handle: async (call) =>
        shown(await secrets.read(call.params.envId, call.params.applicationId, call.actor, call.by), call),
    }),
    defineRoute({
      ...common,
      id: 'application.secret.rotate',
      summary: 'Make a new secret',
      method: 'POST',
      accepts: JSON_TYPE,
      emptyBody: true,
      body: Rotation,
      replies: { 200: SecretView },
      partial,
      async handle(call) {
        const { params, body, actor, by } = call;
        const text = body.previous?.expiresAt;
        const until = text === undefined ? undefined : parseTimestamp(text);
        if (text !== undefined && until === undefined)
          return invalidData(invalid('previous.expiresAt', 'must be a date-time'));
        return shown(await secrets.rotate(params.envId, params.applicationId, until, actor, by), call);
      },
    }),
    defineRoute({
      ...common,
      id: 'application.secret.delete',
      summary: 'Remove the previous secret',
      method: 'DELETE',
      replies: { 204: null },
      handle: async ({ params, by }) =>
        done(await secrets.removePrevious(params.envId, params.applicationId, by), secretError),
    }),
  ];
}
