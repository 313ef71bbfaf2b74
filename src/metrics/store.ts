import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from '../kernel/clock.js';
import type { Backlog, StoreStats } from '../storage/port.js';
import { METRICS } from './catalogue.js';
import { distribution, type Measured, type Sample, type Source } from './series.js';

/** The part of a store that metrics look at. */
export interface WatchedStore {
  stats(): StoreStats;
  backlog(): Promise<Backlog>;
}

/** How long a scrape waits for the database: what needs none is shown all the same. */
const LONGEST_LOOK: Millis = 1_000;

/** What the store counts of itself, and one look into the database for the backlog. */
export function storeSource(store: WatchedStore, longestLook: Millis = LONGEST_LOOK): Source {
  /** One look at a time: scrapes that come while the database hangs do not pile up behind it. */
  let looking: Promise<Backlog | undefined> | undefined;
  async function look(): Promise<Backlog | undefined> {
    looking ??= store.backlog().then(
      (backlog) => backlog,
      () => undefined,
    );
    const asked = looking;
    void asked.finally(() => {
      if (looking === asked) looking = undefined;
    });
    return Promise.race([asked, delay(longestLook, undefined, { ref: false })]);
  }

  return {
    async measure() {
      const backlog = await look();
      return [...counted(store.stats()), ...seen(backlog)];
    },
  };
}

function counted(stats: StoreStats): readonly Measured[] {
  const { waiting, units, conflicts, repeats, batchSizes, failures, connections } = stats;
  const one = (value: number): readonly Sample[] => [{ labels: [], value }];
  return [
    { family: METRICS.storeWaiting, samples: one(waiting) },
    { family: METRICS.storeUnits, samples: one(units) },
    { family: METRICS.storeBatches, distributions: [distribution([], batchSizes, units)] },
    {
      family: METRICS.storeRetries,
      samples: [
        { labels: ['conflict'], value: conflicts },
        { labels: ['repeat'], value: repeats },
      ],
    },
    {
      family: METRICS.storeFailures,
      samples: Object.entries(failures).map(([reason, value]) => ({ labels: [reason], value })),
    },
    {
      family: METRICS.storeConnections,
      samples: Object.entries(connections ?? {}).map(([state, value]) => ({ labels: [state], value })),
    },
  ];
}

function seen(backlog: Backlog | undefined): readonly Measured[] {
  const reachable = { family: METRICS.storeReachable, samples: [{ labels: [], value: backlog ? 1 : 0 }] };
  if (!backlog) return [reachable];
  return [
    reachable,
    { family: METRICS.backlog, samples: [{ labels: [], value: backlog.messages }] },
    { family: METRICS.backlogAge, samples: [{ labels: [], value: backlog.oldest / 1000 }] },
    { family: METRICS.webhooksFailing, samples: [{ labels: [], value: backlog.webhooks.count }] },
    { family: METRICS.webhookAge, samples: [{ labels: [], value: backlog.webhooks.oldest / 1000 }] },
  ];
}
