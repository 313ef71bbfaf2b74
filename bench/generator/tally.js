import { percentile } from '../harness/statistics.js';

/** Counts while it is told to, and all failures whenever they come. Times are in milliseconds. */
export function createTally() {
  const requests = [];
  const mfas = [];
  let failed = 0;
  let firstFailure;
  let since = 0;
  let elapsed = 0;
  const tally = {
    measuring: false,
    start() {
      since = performance.now();
      tally.measuring = true;
    },
    stop() {
      tally.measuring = false;
      elapsed = (performance.now() - since) / 1_000;
    },
    request(millis) {
      if (tally.measuring) requests.push(millis);
    },
    mfa(millis) {
      if (tally.measuring) mfas.push(millis);
    },
    failure(status, body) {
      failed += 1;
      firstFailure ??= `${status} ${body.slice(0, 300)}`;
    },
    result: () => ({
      completed: mfas.length,
      failed,
      ...(firstFailure === undefined ? {} : { firstFailure }),
      rate: mfas.length / elapsed,
      request: summary(requests),
      mfa: summary(mfas),
    }),
  };
  return tally;
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
