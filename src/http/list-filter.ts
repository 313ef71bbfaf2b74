import { caseless } from '../kernel/caseless.js';
import { accept, type Outcome, reject, unreachable } from '../kernel/outcome.js';
import { type ErrorDetail, invalidData, type WireError } from './errors.js';
import {
  type Attribute,
  type Filter,
  type FilterProblem,
  type FilterRules,
  type FilterValue,
  matches,
  parseFilter,
} from './filter.js';

/**
 * A filter that was read: what it says, and whether something, by its attributes, is asked for. Everything is compared as text, and
 * text without case.
 */
export interface ListFilter {
  readonly filter: Filter | undefined;
  readonly accepts: (attributeOf: (attribute: string) => string | readonly string[] | undefined) => boolean;
}

const EVERYTHING: ListFilter = { filter: undefined, accepts: () => true };

/** The filter of a list, or its refusal with what would be taken in its place (wire: `00` §3.6). */
export function readListFilter(text: string | undefined, rules: FilterRules): Outcome<ListFilter, WireError> {
  if (text === undefined) return accept(EVERYTHING);
  const parsed = parseFilter(text, rules);
  if (!parsed.ok) return reject(filterError(parsed.rejection));
  const filter = folded(parsed.value);
  return accept({ filter, accepts: (attributeOf) => matches(filter, (name) => foldedAttribute(attributeOf(name))) });
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

function foldedAttribute(value: string | readonly string[] | undefined): Attribute {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? caseless(value) : value.map(caseless);
}

const foldedValue = (value: FilterValue): string => caseless(String(value));

function folded(filter: Filter): Filter {
  switch (filter.kind) {
    case 'compare':
      return { ...filter, value: foldedValue(filter.value) };
    case 'in':
      return { ...filter, values: filter.values.map(foldedValue) };
    case 'and':
    case 'or':
      return { ...filter, operands: filter.operands.map(folded) };
    case 'not':
      return { ...filter, operand: folded(filter.operand) };
    default:
      return unreachable(filter);
  }
}
