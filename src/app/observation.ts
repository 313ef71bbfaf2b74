import type { Refusals } from '../audit/refusals.js';
import type { Dispatcher } from '../delivery/dispatcher.js';
import type { BusinessEvent } from '../events.js';
import type { HttpServer } from '../http/server.js';
import type { Logger } from '../kernel/log.js';
import { BusinessMeter } from '../metrics/business.js';
import { METRICS } from '../metrics/catalogue.js';
import { DeliveryMeter } from '../metrics/deliveries.js';
import { ProcessMeter } from '../metrics/process.js';
import { RequestMeter } from '../metrics/requests.js';
import type { Family, Measured, Source } from '../metrics/series.js';
import { createMetricsServer, type MetricsServer } from '../metrics/server.js';
import { storeSource, type WatchedStore } from '../metrics/store.js';
import { metricsText } from '../metrics/text.js';
import { WebhookMeter } from '../metrics/webhooks.js';
import type { TokenService } from '../platform/tokens/tokens.js';

/** What is looked at when metrics are asked for. */
export interface Observed {
  readonly version: string;
  readonly store: WatchedStore;
  readonly dispatcher: Pick<Dispatcher, 'depth'>;
  readonly tokens: Pick<TokenService, 'cache'>;
  readonly http: Pick<HttpServer, 'connections' | 'isLeaving'>;
  /** Those that the audit trail has lost. */
  readonly refusals: Pick<Refusals, 'lost'>;
  /** Lines that the log has lost. */
  readonly droppedLines: () => number;
}

/** The meters of one server: they count whether or not anybody asks, and cost next to nothing. */
export interface Observation {
  readonly requests: RequestMeter;
  readonly deliveries: DeliveryMeter;
  readonly webhooks: WebhookMeter;
  readonly note: (event: BusinessEvent) => void;
  /** From now on these are shown too. */
  show(observed: Observed): void;
  /** Everything in the Prometheus text format. */
  text(): Promise<string>;
  /** Begins what the process measures of itself, until it is disposed of: that alone costs something while nobody asks. */
  watchProcess(): Disposable;
}

export function observe(): Observation {
  const requests = new RequestMeter();
  const business = new BusinessMeter();
  const deliveries = new DeliveryMeter();
  const webhooks = new WebhookMeter();
  const sources: Source[] = [requests, business, deliveries, webhooks];
  return {
    requests,
    deliveries,
    webhooks,
    note: business.note,
    show(observed) {
      sources.push(storeSource(observed.store), { measure: () => ownNumbers(observed) });
    },
    text: () => metricsText(sources),
    watchProcess() {
      const meter = new ProcessMeter();
      sources.push(meter);
      return meter;
    },
  };
}

/** The port for metrics; it listens, and measures the process too, once it is told. */
export function serveMetrics(
  at: { readonly host: string; readonly port: number },
  observation: Observation,
  logger: Logger,
): MetricsServer {
  const server = createMetricsServer({ ...at, text: observation.text, logger });
  let watch: Disposable | undefined;
  return {
    listen() {
      server.listen();
      watch ??= observation.watchProcess();
    },
    async [Symbol.asyncDispose]() {
      watch?.[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function ownNumbers(observed: Observed): Promise<readonly Measured[]> {
  const { version, dispatcher, tokens, http, refusals, droppedLines } = observed;
  const { hits, misses, entries } = tokens.cache();
  const one = (family: Family, value: number, ...labels: string[]): Measured => ({
    family,
    samples: [{ labels, value }],
  });
  return [
    one(METRICS.build, 1, version),
    one(METRICS.connections, await http.connections()),
    {
      family: METRICS.dispatcherQueue,
      samples: [...dispatcher.depth()].map(([channel, value]) => ({ labels: [channel], value })),
    },
    {
      family: METRICS.tokenCache,
      samples: [
        { labels: ['hit'], value: hits },
        { labels: ['miss'], value: misses },
      ],
    },
    one(METRICS.tokensCached, entries),
    one(METRICS.logDropped, droppedLines()),
    one(METRICS.refusalsLost, refusals.lost),
    one(METRICS.draining, http.isLeaving() ? 1 : 0),
  ];
}
