import { Reference } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import { Type } from '../../kernel/json-schema.js';
import { placesAt } from '../managed/places.js';
import type { Candidate, ManagedResource, Others, Rule } from '../managed/resource.js';
import { atMost, notReferredToBy, unique } from '../managed/rules.js';
import { FACTORY_RESOURCES } from './resources.js';

const KIND = 'scope';
/** Of one resource; the reference names no limit. */
const MOST_SCOPES = 500;
/** The platform's scopes that say which attributes of a user they open, and those that an environment adds under these names. */
const OF_ATTRIBUTES = /^p1:(?:read|update):user(?::.+)?$/;
const ADDED = /^p1:(?:read|update):user:.+$/;

/** The writable members of a scope (wire: `00` §9.4, members of the public Go client); the name is one of RFC 6749 §3.3. */
const ScopeDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256, pattern: '^[\\x21\\x23-\\x5B\\x5D-\\x7E]+$' }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  schemaAttributes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 500 })),
  mappedClaims: Type.Optional(Type.Array(Reference, { maxItems: 500 })),
});

/** Scopes of a resource (wire: `00` §9.4). */
export const scopes: ManagedResource = {
  kind: KIND,
  schema: ScopeDocument,
  noun: 'SCOPE',
  rules: [
    unique(KIND, 'name', 'exact', 'parent'),
    atMost(KIND, MOST_SCOPES),
    fitsItsResource(),
    predefinedOnesStay(),
    mapsAttributesOfItsResource(),
    notReferredToBy('grant', 'scopes.*.id'),
  ],
};

/** The platform's own resource takes no scope but those of users' attributes, and no other has these. */
function fitsItsResource(): Rule {
  return {
    problems({ document, current, parent }, others): readonly FieldProblem[] {
      const name = String(document['name']);
      const attributes = document['schemaAttributes'];
      const isPlatform = typeOf(parent, others) === 'PINGONE_API';
      if (isPlatform && !current && !ADDED.test(name))
        return [{ problem: 'invalid', target: 'name', message: 'must begin with p1:read:user: or p1:update:user:' }];
      if (!Array.isArray(attributes)) return [];
      if (!isPlatform || !OF_ATTRIBUTES.test(name))
        return [{ problem: 'invalid', target: 'schemaAttributes', message: 'is for scopes of users’ attributes' }];
      return attributes.includes('*') && attributes.length > 1
        ? [{ problem: 'invalid', target: 'schemaAttributes', message: 'must have nothing beside *' }]
        : [];
    },
  };
}

/** Every claim that it opens is an attribute of the resource that it stands below (SEC-43). */
function mapsAttributesOfItsResource(): Rule {
  const PATH = 'mappedClaims.*';
  return {
    reads: ({ document, parent }) =>
      document && parent !== undefined && placesAt(document, PATH).length > 0
        ? [{ kind: 'resourceAttribute', parent }]
        : [],
    problems({ document, parent }, others) {
      const known = new Set<unknown>(others.of('resourceAttribute', parent).map(({ id }) => id));
      return placesAt(document, PATH).flatMap(({ target, value }): FieldProblem[] =>
        known.has(value)
          ? []
          : [{ problem: 'invalid', target, message: 'must be the id of an attribute of the resource' }],
      );
    },
  };
}

/** Those that every environment has keep their names, and do not go. */
function predefinedOnesStay(): Rule {
  const isPredefined = ({ parent, name }: { parent: string | undefined; name: unknown }, others: Others): boolean =>
    FACTORY_RESOURCES.some(
      ({ body, scopes: names }) =>
        body['type'] === typeOf(parent, others) && names.some((predefined) => predefined === name),
    );
  return {
    reads: ({ parent }) => (parent === undefined ? [] : [{ kind: KIND, parent }]),
    problems: ({ document, current, parent }: Candidate, others) =>
      current &&
      current.body['name'] !== document['name'] &&
      isPredefined({ parent, name: current.body['name'] }, others)
        ? [{ problem: 'invalid', target: 'name', message: 'cannot be changed' }]
        : [],
    keeps: ({ body, parent }, others) =>
      isPredefined({ parent, name: body['name'] }, others) ? { rule: 'ReadOnly' } : undefined,
  };
}

/** The type of the resource that a scope stands below, which is loaded with it. */
function typeOf(parent: string | undefined, others: Others): unknown {
  return others.of('resource').find(({ id }) => id === parent)?.body['type'];
}
