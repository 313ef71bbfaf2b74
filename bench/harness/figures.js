import { median, spread } from './statistics.js';

/** Of a member such as `request.p99`. */
export const memberOf = (result, path) => path.split('.').reduce((value, key) => value?.[key], result);

/** A case with a failure is not a figure: it did other work than the rest. Nor is one that completed nothing. */
export const isFigure = (results) =>
  results?.length > 0 && results.every(({ failed, completed }) => !failed && completed > 0);

export const medianOf = (results, path) => median(results.map((result) => memberOf(result, path)));

/**
 * How many times the one is the other, round by round: what a slow round does to one it does to both. `undefined` when one of
 * them is missing or failed.
 */
export function ratioOf(results, one, other, path = 'rate') {
  if (!isFigure(results[one]) || !isFigure(results[other])) return undefined;
  const pairs = results[one].map((result, round) => memberOf(result, path) / memberOf(results[other][round], path));
  return spread(pairs);
}

/**
 * A figure to reach beside what was measured. `measured` is a number or a spread; `undefined` says "not measured", never
 * "reached".
 */
export function judged(text, { atLeast, atMost }, measured) {
  const value = typeof measured === 'number' ? measured : measured?.median;
  const goal = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  if (value === undefined || Number.isNaN(value)) return { figure: text, goal, measured: '–', verdict: 'not measured' };
  const isReached = atLeast === undefined ? value <= atMost : value >= atLeast;
  const between = typeof measured === 'number' ? '' : ` (${round(measured.least)}–${round(measured.greatest)})`;
  return { figure: text, goal, measured: `${round(value)}${between}`, verdict: isReached ? 'reached' : 'MISSED' };
}

/** Three digits that say something. */
export function round(value) {
  return value === undefined || Number.isNaN(value) ? undefined : Number(value.toPrecision(3));
}
