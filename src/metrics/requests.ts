import type { Millis } from '../kernel/clock.js';
import { METRICS } from './catalogue.js';
import { Histogram, type Measured, SECONDS, type Source } from './series.js';

/** Operations of which statuses and times are kept apart; the routes are far fewer. */
const MOST_OPERATIONS = 300;
const NO_OPERATION = 'none';

interface Operation {
  readonly statuses: Map<number, number>;
  readonly seconds: Histogram;
}

/** Counts requests. On the way of a request lie two map look-ups and a walk over a few bounds; strings are made at the scrape. */
export class RequestMeter implements Source {
  readonly #operations = new Map<string, Operation>();
  #open = 0;

  begun(): void {
    this.#open += 1;
  }

  /** `operation` is the id of a route or what else the code calls it, never what a client sent. */
  answered(operation: string = NO_OPERATION, status: number, millis: Millis): void {
    const { statuses, seconds } = this.#operations.get(operation) ?? this.#added(operation);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    seconds.observe(millis / 1000);
  }

  /** Answered, or given up because the client went away. */
  ended(): void {
    this.#open -= 1;
  }

  measure(): readonly Measured[] {
    const operations = [...this.#operations];
    return [
      {
        family: METRICS.requests,
        samples: operations.flatMap(([operation, { statuses }]) =>
          [...statuses].map(([status, value]) => ({ labels: [operation, String(status)], value })),
        ),
      },
      {
        family: METRICS.requestSeconds,
        distributions: operations.map(([operation, { seconds }]) => seconds.distribution([operation])),
      },
      { family: METRICS.requestsOpen, samples: [{ labels: [], value: this.#open }] },
    ];
  }

  #added(operation: string): Operation {
    const name = this.#operations.size < MOST_OPERATIONS ? operation : NO_OPERATION;
    const known = this.#operations.get(name) ?? { statuses: new Map(), seconds: new Histogram(SECONDS) };
    this.#operations.set(name, known);
    return known;
  }
}
