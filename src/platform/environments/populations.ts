import { Reference } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { atMost, defaultOf, leavesReferrers, refersTo, unique } from '../managed/rules.js';
import type { StoredDocument } from '../model.js';
import { providerMember } from './population-provider.js';

const KIND = 'population';
/** Of one environment (`00` §4.8). */
const MOST_POPULATIONS = 10_000;

/** The writable members of a population (wire: `00` §7.2). */
const PopulationDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  default: Type.Optional(Type.Boolean()),
  passwordPolicy: Type.Optional(Type.Object({ id: Reference })),
  preferredLanguage: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  theme: Type.Optional(Type.Object({ id: Reference })),
  alternativeIdentifiers: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 100 })),
});

/** Populations of an environment (wire: `00` §7.2). */
export const populations: ManagedResource = {
  kind: KIND,
  schema: PopulationDocument,
  noun: 'POPULATION',
  directory: ({ id, document }) => (document ? {} : { population: id }),
  rules: [
    unique(KIND, 'name'),
    refersTo('passwordPolicy', 'passwordPolicy.id', 'a password policy'),
    refersTo('theme', 'theme.id', 'a theme'),
    hasATheme(),
    // Providers that register users in it register nobody once it is gone: the Terraform provider's own tests delete it before they
    // change the provider.
    leavesReferrers('identityProvider', ['registration.population.id']),
    atMost(KIND, MOST_POPULATIONS),
    oneIsDefault(),
    staysWhileInUse(),
    { completes: ({ document, current }) => ({ ...document, ...providerMember(current) }) },
  ],
};

/** A population that names no theme has from then on the one that is the default. */
function hasATheme(): Rule {
  return {
    reads: ({ document }) => (document && document['theme'] === undefined ? [{ kind: 'theme' }] : []),
    completes({ document }, others) {
      const given = document['theme'] === undefined ? defaultOf('theme', others) : undefined;
      return given ? { ...document, theme: { id: given.id } } : document;
    },
  };
}

/**
 * The environment says which population is the default: new users are in it. It moves to whoever asks for it; a `PUT` that does
 * not speak of it leaves it where it is.
 */
function oneIsDefault(): Rule {
  return {
    reads: () => [{ kind: KIND }],
    refuses: ({ document, id, environment }) =>
      document['default'] === false && id === environment.defaultPopulationId
        ? { rule: 'DefaultCannotBeCleared', target: 'default' }
        : undefined,
    completes: ({ document, id, environment }) => ({
      ...document,
      default: document['default'] ?? id === environment.defaultPopulationId,
    }),
    changes: ({ document, id, now }, others) =>
      document['default'] === true
        ? others
            .of(KIND)
            .filter((other) => other.id !== id && other.body['default'] === true)
            .map((former): StoredDocument => {
              const body = { ...former.body, default: false };
              return { ...former, body, updatedAt: Math.max(now, former.updatedAt) };
            })
        : [],
    moves: ({ document, id, environment, now }) =>
      document['default'] === true && id !== environment.defaultPopulationId
        ? { ...environment, defaultPopulationId: id, updatedAt: Math.max(now, environment.updatedAt) }
        : undefined,
  };
}

/** There must be one; the default one, and one that users are in, stays. */
function staysWhileInUse(): Rule {
  return {
    keeps({ id }, others) {
      if (others.of(KIND).length === 1) return { rule: 'LastOne' };
      if (id === others.environment.defaultPopulationId) return { rule: 'DefaultCannotBeDeleted' };
      return others.directory?.populationHasUsers ? { rule: 'NotEmpty' } : undefined;
    },
  };
}
