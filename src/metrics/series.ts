/** What a metric is called, what it means, and which labels it has. Every label takes few values, whatever clients send. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/** One line of an answer: the values of the family's labels in their order, and the number. */
export interface Sample {
  readonly labels: readonly string[];
  readonly value: number;
}

/** What a histogram has counted: how many fell at or below each bound, and the sum of all. */
export interface Distribution {
  readonly labels: readonly string[];
  /** `[upper bound, observations not above it]`, cumulative, the last bound infinite. */
  readonly buckets: readonly (readonly [number, number])[];
  readonly sum: number;
}

/** A family with its numbers of this moment. */
export type Measured =
  | { readonly family: Family; readonly samples: readonly Sample[] }
  | { readonly family: Family; readonly distributions: readonly Distribution[] };

/** Whoever has numbers to show. Asked at each scrape. */
export interface Source {
  measure(): readonly Measured[] | Promise<readonly Measured[]>;
}

/**
 * Series that one set of counters keeps at most. Labels come from fixed tables, so this is never reached; it is the net under
 * them: a mistake costs a wrong label, not the memory of the process.
 */
const MOST_SERIES = 2_000;
const OTHER = 'other';

interface Count {
  readonly labels: readonly string[];
  value: number;
}

/** Counts by up to three label values: a map for each label, so that nothing is put together to count. */
export class Counters {
  readonly #family: Family;
  readonly #counts: Count[] = [];
  readonly #places = new Map<string, Map<string, Map<string, Count>>>();

  constructor(family: Family) {
    this.#family = family;
  }

  add(first: string, second = '', third = '', by = 1): void {
    const count = this.#places.get(first)?.get(second)?.get(third) ?? this.#added(first, second, third);
    count.value += by;
  }

  measured(): Measured {
    return { family: this.#family, samples: this.#counts.map(({ labels, value }) => ({ labels, value })) };
  }

  #added(...names: [string, string, string]): Count {
    const [first, second, third] = this.#counts.length < MOST_SERIES ? names : [OTHER, OTHER, OTHER];
    const seconds = this.#places.get(first) ?? new Map<string, Map<string, Count>>();
    const thirds = seconds.get(second) ?? new Map<string, Count>();
    const known = thirds.get(third);
    if (known) return known;
    const count = { labels: [first, second, third].slice(0, this.#family.labels.length), value: 0 };
    this.#counts.push(count);
    this.#places.set(first, seconds.set(second, thirds.set(third, count)));
    return count;
  }
}

/** Upper bounds, in seconds, from what a cached answer takes to what a client no longer waits for. */
export const SECONDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Observations by size. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > (bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  distribution(labels: readonly string[]): Distribution {
    return distribution(
      labels,
      Array.from(this.#counts, (count, at) => [this.#bounds[at] ?? Number.POSITIVE_INFINITY, count] as const),
      this.#sum,
    );
  }
}

/** Of counts that are each for one class alone. */
export function distribution(
  labels: readonly string[],
  classes: readonly (readonly [number, number])[],
  sum: number,
): Distribution {
  let below = 0;
  const buckets = classes.map(([bound, count]) => {
    below += count;
    return [bound, below] as const;
  });
  return { labels, buckets, sum };
}
