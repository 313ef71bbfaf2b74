import type { Filter, FilterProblem, FilterRules } from '../kernel/filter.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import { parseTextFilter, type TextFilter } from '../kernel/text-filter.js';
import { type ErrorDetail, invalidData, type WireError } from './errors.js';

/** A filter that was read; without one, everything is asked for. */
export interface ListFilter extends Pick<TextFilter, 'accepts'> {
  readonly filter: Filter | undefined;
}

const EVERYTHING: ListFilter = { filter: undefined, accepts: () => true };

/** The filter of a list, or its refusal with what would be taken in its place (wire: `00` §3.6). */
export function readListFilter(text: string | undefined, rules: FilterRules): Outcome<ListFilter, WireError> {
  if (text === undefined) return accept(EVERYTHING);
  const parsed = parseTextFilter(text, rules);
  return parsed.ok ? parsed : reject(filterError(parsed.rejection));
}

/** `target`: where the request has the filter. */
export function filterError(problem: FilterProblem, target = 'filter'): WireError {
  const { message, supportedAttributes, supportedOperators } = problem;
  const detail: ErrorDetail = {
    code: 'INVALID_FILTER',
    target,
    message,
    innerError: {
      ...(supportedAttributes ? { supportedAttributes } : {}),
      ...(supportedOperators ? { supportedOperators } : {}),
    },
  };
  return invalidData(detail);
}
