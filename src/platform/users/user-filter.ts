import type { Filter, FilterOperator, FilterProblem, FilterRules } from '../../kernel/filter.js';
import { parseUuid, type Uuid } from '../../kernel/ids.js';
import { isJsonObject, type Json } from '../../kernel/json.js';
import { accept, type Outcome } from '../../kernel/outcome.js';
import { parseTextFilter } from '../../kernel/text-filter.js';
import type { UserKeys } from '../../storage/directory-port.js';
import type { GroupId } from '../groups/group.js';
import type { UserState } from '../rules.js';
import { isCustomAttribute } from './attributes.js';
import type { UserSearch } from './user-search.js';

const TEXT: readonly FilterOperator[] = ['eq', 'sw', 'ew', 'co', 'in'];
const EXACT: readonly FilterOperator[] = ['eq', 'in'];
const GROUP = 'memberOfGroups[id]';

const TEXTS = [
  'accountId',
  'address.streetAddress',
  'address.locality',
  'address.region',
  'address.postalCode',
  'address.countryCode',
  'email',
  'externalId',
  'locale',
  'mobilePhone',
  'name.formatted',
  'name.given',
  'name.middle',
  'name.family',
  'name.honorificPrefix',
  'name.honorificSuffix',
  'nickname',
  'photo.href',
  'preferredLanguage',
  'primaryPhone',
  'timezone',
  'title',
  'type',
  'username',
];

/** What a user has without looking at anything else (wire: `00` §8.4). */
const OWN: FilterRules = {
  attributes: {
    ...Object.fromEntries(TEXTS.map((name) => [name, TEXT])),
    id: EXACT,
    enabled: ['eq'],
    'population.id': EXACT,
  },
  others: { isOne: isCustomAttribute, operators: TEXT },
  combinators: ['and', 'or', 'not'],
};
/** Wire: `00` §8.4. */
const RULES: FilterRules = { ...OWN, attributes: { ...OWN.attributes, [GROUP]: EXACT } };

/** Who a filter asks for, or what would be taken in its place (wire: `00` §8.4). */
export function parseUserFilter(text: string): Outcome<UserSearch, FilterProblem> {
  const parsed = parseTextFilter(text, RULES);
  if (!parsed.ok) return parsed;
  const { filter, accepts } = parsed.value;
  const keys = keysOf(filter);
  const within = scopeOf(filter);
  // The scope says it all: whoever is in it is one of them.
  if (within && filter.kind === 'compare') return accept({ within });
  return accept({
    ...(keys ? { keys } : {}),
    ...(within && !keys ? { within } : {}),
    groups: groupsIn(filter),
    accepts: (state, groups) => accepts((attribute) => attributeOf(state, groups, attribute)),
  });
}

/**
 * Whom the filter of a group asks for, or what would be taken in its place. It takes what a list of users takes but their groups: who is
 * in a group would hang on who is in another, or in the same (wire: `00` §8.8).
 */
export function parseGroupFilter(text: string): Outcome<(state: UserState) => boolean, FilterProblem> {
  const parsed = parseTextFilter(text, OWN);
  if (!parsed.ok) return parsed;
  const { accepts } = parsed.value;
  return accept((state) => accepts((attribute) => attributeOf(state, [], attribute)));
}

function attributeOf(
  { user }: UserState,
  groups: readonly GroupId[],
  attribute: string,
): string | readonly string[] | undefined {
  switch (attribute) {
    case 'username':
      return user.username;
    case 'id':
      return user.id;
    case 'enabled':
      return String(user.enabled);
    case 'population.id':
      return user.populationId;
    case GROUP:
      return groups;
    default:
      return textsOf(attribute.split('.').reduce<Json | undefined>(memberOf, user.profile));
  }
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A list stands for each of its members; an object is compared with nothing. */
function textsOf(value: Json | undefined): string | readonly string[] | undefined {
  if (Array.isArray(value)) return value.flatMap((item: Json) => textsOf(item) ?? []);
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** Values are folded texts by now. */
const valuesOf = (filter: Filter & { readonly kind: 'compare' | 'in' }): readonly string[] =>
  (filter.kind === 'in' ? filter.values : [filter.value]).map(String);

const NOBODY: UserKeys = { ids: [], usernames: [], emails: [] };

/** Keys of which everyone who matches has one; `undefined`: the filter names none. */
function keysOf(filter: Filter): UserKeys | undefined {
  switch (filter.kind) {
    case 'compare':
    case 'in': {
      if (filter.kind === 'compare' && filter.operator !== 'eq') return undefined;
      const values = valuesOf(filter);
      if (filter.attribute === 'username') return { ...NOBODY, usernames: values };
      if (filter.attribute === 'email') return { ...NOBODY, emails: values };
      if (filter.attribute === 'id') return { ...NOBODY, ids: values.flatMap((value) => parseUuid(value) ?? []) };
      // An id that is none is nobody's.
      return isReference(filter.attribute) && values.every((value) => !parseUuid(value)) ? NOBODY : undefined;
    }
    case 'and':
      return filter.operands.map(keysOf).find((keys) => keys !== undefined);
    case 'or': {
      const keys = filter.operands.map(keysOf);
      return keys.every((some) => some !== undefined) ? keys.reduce(both, NOBODY) : undefined;
    }
    case 'not':
      return undefined;
  }
}

const isReference = (attribute: string): boolean => attribute === GROUP || attribute === 'population.id';

const both = (a: UserKeys, b: UserKeys): UserKeys => ({
  ids: [...a.ids, ...b.ids],
  usernames: [...a.usernames, ...b.usernames],
  emails: [...a.emails, ...b.emails],
});

/** The population or the group that everyone who matches is in, if the filter says so outright. */
function scopeOf(filter: Filter): UserSearch['within'] | undefined {
  if (filter.kind === 'and') return filter.operands.map(scopeOf).find((scope) => scope !== undefined);
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || !isReference(filter.attribute)) return undefined;
  const id = parseUuid(String(filter.value));
  return id && { kind: filter.attribute === GROUP ? 'group' : 'population', id };
}

function groupsIn(filter: Filter): readonly Uuid[] {
  switch (filter.kind) {
    case 'compare':
    case 'in':
      return filter.attribute === GROUP ? valuesOf(filter).flatMap((value) => parseUuid(value) ?? []) : [];
    case 'and':
    case 'or':
      return [...new Set(filter.operands.flatMap(groupsIn))];
    case 'not':
      return groupsIn(filter.operand);
  }
}
