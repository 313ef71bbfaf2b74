import { oneOf, Reference } from '../kernel/document-schema.js';
import type { FieldProblem } from '../kernel/field-problem.js';
import type { Uuid } from '../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { Type } from '../kernel/json-schema.js';
import { namedId } from '../kernel/keys.js';
import type { ManagedResource } from './managed/resource.js';
import { atMost, checked, immutable, leavesReferrers, refersTo, unique } from './managed/rules.js';

const KIND = 'gateway';
/** Of one environment; no client names a limit. */
const MOST = 100;

/** Where applications and actions of sign-on policies name gateways. */
export const GATEWAYS_OF_APPLICATIONS = 'kerberos.gateways.*.id';
export const GATEWAYS_OF_ACTIONS = 'newUserProvisioning.gateways.*.id';

const text = (maxLength = 256) => Type.String({ minLength: 1, maxLength });
const flag = () => Type.Optional(Type.Boolean());

/** Users of a directory that a gateway serves, and how they become users here. */
const UserType = Type.Object({
  id: Type.Optional(Reference),
  name: text(),
  passwordAuthority: oneOf('PING_ONE', 'LDAP'),
  searchBaseDn: text(1_024),
  orderedCorrelationAttributes: Type.Array(text(), { minItems: 1, maxItems: 50 }),
  allowPasswordChanges: flag(),
  updateUserOnSuccessfulAuthentication: flag(),
  newUserLookup: Type.Optional(
    Type.Object({
      ldapFilterPattern: text(1_024),
      population: Type.Object({ id: Reference }),
      attributeMappings: Type.Array(Type.Object({ name: text(), value: text(1_024) }), { minItems: 1, maxItems: 100 }),
    }),
  ),
});

const common = {
  name: text(),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  enabled: Type.Boolean(),
};

/** Members of the two types that have some. */
const ldap = {
  bindDN: Type.Optional(text(1_024)),
  bindPassword: Type.Optional(text(1_024)),
  connectionSecurity: Type.Optional(oneOf('None', 'TLS', 'StartTLS')),
  followReferrals: flag(),
  kerberos: Type.Optional(
    Type.Object({
      serviceAccountUserPrincipalName: text(),
      serviceAccountPassword: Type.Optional(text(1_024)),
      minutesToRetainPreviousCredentials: Type.Optional(Type.Integer({ minimum: 0, maximum: 525_600 })),
    }),
  ),
  serversHostAndPort: Type.Optional(Type.Array(text(), { minItems: 1, maxItems: 50 })),
  userTypes: Type.Optional(Type.Array(UserType, { maxItems: 50 })),
  validateTlsCertificates: flag(),
  vendor: Type.Optional(
    oneOf(
      'PingDirectory',
      'Microsoft Active Directory',
      'Oracle Directory Server Enterprise Edition',
      'Oracle Unified Directory',
      'CA Directory',
      'OpenDJ Directory Server',
      'IBM (Tivoli) Security Directory Server',
      'LDAPv3-compliant Directory Server',
    ),
  ),
};
const radius = {
  davinci: Type.Optional(Type.Object({ policy: Type.Object({ id: text() }) })),
  defaultSharedSecret: Type.Optional(text(1_024)),
  networkPolicyServer: Type.Optional(
    Type.Object({ ip: text(64), port: Type.Integer({ minimum: 1, maximum: 65_535 }) }),
  ),
  radiusClients: Type.Optional(
    Type.Array(
      Type.Object({
        ip: text(64),
        sharedSecret: Type.Optional(text(1_024)),
        blastRadiusMitigation: Type.Optional(Type.Object({ requireMsgAuth: flag(), limitProxyState: flag() })),
      }),
      { minItems: 1, maxItems: 100 },
    ),
  ),
};

const TYPES = ['LDAP', 'PING_FEDERATE', 'PING_INTELLIGENCE', 'API_GATEWAY_INTEGRATION', 'RADIUS'] as const;

/** What each type has of its own, what of it there must be, and what is said where nothing is (public SDK: `CreateGatewayRequest`). */
const OF_TYPE: Readonly<
  Record<string, { readonly may: readonly string[]; readonly needs: readonly string[]; readonly usual: JsonObject }>
> = {
  LDAP: {
    may: Object.keys(ldap),
    needs: ['bindDN', 'bindPassword', 'serversHostAndPort', 'vendor'],
    usual: { connectionSecurity: 'None', followReferrals: false, validateTlsCertificates: true },
  },
  RADIUS: { may: Object.keys(radius), needs: ['davinci', 'radiusClients'], usual: {} },
};
const PLAIN = { may: [], needs: [], usual: {} };

/** Secrets that nobody is shown, and those that the public clients compare with what they sent (SEC-66). */
const HIDDEN = ['bindPassword', 'kerberos.serviceAccountPassword'] as const;
const SHOWN_SECRETS = ['defaultSharedSecret', 'radiusClients.*.sharedSecret'] as const;

/** Directories and servers elsewhere that users are known to (public SDK: `GatewaysApi`). Documents: nothing connects by them. */
export const gateways: ManagedResource = {
  kind: KIND,
  schema: Type.Object({ ...common, type: oneOf(...TYPES), ...ldap, ...radius }),
  noun: 'GATEWAY',
  writeOnly: HIDDEN,
  sealed: SHOWN_SECRETS,
  rules: [
    checked(problemsOf),
    immutable('type'),
    unique(KIND, 'name'),
    atMost(KIND, MOST),
    refersTo('population', 'userTypes.*.newUserLookup.population.id', 'a population'),
    // The public Terraform provider deletes one before it changes what names it.
    leavesReferrers('application', [GATEWAYS_OF_APPLICATIONS]),
    leavesReferrers('signOnPolicyAction', [GATEWAYS_OF_ACTIONS]),
    { completes: ({ document, id }) => completed(document, id) },
  ],
};

const ofType = ({ type }: JsonObject) => OF_TYPE[String(type)] ?? PLAIN;
const itemsOf = (list: Json | undefined): readonly JsonObject[] =>
  Array.isArray(list) ? list.filter(isJsonObject) : [];

/** What a schema cannot say of a gateway by itself. */
function problemsOf(document: JsonObject): readonly FieldProblem[] {
  const { type, defaultSharedSecret, radiusClients, userTypes } = document;
  const names = itemsOf(userTypes).map(({ name }) => name);
  return [
    ...ofType(document)
      .needs.filter((member) => document[member] === undefined)
      .map((target) => ({ problem: 'required', target }) as const),
    ...itemsOf(type === 'RADIUS' && defaultSharedSecret === undefined ? radiusClients : []).flatMap(
      ({ sharedSecret }, at): FieldProblem[] =>
        sharedSecret === undefined
          ? [
              {
                problem: 'invalid',
                target: `radiusClients[${at}].sharedSecret`,
                message: 'must be there where there is no default shared secret',
              },
            ]
          : [],
    ),
    ...names.flatMap((name, at): FieldProblem[] =>
      type === 'LDAP' && names.indexOf(name) < at ? [{ problem: 'taken', target: `userTypes[${at}].name` }] : [],
    ),
  ];
}

/** Without what belongs to other types, with what is said where nothing is, and an id for each type of users, by its name. */
function completed(document: JsonObject, id: Uuid): JsonObject {
  const { may, usual } = ofType(document);
  const own = new Set<string>([...Object.keys(common), 'type', ...may]);
  const kept = Object.fromEntries(Object.entries(document).filter(([name]) => own.has(name)));
  if (kept['userTypes'] === undefined) return { ...usual, ...kept };
  const userTypes = itemsOf(kept['userTypes']).map((userType) => ({
    ...userType,
    id: namedId(id, `userType/${String(userType['name'])}`),
  }));
  return { ...usual, ...kept, userTypes };
}
