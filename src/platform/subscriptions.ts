import type { Static } from 'typebox';
import type { DestinationGuard } from '../kernel/destination.js';
import { fits, oneOf, Reference } from '../kernel/document-schema.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { Type } from '../kernel/json-schema.js';
import { servesClients } from './certificates/client-pair.js';
import { CLIENT_KEY } from './certificates/key.js';
import type { ManagedResource, Rule } from './managed/resource.js';
import { atMost, checked, refersTo } from './managed/rules.js';

const KIND = 'subscription';
/** Events of one request (wire: `00` §11.5). */
export const MOST_EVENTS = 500;
/** Each is a queue of its own and may hold a connection; the reference names no bound. */
const MOST = 50;

/** Where events go, in either spelling of it (wire: `00` §11.5). */
export const Endpoint = Type.Object({
  url: Type.String({ minLength: 1, maxLength: 2_048 }),
  headers: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 4_096 }))),
});
const Referenced = Type.Array(Type.Object({ id: Reference }), { maxItems: 10 });

/** The writable members of a subscription (wire: `00` §11.5). */
export const SubscriptionDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  enabled: Type.Boolean(),
  // Delivery over a bare TCP connection is refused rather than taken and not done.
  protocol: Type.Optional(oneOf('HTTPS')),
  httpEndpoint: Type.Optional(Endpoint),
  connectionDetails: Type.Optional(Endpoint),
  format: Type.Optional(oneOf('ACTIVITY', 'SPLUNK', 'NEWRELIC')),
  filterOptions: Type.Object({
    includedActionTypes: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1, maxItems: 1_000 }),
    includedApplications: Type.Optional(Referenced),
    includedPopulations: Type.Optional(Referenced),
    includedTags: Type.Optional(Type.Array(oneOf('adminIdentityEvent'), { maxItems: 10 })),
    ipAddressExposed: Type.Optional(Type.Boolean()),
    userAgentExposed: Type.Optional(Type.Boolean()),
  }),
  verifyTlsCertificates: Type.Boolean(),
  tlsClientAuthKeyPair: Type.Optional(Type.Object({ id: Reference })),
  payloadOptions: Type.Optional(
    Type.Object({
      maximumPayloadLimit: Type.Optional(
        Type.Object({
          type: Type.Optional(oneOf('EVENTS_PER_PAYLOAD', 'KB_PER_PAYLOAD')),
          size: Type.Optional(Type.Integer({ minimum: 1, maximum: 4_096 })),
        }),
      ),
      payloadFormat: Type.Optional(
        Type.Object({
          https: Type.Optional(
            Type.Object({
              format: Type.Optional(oneOf('JSON_ARRAY', 'ND_JSON')),
              prettyPrint: Type.Optional(Type.Boolean()),
            }),
          ),
          tcp: Type.Optional(
            Type.Object({
              format: Type.Optional(oneOf('JSON_DOC', 'RFC_LOGLINE')),
              additionalAttributes: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 1_024 }))),
            }),
          ),
        }),
      ),
    }),
  ),
});
export type SubscriptionDocument = Static<typeof SubscriptionDocument>;

/** Tokens of whoever receives, mostly; the reference shows them back. */
export const SEALED_MEMBERS = ['httpEndpoint.headers', 'connectionDetails.headers'] as const;

const isFit = fits(SubscriptionDocument);

/** Whether a document is a subscription's, its headers in it or not. */
export function isSubscription(value: JsonObject): value is JsonObject & SubscriptionDocument {
  return isFit(value);
}

/** Webhooks of an environment (wire: `00` §11.5). The guard says which URLs may be named (SEC-59). */
export function subscriptions(guard: Pick<DestinationGuard, 'problem'>): ManagedResource {
  return {
    kind: KIND,
    schema: SubscriptionDocument,
    noun: 'SUBSCRIPTION',
    sealed: SEALED_MEMBERS,
    rules: [
      checked((document) => (isSubscription(document) ? problemsOf(document, guard) : [])),
      atMost(KIND, MOST),
      refersTo('application', 'filterOptions.includedApplications.*.id', 'an application'),
      refersTo('population', 'filterOptions.includedPopulations.*.id', 'a population'),
      refersTo('key', CLIENT_KEY, 'a key for OUTBOUND_MTLS', { serves: servesClients }),
      forgetsTheCopy(),
    ],
  };
}

/**
 * What an answer shows of `httpEndpoint` under the other name is no address of its own when it is written back: it would count,
 * and a client that moves `httpEndpoint` would go on sending to the old one.
 */
function forgetsTheCopy(): Rule {
  const urlOf = (endpoint: Json | undefined): Json | undefined =>
    isJsonObject(endpoint) ? endpoint['url'] : undefined;
  return {
    completes({ document, current }) {
      const { connectionDetails, ...rest } = document;
      const isCopy =
        current !== undefined &&
        rest['httpEndpoint'] !== undefined &&
        current.body['connectionDetails'] === undefined &&
        urlOf(connectionDetails) === urlOf(current.body['httpEndpoint']);
      return isCopy ? rest : document;
    },
  };
}

/** Names and values that HTTP takes (RFC 9110 §5.1, §5.5), and that none of the server's own headers has. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
const MOST_HEADERS = 20;
const OWN_HEADER =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|proxy-.*|postern-.*)$/i;

function problemsOf(document: SubscriptionDocument, guard: Pick<DestinationGuard, 'problem'>): readonly FieldProblem[] {
  const { httpEndpoint, connectionDetails, payloadOptions } = document;
  const problems: FieldProblem[] = [];
  if (!httpEndpoint && !connectionDetails) problems.push({ problem: 'required', target: 'httpEndpoint' });
  for (const [member, endpoint] of Object.entries({ httpEndpoint, connectionDetails })) {
    if (!endpoint) continue;
    const message = guard.problem(endpoint.url);
    if (message !== undefined) problems.push({ problem: 'invalid', target: `${member}.url`, message });
    problems.push(...headerProblems(endpoint.headers ?? {}, `${member}.headers`));
  }
  const { type = 'EVENTS_PER_PAYLOAD', size = 1 } = payloadOptions?.maximumPayloadLimit ?? {};
  if (type === 'EVENTS_PER_PAYLOAD' && size > MOST_EVENTS) {
    const target = 'payloadOptions.maximumPayloadLimit.size';
    problems.push({ problem: 'outOfRange', target, minimum: 1, maximum: MOST_EVENTS });
  }
  return problems;
}

function headerProblems(headers: Readonly<Record<string, string>>, target: string): readonly FieldProblem[] {
  const entries = Object.entries(headers);
  if (entries.length > MOST_HEADERS)
    return [{ problem: 'invalid', target, message: `must not have more than ${MOST_HEADERS} members` }];
  return entries.flatMap(([name, value]): FieldProblem[] => {
    if (!HEADER_NAME.test(name)) return [{ problem: 'invalid', target, message: 'has a member that names no header' }];
    if (OWN_HEADER.test(name)) return [{ problem: 'invalid', target, message: `must not have the header ${name}` }];
    return HEADER_VALUE.test(value)
      ? []
      : [{ problem: 'invalid', target: `${target}.${name}`, message: 'must be printable ASCII' }];
  });
}
