import { oneOf } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { namedId } from '../../kernel/keys.js';
import { DEFAULT_PROVIDER } from '../environments/population-provider.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import {
  atMost,
  checked,
  immutable,
  leavesReferrers,
  notReferredToBy,
  owns,
  refersTo,
  unique,
} from '../managed/rules.js';
import type { StoredDocument } from '../model.js';
import {
  IdentityProviderDocument,
  isProviderType,
  missingMembers,
  ownMembers,
  PROVIDER_SECRETS,
  PROVIDER_TYPES,
} from './identity-provider.js';

const PROVIDER = 'identityProvider';
const ATTRIBUTE = 'identityProviderAttribute';
/** Of one environment, and attributes of one provider; no client names a limit. */
const MOST_PROVIDERS = 100;
const MOST_ATTRIBUTES = 100;

/** Where actions of sign-on policies name a provider. */
export const PROVIDERS_OF_ACTIONS = [
  'socialProviders.*.id',
  'identityProvider.id',
  'discoveryRules.*.identityProvider.id',
] as const;

/** Providers by which users may sign on elsewhere (public SDK: `IdentityProvidersApi`). Documents: nobody signs on by them yet. */
export const identityProviders: ManagedResource = {
  kind: PROVIDER,
  schema: IdentityProviderDocument,
  noun: 'IDENTITY_PROVIDER',
  sealed: PROVIDER_SECRETS,
  rules: [
    checked((document) => missingMembers(document).map((target) => ({ problem: 'required', target }))),
    immutable('type'),
    unique(PROVIDER, 'name'),
    refersTo('population', 'registration.population.id', 'a population'),
    atMost(PROVIDER, MOST_PROVIDERS),
    // An action that does nothing else would have nothing left to do.
    notReferredToBy('signOnPolicyAction', 'identityProvider.id'),
    // Those that offer it beside others offer it no longer: the public Terraform provider deletes it before it changes them.
    leavesReferrers('signOnPolicyAction', ['socialProviders.*.id', 'discoveryRules.*.identityProvider.id']),
    leavesReferrers('population', [`${DEFAULT_PROVIDER}.id`]),
    owns(ATTRIBUTE),
    begetsItsCoreAttribute(),
    { completes: ({ document }) => ownMembers(document) },
  ],
};

/** Every provider says where the name of a user comes from. */
function begetsItsCoreAttribute(): Rule {
  return {
    changes({ document: { type }, id, environment, current, now }): readonly StoredDocument[] {
      if (current || !isProviderType(type)) return [];
      const body = { name: CORE, value: PROVIDER_TYPES[type], update: 'EMPTY_ONLY', mappingType: 'CORE' };
      return [
        {
          environmentId: environment.id,
          kind: ATTRIBUTE,
          id: namedId(id, CORE),
          parent: id,
          body,
          createdAt: now,
          updatedAt: now,
        },
      ];
    },
  };
}

/** The attribute that each provider has from the beginning. */
const CORE = 'username';
/** What no provider says of a user (public SDK: `IdentityProviderAttribute`). */
const RESERVED: readonly unknown[] = ['account', 'id', 'created', 'updated', 'lifecycle', 'mfaEnabled', 'enabled'];

/** What a provider says of a user, and which attribute it becomes (public SDK: `IdentityProviderAttributesApi`). */
export const identityProviderAttributes: ManagedResource = {
  kind: ATTRIBUTE,
  schema: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    value: Type.String({ minLength: 1, maxLength: 1_024 }),
    update: oneOf('EMPTY_ONLY', 'ALWAYS'),
  }),
  noun: 'IDENTITY_PROVIDER_ATTRIBUTE',
  rules: [
    checked(({ name }) =>
      RESERVED.includes(name) ? [{ problem: 'invalid', target: 'name', message: 'cannot be set by a provider' }] : [],
    ),
    unique(ATTRIBUTE, 'name', 'exact', 'parent'),
    atMost(ATTRIBUTE, MOST_ATTRIBUTES),
    coreOnesStay(),
    { completes: ({ document, current }) => ({ ...document, mappingType: current?.body['mappingType'] ?? 'CUSTOM' }) },
  ],
};

/** Of one that was there from the beginning only the value changes. */
function coreOnesStay(): Rule {
  const isCore = ({ body }: Pick<StoredDocument, 'body'>): boolean => body['mappingType'] === 'CORE';
  return {
    problems: ({ document, current }) =>
      (['name', 'update'] as const).flatMap((target) =>
        current && isCore(current) && current.body[target] !== document[target]
          ? [{ problem: 'invalid', target, message: 'cannot be changed' } as const]
          : [],
      ),
    keeps: (stored) => (isCore(stored) ? { rule: 'ReadOnly' } : undefined),
  };
}
