import { accept, type Outcome, reject, unreachable } from '../kernel/outcome.js';
import { type ErrorDetail, invalidData, type WireError } from './errors.js';
import { type Filter, type FilterProblem, type FilterRules, type FilterValue, matches, parseFilter } from './filter.js';

/** A filter that was read: what it says, and whether something, by its attributes, is asked for. Text is compared without case. */
export interface ListFilter {
  readonly filter: Filter | undefined;
  readonly accepts: (attributeOf: (attribute: string) => string | undefined) => boolean;
}

const EVERYTHING: ListFilter = { filter: undefined, accepts: () => true };

/** The filter of a list, or its refusal with what would be taken in its place (wire: `00` §3.6). */
export function readListFilter(text: string | undefined, rules: FilterRules): Outcome<ListFilter, WireError> {
  if (text === undefined) return accept(EVERYTHING);
  const parsed = parseFilter(text, rules);
  if (!parsed.ok) return reject(filterError(parsed.rejection));
  const filter = caseless(parsed.value);
  return accept({ filter, accepts: (attributeOf) => matches(filter, (name) => attributeOf(name)?.toLowerCase()) });
}

export function filterError({ message, supportedAttributes, supportedOperators }: FilterProblem): WireError {
  const detail: ErrorDetail = {
    code: 'INVALID_FILTER',
    target: 'filter',
    message,
    innerError: {
      ...(supportedAttributes ? { supportedAttributes } : {}),
      ...(supportedOperators ? { supportedOperators } : {}),
    },
  };
  return invalidData(detail);
}

const lowered = (value: FilterValue): FilterValue => (typeof value === 'string' ? value.toLowerCase() : value);

function caseless(filter: Filter): Filter {
  switch (filter.kind) {
    case 'compare':
      return { ...filter, value: lowered(filter.value) };
    case 'in':
      return { ...filter, values: filter.values.map(lowered) };
    case 'and':
    case 'or':
      return { ...filter, operands: filter.operands.map(caseless) };
    case 'not':
      return { ...filter, operand: caseless(filter.operand) };
    default:
      return unreachable(filter);
  }
}

/** The text that an attribute must equal for anything to match, if the filter says so outright. */
export function requiredValue(filter: Filter, attribute: string): string | undefined {
  if (filter.kind === 'compare')
    return filter.attribute === attribute && filter.operator === 'eq' ? String(filter.value) : undefined;
  if (filter.kind !== 'and') return undefined;
  return filter.operands.map((operand) => requiredValue(operand, attribute)).find((value) => value !== undefined);
}
