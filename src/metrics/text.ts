import { METRICS, PROCESS_METRICS } from './catalogue.js';
import { exposition } from './exposition.js';
import type { Family, Source } from './series.js';

/** Everything the sources have, in the order of the catalogue. */
export async function metricsText(sources: readonly Source[]): Promise<string> {
  const measured = (await Promise.all(sources.map((source) => source.measure()))).flat();
  const order: readonly Family[] = Object.values({ ...METRICS, ...PROCESS_METRICS });
  return exposition(measured.sort((a, b) => order.indexOf(a.family) - order.indexOf(b.family)));
}
