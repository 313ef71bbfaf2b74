import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { Gateway, Outgoing, SendResult } from '../delivery/gateway.js';

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

  /** The same gateway with a span around each send. */
  around(gateway: Gateway): Gateway {
    const { name, channels, concurrency } = gateway;
    return {
      name,
      channels,
      concurrency,
      close: () => gateway.close(),
      send: (message, signal) => this.#send(gateway, message, signal),
    };
  }

  async #send(gateway: Gateway, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
    const cause = this.#causes.get(message.id);
    const context = cause ? trace.setSpan(ROOT_CONTEXT, cause) : ROOT_CONTEXT;
    const attributes = { 'postern.gateway': gateway.name, 'postern.channel': message.channel };
    const span = this.#tracer.startSpan('deliver', { kind: SpanKind.CLIENT, attributes }, context);
    const conclude = (result: string): void => {
      if (!span.isRecording()) return;
      span.setAttribute('postern.result', result);
      if (result !== 'accepted') span.setStatus({ code: SpanStatusCode.ERROR, message: result });
      span.end();
    };
    const onAbort = (): void => conclude('timeout');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const sent = await gateway.send(message, signal);
      if (sent.ok) this.#causes.delete(message.id);
      conclude(sent.ok ? 'accepted' : sent.failure);
      return sent;
    } finally {
      conclude('fault');
      signal.removeEventListener('abort', onAbort);
    }
  }
}
