import { readdir, readFile } from 'node:fs/promises';
import { constants, monitorEventLoopDelay, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics } from 'node:v8';
import { PROCESS_METRICS } from './catalogue.js';
import { type Family, Histogram, type Measured, type Sample, type Source } from './series.js';

/** Between two looks of the event-loop clock, in milliseconds: what delays it by less is not seen. */
const EVENT_LOOP_PRECISION = 20;
const NANOS = 1e9;
const MICROS = 1e6;
/** Upper bounds of the pauses of a garbage collection, in seconds. */
const GC_SECONDS: readonly number[] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

const GC_KINDS: ReadonlyMap<unknown, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
]);

/**
 * The usual metrics of a Node.js process, under the names that dashboards know them by: processor, memory, descriptors, event-loop
 * delay, garbage collection. It watches from its making to its disposal; each scrape begins the event-loop delay anew.
 */
export class ProcessMeter implements Source, Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: EVENT_LOOP_PRECISION });
  readonly #pauses = new Map([...GC_KINDS.values()].map((kind) => [kind, new Histogram(GC_SECONDS)] as const));
  readonly #observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) this.#pauses.get(gcKind(entry))?.observe(entry.duration / 1000);
  });

  constructor() {
    this.#delay.enable();
    this.#observer.observe({ entryTypes: ['gc'] });
  }

  async measure(): Promise<readonly Measured[]> {
    const descriptors = await openDescriptors();
    return [...ofProcess(), ...descriptors, ...ofHeap(), ...this.#ofEventLoop(), this.#ofPauses(), version()];
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
    this.#observer.disconnect();
  }

  #ofEventLoop(): readonly Measured[] {
    const delay = this.#delay;
    // Two scrapes within a look of the clock: there is nothing to tell, and an empty histogram would say 292 years.
    const seconds = (nanos: number): readonly Sample[] => (delay.count === 0 ? [] : plain(nanos / NANOS));
    const measured = [
      { family: PROCESS_METRICS.loopMin, samples: seconds(delay.min) },
      { family: PROCESS_METRICS.loopMax, samples: seconds(delay.max) },
      { family: PROCESS_METRICS.loopMean, samples: seconds(delay.mean) },
      { family: PROCESS_METRICS.loopP50, samples: seconds(delay.percentile(50)) },
      { family: PROCESS_METRICS.loopP90, samples: seconds(delay.percentile(90)) },
      { family: PROCESS_METRICS.loopP99, samples: seconds(delay.percentile(99)) },
    ];
    delay.reset();
    return measured;
  }

  #ofPauses(): Measured {
    const distributions = [...this.#pauses].map(([kind, pauses]) => pauses.distribution([kind]));
    return { family: PROCESS_METRICS.gcSeconds, distributions };
  }
}

const plain = (value: number): readonly Sample[] => [{ labels: [], value }];
const one = (family: Family, value: number): Measured => ({ family, samples: plain(value) });

function ofProcess(): readonly Measured[] {
  const { user, system } = process.cpuUsage();
  return [
    one(PROCESS_METRICS.cpuUser, user / MICROS),
    one(PROCESS_METRICS.cpuSystem, system / MICROS),
    one(PROCESS_METRICS.cpu, (user + system) / MICROS),
    one(PROCESS_METRICS.startTime, performance.timeOrigin / 1000),
  ];
}

function ofHeap(): readonly Measured[] {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return [
    one(PROCESS_METRICS.residentMemory, rss),
    one(PROCESS_METRICS.heapTotal, heapTotal),
    one(PROCESS_METRICS.heapUsed, heapUsed),
    one(PROCESS_METRICS.externalMemory, external),
    {
      family: PROCESS_METRICS.heapSpaceUsed,
      samples: getHeapSpaceStatistics().map(({ space_name, space_used_size }) => ({
        labels: [space_name.replace(/_space$/, '')],
        value: space_used_size,
      })),
    },
  ];
}

/** Where the system tells them: Linux does. */
async function openDescriptors(): Promise<readonly Measured[]> {
  try {
    const [open, limits] = await Promise.all([readdir('/proc/self/fd'), readFile('/proc/self/limits', 'utf8')]);
    const most = /^Max open files +([0-9]+)/m.exec(limits)?.[1];
    return [
      one(PROCESS_METRICS.openDescriptors, open.length),
      ...(most === undefined ? [] : [one(PROCESS_METRICS.mostDescriptors, Number(most))]),
    ];
  } catch {
    return [];
  }
}

const version = (): Measured => ({
  family: PROCESS_METRICS.version,
  samples: [{ labels: [process.version], value: 1 }],
});

function gcKind(entry: object): string {
  const detail = 'detail' in entry ? entry.detail : undefined;
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
  return GC_KINDS.get(kind) ?? '';
}
