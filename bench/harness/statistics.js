/** The middle of some numbers; of an even count, the mean of the two in the middle. `NaN` of none. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, least and greatest of some numbers. */
export function spread(numbers) {
  return { median: median(numbers), least: Math.min(...numbers), greatest: Math.max(...numbers) };
}

/** The value below which the share `p` of ascending numbers lies (nearest rank). 0 of none. */
export function percentile(ascending, p) {
  return ascending[Math.max(0, Math.ceil(ascending.length * p) - 1)] ?? 0;
}
