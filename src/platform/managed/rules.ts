import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Json, JsonObject } from '../../kernel/json.js';
import type { DocumentKind, StoredDocument } from '../model.js';
import { placesAt } from './places.js';
import type { Refusal } from './rejection.js';
import type { Others, Rule } from './resource.js';
import { type Emptied, withoutReference } from './without-reference.js';

/** No two of a kind have the same text in a member, in their environment or below one parent. `caseless`: whatever its case. */
export function unique(
  kind: DocumentKind,
  member: string,
  comparison: 'exact' | 'caseless' = 'exact',
  among: 'environment' | 'parent' = 'environment',
): Rule {
  const form = (value: Json | undefined): Json | undefined =>
    typeof value === 'string' && comparison === 'caseless' ? value.toLowerCase() : value;
  return {
    reads: () => [{ kind }],
    problems({ document, id, parent }, others) {
      const wanted = form(document[member]);
      const holder = others
        .of(kind, among === 'parent' ? parent : undefined)
        .find((other) => other.id !== id && form(other.body[member]) === wanted);
      return wanted === undefined || !holder ? [] : [{ problem: 'taken', target: member, existingId: holder.id }];
    },
  };
}

/** Exactly one of a kind has `default: true`: it moves to whoever asks for it, and is never merely given up (`30` §1.5). */
export function oneDefault(kind: DocumentKind): Rule {
  const isDefault = ({ body }: StoredDocument): boolean => body['default'] === true;
  return {
    reads: () => [{ kind }],
    refuses: ({ document, current }) =>
      current && isDefault(current) && document['default'] !== true
        ? { rule: 'DefaultCannotBeCleared', target: 'default' }
        : undefined,
    changes: ({ document, id, now }, others) =>
      document['default'] === true
        ? others
            .of(kind)
            .filter((other) => other.id !== id && isDefault(other))
            .map((former) => ({
              ...former,
              body: { ...former.body, default: false },
              updatedAt: Math.max(now, former.updatedAt),
            }))
        : [],
    keeps: (stored) => (isDefault(stored) ? { rule: 'DefaultCannotBeDeleted' } : undefined),
  };
}

/**
 * Every id at `path` names a document of `kind` (SEC-43). In the path `*` stands for every entry of an array. `what` names the
 * kind to the caller: "a FIDO policy"; `serves` says which of the kind will do, `also` which words stand for something built in;
 * `unfit` is what the caller is told of one that is there and will not do, where clients look for a text of its own.
 */
export function refersTo(
  kind: DocumentKind,
  path: string,
  what: string,
  {
    serves = () => true,
    also = [],
    unfit,
  }: {
    readonly serves?: (stored: StoredDocument) => boolean;
    readonly also?: readonly string[];
    readonly unfit?: (stored: StoredDocument) => string;
  } = {},
): Rule {
  return {
    reads: ({ document }) => (document && placesAt(document, path).length > 0 ? [{ kind }] : []),
    problems({ document }, others) {
      const found = others.of(kind);
      const known = new Set<Json>([...also, ...found.filter(serves).map(({ id }) => id)]);
      return placesAt(document, path).flatMap(({ target, value }): FieldProblem[] => {
        if (known.has(value)) return [];
        const other = unfit && found.find(({ id }) => id === value);
        return other
          ? [{ problem: 'invalid', target, message: unfit(other), isHeadline: true }]
          : [{ problem: 'invalid', target, message: `must be the id of ${what} of this environment` }];
      });
    },
  };
}

/** It cannot go while a document of `kind` names it at `path`. */
export function notReferredToBy(kind: DocumentKind, path: string): Rule {
  return {
    reads: ({ document }) => (document ? [] : [{ kind }]),
    keeps({ id }, others): Refusal | undefined {
      const by = referrers(others, kind, path, id);
      return by.length > 0 ? { rule: 'StillReferenced', by: by.map((referrer) => referrer.id) } : undefined;
    },
  };
}

/** What stands below it goes with it. */
export function owns(kind: DocumentKind): Rule {
  return {
    reads: ({ id, document }) => (document ? [] : [{ kind, parent: id }]),
    takesAlong: ({ id }, others) => others.of(kind, id),
  };
}

/** What names it at `path` goes with it. */
export function takesReferrers(kind: DocumentKind, path: string): Rule {
  return {
    reads: ({ document }) => (document ? [] : [{ kind }]),
    takesAlong: ({ id }, others) => referrers(others, kind, path, id),
  };
}

/**
 * What names it at one of `paths` goes on without naming it (`withoutReference`). `among`: where those are that may name it. All
 * paths into a kind stand in one rule: of two rules that changed the same document only one change would last.
 */
export function leavesReferrers(
  kind: DocumentKind,
  paths: readonly string[],
  {
    among = 'environment',
    emptied = 'stays',
  }: { readonly among?: 'environment' | 'parent'; readonly emptied?: Emptied } = {},
): Rule {
  const above = (parent: string | undefined) => (among === 'parent' && parent !== undefined ? { parent } : {});
  return {
    reads: ({ parent, document }) => (document ? [] : [{ kind, ...above(parent) }]),
    mends: ({ id, parent }, others) =>
      others.of(kind, above(parent).parent).flatMap((referrer) => {
        const body = paths.reduce((left, path) => withoutReference(left, path, id, emptied), referrer.body);
        if (body === referrer.body) return [];
        return [{ ...referrer, body, updatedAt: Math.max(others.now, referrer.updatedAt) }];
      }),
  };
}

/** Documents of a kind that name this id at `path`. */
function referrers(others: Others, kind: DocumentKind, path: string, id: Uuid): readonly StoredDocument[] {
  return others.of(kind).filter(({ body }) => placesAt(body, path).some(({ value }) => value === id));
}

/** An environment has at most so many, or so many below one parent. */
export function atMost(kind: DocumentKind, maximum: number): Rule {
  return {
    reads: ({ parent }) => [{ kind, ...(parent === undefined ? {} : { parent }) }],
    refuses: ({ current, parent }, others) =>
      !current && others.of(kind, parent).length >= maximum ? { rule: 'TooMany', maximum } : undefined,
  };
}

/** A member stays what it was at creation. */
export function immutable(member: string): Rule {
  return {
    problems: ({ document, current }) =>
      current && JSON.stringify(current.body[member]) !== JSON.stringify(document[member])
        ? [{ problem: 'invalid', target: member, message: 'cannot be changed' }]
        : [],
  };
}

/** A check of the document alone, beyond what a schema can say. */
export function checked(check: (document: JsonObject) => readonly FieldProblem[]): Rule {
  return { check };
}

/** The one with `default: true`, of a kind that always has one. */
export function defaultOf(kind: DocumentKind, others: Others): StoredDocument | undefined {
  return others.of(kind).find(({ body }) => body['default'] === true);
}
