import { Reference } from '../../kernel/document-schema.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { placesAt } from '../managed/places.js';
import type { ManagedResource, Rule } from '../managed/resource.js';
import { refersTo } from '../managed/rules.js';

const KIND = 'grant';

/** Which scopes of which resource an application may have (wire: `00` §9.1). */
export const grants: ManagedResource = {
  kind: KIND,
  schema: Type.Object({
    resource: Type.Object({ id: Reference }),
    scopes: Type.Array(Type.Object({ id: Reference }), { minItems: 1, maxItems: 500 }),
  }),
  noun: 'GRANT',
  rules: [refersTo('resource', 'resource.id', 'a resource'), scopesOfTheResource(), oneForEachResource()],
};

/** Every scope is one of the resource that the grant names (SEC-43). */
function scopesOfTheResource(): Rule {
  return {
    reads: ({ document }) => (document ? [{ kind: 'scope', parent: resourceOf(document) }] : []),
    problems({ document }, others) {
      const known = new Set<unknown>(others.of('scope', resourceOf(document)).map(({ id }) => id));
      return placesAt(document, 'scopes.*.id').flatMap(({ target, value }): FieldProblem[] =>
        known.has(value) ? [] : [{ problem: 'invalid', target, message: 'must be the id of a scope of the resource' }],
      );
    },
  };
}

/** All that an application may have of a resource stands in one grant. */
function oneForEachResource(): Rule {
  return {
    reads: ({ parent }) => [{ kind: KIND, ...(parent === undefined ? {} : { parent }) }],
    problems({ id, parent, document }, others) {
      const holder = others
        .of(KIND, parent)
        .find((other) => other.id !== id && resourceOf(other.body) === resourceOf(document));
      return holder ? [{ problem: 'taken', target: 'resource.id', existingId: holder.id }] : [];
    },
  };
}

/** The id of the resource that a grant names. */
const resourceOf = (document: JsonObject): string => String(placesAt(document, 'resource.id')[0]?.value);
