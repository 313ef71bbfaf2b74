import { caseless } from './caseless.js';
import {
  type Attribute,
  type Filter,
  type FilterProblem,
  type FilterRules,
  type FilterValue,
  matches,
  parseFilter,
} from './filter.js';
import { accept, type Outcome, unreachable } from './outcome.js';

/**
 * A filter that was read: what it says, and whether something, by its attributes, is asked for. Everything is compared as text, and
 * text without case.
 */
export interface TextFilter {
  /** Its values are folded texts. */
  readonly filter: Filter;
  readonly accepts: (attributeOf: (attribute: string) => string | readonly string[] | undefined) => boolean;
}

/** Reads an expression whose values are compared as texts without case, or says what would be taken in its place (wire: `00` §3.6). */
export function parseTextFilter(text: string, rules: FilterRules): Outcome<TextFilter, FilterProblem> {
  const parsed = parseFilter(text, rules);
  if (!parsed.ok) return parsed;
  const filter = folded(parsed.value);
  return accept({ filter, accepts: (attributeOf) => matches(filter, (name) => foldedAttribute(attributeOf(name))) });
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
