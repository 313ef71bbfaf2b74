import type { Static, TProperties } from 'typebox';
import type { Refusals } from '../audit/refusals.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import { Type } from '../kernel/json-schema.js';
import type { Outcome } from '../kernel/outcome.js';
import type { ClientCredentials } from '../platform/tokens/client-authentication.js';
import { readClientCredentials } from './client-credentials.js';
import type { ClientThrottle } from './client-throttle.js';
import type { WireError } from './errors.js';
import { FORM_TYPE } from './form-reader.js';
import { requestLimited } from './gate.js';
import { type OAuthRejection, toOAuthReply } from './rejections/tokens.js';
import type { Call, Reply } from './route.js';

/** How a client says who it is in a form (wire: `00` §5.1). */
const CLIENT_MEMBERS = {
  client_id: Type.Optional(Type.String()),
  client_secret: Type.Optional(Type.String()),
  client_assertion: Type.Optional(Type.String()),
  client_assertion_type: Type.Optional(Type.String()),
};

/**
 * A form as it was sent by a client. Unknown parameters are ignored (RFC 6749 §3.2); all are optional, because what is missing is
 * told in OAuth's own words.
 */
export function clientForm<P extends TProperties>(members: P) {
  return Type.Object({ ...members, ...CLIENT_MEMBERS });
}

const OAuthErrorView = Type.Object({ error: Type.String(), error_description: Type.String() });

/** What the endpoints that clients prove themselves at have in common. */
export const CLIENT_ENDPOINT = {
  method: 'POST',
  base: 'auth',
  accepts: FORM_TYPE,
  permission: 'public',
} as const;
export const CLIENT_REFUSALS = { 400: OAuthErrorView, 401: OAuthErrorView } as const;

type ClientFields = Static<ReturnType<typeof clientForm<Record<never, never>>>>;
type ClientCall = Pick<Call<string, ClientFields>, 'body' | 'header' | 'correlationId' | 'source' | 'signal'>;

/** One question of a client. */
interface Asked<T> {
  readonly call: ClientCall;
  /** As the path names it; without one there is no trail to put a refusal in. */
  readonly environmentId: Uuid | undefined;
  /** The operation, as refusals of it are on record. */
  readonly operation: string;
  readonly answer: (credentials: ClientCredentials | undefined) => Promise<Outcome<T, OAuthRejection>>;
  readonly shown: (value: T) => Reply;
}

/** Answers a client that proves itself by a secret or an assertion. */
export type ClientEndpoint = <T>(asked: Asked<T>) => Promise<Reply | WireError>;

/** Refusals go on record (SEC-72); whoever tries out proofs is slowed down, over all these endpoints together (SEC-50). */
export function createClientEndpoint(throttle: ClientThrottle, refusals?: Refusals): ClientEndpoint {
  function refused(
    rejection: OAuthRejection,
    { call: { correlationId }, environmentId, operation }: Pick<Asked<unknown>, 'call' | 'environmentId' | 'operation'>,
    client?: string,
  ): Reply {
    const clientId = client === undefined ? undefined : parseUuid(client);
    // The client that was named, not one that has proved anything.
    const reason = 'because' in rejection && rejection.because ? rejection.because : rejection.kind;
    const detail = { operation, reason, ...(clientId ? { client: clientId } : {}) };
    if (environmentId) refusals?.note({ type: 'REQUEST.REFUSED', environmentId, detail }, { correlationId });
    return toOAuthReply(rejection, correlationId);
  }

  return async (asked) => {
    const { call } = asked;
    const credentials = readClientCredentials(call.header('authorization'), call.body);
    if (!credentials.ok) return refused(credentials.rejection, asked);
    const outcome = await asked.answer(credentials.value);
    const { clientId } = credentials.value ?? {};
    if (!outcome.ok) {
      // On record before the wait: also the wrong proof of somebody who is not even told so.
      const refusal = refused(outcome.rejection, asked, clientId);
      if (clientId !== undefined && outcome.rejection.kind === 'ClientNotAuthenticated') {
        const held = await throttle.failed(call.source, clientId, call.signal);
        if (held.kind === 'refused') return requestLimited(held.wait);
      }
      return refusal;
    }
    if (clientId !== undefined) throttle.succeeded(call.source, clientId);
    return asked.shown(outcome.value);
  };
}
