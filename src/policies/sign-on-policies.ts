import { oneOf, Reference } from '../kernel/document-schema.js';
import type { JsonObject } from '../kernel/json.js';
import { Type } from '../kernel/json-schema.js';
import { GATEWAYS_OF_ACTIONS } from '../platform/gateways.js';
import { PROVIDERS_OF_ACTIONS } from '../platform/identity-providers/identity-providers.js';
import type { ManagedResource, Rule } from '../platform/managed/resource.js';
import { atMost, immutable, oneDefault, owns, refersTo, takesReferrers, unique } from '../platform/managed/rules.js';

const POLICY = 'signOnPolicy';
const ACTION = 'signOnPolicyAction';
const MOST_POLICIES = 100;
const MOST_ACTIONS = 21;

const Priority = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });
const named = Type.Optional(Type.Object({ id: Reference }));
/** Kept and shown as it was sent. */
const kept = (...members: readonly string[]) =>
  Object.fromEntries(members.map((member) => [member, Type.Optional(Type.Unknown())]));

/** A name of the reference's form, or an absolute URI; it becomes the `acr` value (wire: `40` §2.1). */
const NAME = '^(?:[a-zA-Z0-9_. -]+|[a-zA-Z][a-zA-Z0-9+.-]*:[^\\s]+)$';

/** Sign-on policies of an environment (wire: `40` §2.1). */
export const signOnPolicies: ManagedResource = {
  kind: POLICY,
  schema: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256, pattern: NAME }),
    description: Type.Optional(Type.String({ maxLength: 1_024 })),
    default: Type.Optional(Type.Boolean()),
  }),
  noun: 'POLICY',
  rules: [
    unique(POLICY, 'name'),
    oneDefault(POLICY),
    atMost(POLICY, MOST_POLICIES),
    takesReferrers('signOnPolicyAssignment', 'signOnPolicy.id'),
    owns(ACTION),
    { completes: ({ document }) => ({ ...document, default: document['default'] ?? false }) },
  ],
};

const ACTION_TYPES = [
  'LOGIN',
  'MULTI_FACTOR_AUTHENTICATION',
  'IDENTIFIER_FIRST',
  'IDENTITY_PROVIDER',
  'PROGRESSIVE_PROFILING',
  'PROGRESSIVE_PROFILING_FORM',
  'AGREEMENT',
  'PINGID_AUTHENTICATION',
  'PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION',
] as const;

/** What a sign-on policy does, step by step (wire: `40` §2.2). What belongs to other steps than MFA is kept and shown. */
export const signOnPolicyActions: ManagedResource = {
  kind: ACTION,
  schema: Type.Object({
    type: oneOf(...ACTION_TYPES),
    priority: Priority,
    deviceAuthenticationPolicy: named,
    noDevicesMode: Type.Optional(oneOf('BLOCK', 'BYPASS')),
    ...kept('condition'),
    // Of MFA, replaced by its policy.
    ...kept('sms', 'email', 'voice', 'authenticator', 'boundBiometrics', 'securityKey', 'applications'),
    // Of the other types.
    ...kept('registration', 'recovery', 'socialProviders', 'enforceLockoutForIdentityProviders'),
    ...kept('confirmIdentityProviderAttributes', 'discoveryRules', 'identityProvider', 'acrValues', 'passUserContext'),
    ...kept('agreement', 'disableDeclineOption', 'attributes', 'promptText', 'promptIntervalSeconds'),
    ...kept('preventMultiplePromptsPerFlow', 'form', 'uniqueUserAttribute', 'offlineMode'),
  }),
  noun: 'ACTION',
  rules: [
    immutable('type'),
    atMost(ACTION, MOST_ACTIONS),
    refersTo('deviceAuthenticationPolicy', 'deviceAuthenticationPolicy.id', 'an MFA policy'),
    refersTo('gateway', GATEWAYS_OF_ACTIONS, 'a gateway'),
    ...PROVIDERS_OF_ACTIONS.map((path) => refersTo('identityProvider', path, 'an identity provider')),
    staysWhileLast(),
  ],
};

function staysWhileLast(): Rule {
  return {
    reads: ({ parent, document }) => (document || parent === undefined ? [] : [{ kind: ACTION, parent }]),
    keeps: ({ parent }, others) => (others.of(ACTION, parent).length === 1 ? { rule: 'LastOne' } : undefined),
  };
}

/** Which policies an application signs on by (wire: `40` §2.4). */
export const signOnPolicyAssignments: ManagedResource = {
  kind: 'signOnPolicyAssignment',
  schema: Type.Object({ signOnPolicy: Type.Object({ id: Reference }), priority: Priority }),
  noun: 'SIGN_ON_POLICY_ASSIGNMENT',
  rules: [refersTo(POLICY, 'signOnPolicy.id', 'a sign-on policy')],
};

/** What a new environment has (wire: `40` §2.1), each with its actions. */
export const FACTORY_SIGN_ON_POLICIES: readonly {
  readonly body: JsonObject;
  readonly actions: readonly JsonObject[];
}[] = [
  { body: { name: 'Single_Factor', default: true }, actions: [{ type: 'LOGIN', priority: 1 }] },
  {
    body: { name: 'Multi_Factor', default: false },
    actions: [
      { type: 'LOGIN', priority: 1 },
      { type: 'MULTI_FACTOR_AUTHENTICATION', priority: 2, noDevicesMode: 'BLOCK' },
    ],
  },
];
