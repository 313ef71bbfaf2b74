import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Outgoing } from '../delivery/gateway.js';
import type { SendEnding, SendWatch } from '../delivery/watched-gateway.js';

/** Messages whose request is remembered until they are sent; those of another process begin a trace of their own. */
const MOST_REMEMBERED = 10_000;

/** Spans of sends, each a part of the request that caused it, where this process knows it. */
export class Deliveries {
  readonly #tracer: Tracer;
  readonly #causes = new Map<string, Span>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  remember(messageId: string, cause: Span): void {
    if (this.#causes.size >= MOST_REMEMBERED) {
      const oldest = this.#causes.keys().next();
      if (!oldest.done) this.#causes.delete(oldest.value);
    }
    this.#causes.set(messageId, cause);
  }

  /** A span around each send of the gateway of this name. */
  watch(gateway: string): SendWatch {
    return (message) => this.#begin(gateway, message);
  }

  #begin(gateway: string, { id, channel }: Outgoing): (ending: SendEnding) => void {
    const cause = this.#causes.get(id);
    const context = cause ? trace.setSpan(ROOT_CONTEXT, cause) : ROOT_CONTEXT;
    const attributes = { 'postern.gateway': gateway, 'postern.channel': channel };
    const span = this.#tracer.startSpan('deliver', { kind: SpanKind.CLIENT, attributes }, context);
    return (ending) => {
      if (ending === 'accepted') this.#causes.delete(id);
      else span.setStatus({ code: SpanStatusCode.ERROR, message: ending });
      span.setAttribute('postern.result', ending);
      span.end();
    };
  }
}
