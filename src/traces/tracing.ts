import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SendWatch } from '../delivery/watched-gateway.js';
import type { Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import type { Store } from '../storage/port.js';
import { Deliveries } from './deliveries.js';
import { tracedStore } from './store.js';
import { parseTraceparent } from './traceparent.js';

/** How long the end of the server waits for a collector that does not take what is left. */
const LONGEST_FLUSH: Millis = seconds(3);
/** One export; a collector that hangs holds up nothing but its own queue, which is bounded and drops. */
const EXPORT_MILLIS: Millis = seconds(5);

export interface TracingOptions {
  /** Where a collector takes OTLP over HTTP, `…/v1/traces`. */
  readonly url: string;
  readonly version: string;
}

/**
 * OpenTelemetry traces: a span for each request, below it what the store did, and a span for each send. It stands around ports, so
 * that without it nothing of it is on any path. Names and attributes are words of the code, statuses and the correlation id: no
 * user, contact, code or token (SEC-71). Importing this file loads the libraries: it is imported only when traces are wanted.
 */
export interface Tracing extends AsyncDisposable {
  /** For the HTTP server: continues the caller's trace (W3C Trace Context). */
  readonly requests: {
    around(incoming: IncomingRequest, work: () => Promise<void>): Promise<void>;
    answered(operation: string | undefined, status: number): void;
  };
  store<S extends Pick<Store, 'transact' | 'load'>>(store: S): S;
  /** For the sends of the gateway of this name. */
  sends(gateway: string): SendWatch;
}

interface IncomingRequest {
  readonly method: string;
  header(name: string): string | undefined;
  readonly correlationId: string;
}

export function createTracing({ url, version }: TracingOptions): Tracing {
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MILLIS });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'postern', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('postern', version);
  const current = new AsyncLocalStorage<Span>();
  const deliveries = new Deliveries(tracer);

  return {
    requests: {
      async around(incoming, work) {
        const { method, correlationId } = incoming;
        const attributes = { 'http.request.method': method, 'postern.correlation_id': correlationId };
        const span = tracer.startSpan(
          method,
          { kind: SpanKind.SERVER, attributes },
          callersContext(incoming.header('traceparent')),
        );
        try {
          await current.run(span, work);
        } finally {
          span.end();
        }
      },
      answered(operation, status) {
        const span = current.getStore();
        if (!span) return;
        if (operation !== undefined) span.updateName(operation);
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      },
    },
    store: (store) =>
      tracedStore(
        store,
        tracer,
        () => current.getStore(),
        (message, span) => deliveries.remember(message, span),
      ),
    sends: (gateway) => deliveries.watch(gateway),
    async [Symbol.asyncDispose]() {
      // A collector that is away is no reason not to end; what it did not take is lost.
      await Promise.race([provider.shutdown().catch(() => {}), delay(LONGEST_FLUSH, undefined, { ref: false })]);
    },
  };
}

function callersContext(traceparent: string | undefined) {
  const parent = parseTraceparent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
