import { percentile } from '../harness/statistics.js';

/**
 * Counts what belongs to the time from `start` to `stop`, and all failures whenever they come. `at` says when something happened
 * as far as counting goes: when it ended, or when it was due. Times are in milliseconds.
 */
export function createTally() {
  const requests = [];
  const mfas = [];
  let failed = 0;
  let firstFailure;
  let since = Number.POSITIVE_INFINITY;
  let until = Number.POSITIVE_INFINITY;
  return {
    start() {
      since = performance.now();
    },
    stop() {
      until = performance.now();
    },
    request(millis, at) {
      if (at >= since && at < until) requests.push(millis);
    },
    mfa(millis, at) {
      if (at >= since && at < until) mfas.push(millis);
    },
    failure(status, body) {
      failed += 1;
      firstFailure ??= `${status} ${body.slice(0, 300)}`;
    },
    result: () => ({
      completed: mfas.length,
      failed,
      ...(firstFailure === undefined ? {} : { firstFailure }),
      rate: (mfas.length / (until - since)) * 1_000,
      request: summary(requests),
      mfa: summary(mfas),
    }),
  };
}

function summary(times) {
  const ascending = Float64Array.from(times).sort();
  return {
    p50: percentile(ascending, 0.5),
    p99: percentile(ascending, 0.99),
    p999: percentile(ascending, 0.999),
    max: percentile(ascending, 1),
  };
}
