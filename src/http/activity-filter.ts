import { type Instant, parseTimestamp } from '../kernel/clock.js';
import { type Filter, type FilterRules, parseFilter } from '../kernel/filter.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { ActivityFilter } from '../platform/activities.js';
import type { WireError } from './errors.js';
import { filterError } from './list-filter.js';

const RANGE = ['gt', 'ge', 'lt', 'le'] as const;

/** Wire: `00` §11.2; the two spellings of the first three are those of documentation and samples. */
const RULES: FilterRules = {
  attributes: {
    recordedat: RANGE,
    recordedAt: RANGE,
    createdat: RANGE,
    createdAt: RANGE,
    correlationid: ['eq'],
    correlationId: ['eq'],
    'action.type': ['eq', 'in'],
    'actors.user.id': ['eq'],
    'actors.user.name': ['eq'],
    'actors.client.id': ['eq'],
    'resources.id': ['eq'],
    'resources.type': ['eq'],
    'resources.population.id': ['eq'],
  },
  combinators: ['and'],
};

/** What each attribute that is held against a text is called inside. */
const TEXTS = {
  correlationid: 'correlationId',
  'actors.user.id': 'userId',
  'actors.user.name': 'username',
  'actors.client.id': 'clientId',
  'resources.id': 'resourceId',
  'resources.type': 'resourceType',
  'resources.population.id': 'populationId',
} as const satisfies Record<string, keyof ActivityFilter>;

type Draft = { -readonly [K in keyof ActivityFilter]: ActivityFilter[K] };

/** The filter of activities, or its refusal: a range of time is mandatory, one bound of it is enough (wire: `00` §11.2). */
export function readActivityFilter(text: string | undefined): Outcome<ActivityFilter, WireError> {
  const missing = reject(
    filterError({ message: 'must give a range of recordedat', supportedAttributes: ['recordedat', 'createdat'] }),
  );
  if (text === undefined) return missing;
  const parsed = parseFilter(text, RULES);
  if (!parsed.ok) return reject(filterError(parsed.rejection));
  const draft: Draft = { from: 0, to: Number.MAX_SAFE_INTEGER };
  let hasRange = false;
  for (const term of termsOf(parsed.value)) {
    const attribute = 'attribute' in term ? term.attribute.toLowerCase() : '';
    if (term.kind === 'in') draft.types = meet(draft.types, term.values.map(String));
    else if (term.kind !== 'compare') return reject(filterError({ message: 'is not a valid filter' }));
    else if (attribute === 'recordedat' || attribute === 'createdat') {
      const at = parseTimestamp(String(term.value));
      if (at === undefined) return reject(filterError({ message: `${term.attribute} must be a date-time` }));
      narrow(draft, attribute, term.operator, at);
      hasRange = true;
    } else if (attribute === 'action.type') draft.types = meet(draft.types, [String(term.value)]);
    else if (isText(attribute)) {
      const name = TEXTS[attribute];
      const value = String(term.value);
      // Two values for one attribute are nobody's.
      draft[name] = draft[name] === undefined || draft[name] === value ? value : '';
    }
  }
  return hasRange ? accept(draft) : missing;
}

const isText = (attribute: string): attribute is keyof typeof TEXTS => Object.hasOwn(TEXTS, attribute);

function termsOf(filter: Filter): readonly Filter[] {
  return filter.kind === 'and' ? filter.operands.flatMap(termsOf) : [filter];
}

const meet = (a: readonly string[] | undefined, b: readonly string[]): readonly string[] =>
  a ? a.filter((type) => b.includes(type)) : b;

/** Instants are whole milliseconds. What was sealed by a time was recorded by then. */
function narrow(draft: Draft, attribute: 'recordedat' | 'createdat', operator: string, at: Instant): void {
  const lower = operator === 'gt' ? at + 1 : operator === 'ge' ? at : undefined;
  const upper = operator === 'lt' ? at - 1 : operator === 'le' ? at : undefined;
  if (upper !== undefined) draft.to = Math.min(draft.to, upper);
  if (attribute === 'recordedat') {
    if (lower !== undefined) draft.from = Math.max(draft.from, lower);
    return;
  }
  if (lower !== undefined) draft.sealedFrom = Math.max(draft.sealedFrom ?? lower, lower);
  if (upper !== undefined) draft.sealedTo = Math.min(draft.sealedTo ?? upper, upper);
}
