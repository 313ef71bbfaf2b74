import { ROOT_CONTEXT, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { monotonicMillis } from '../kernel/clock.js';
import type { Decision, Plan, Snapshot, Store } from '../storage/port.js';

/**
 * The same store, with a span for each call made inside a request, and below it one for each load, decision and commit. Seen from
 * outside: "load" is the time until a decision begins (waiting included), "commit" the time from the last one to durability.
 * `onMessage` is told which messages a decision appends, so that sending them continues the trace.
 */
export function tracedStore<S extends Pick<Store, 'transact' | 'load'>>(
  store: S,
  tracer: Tracer,
  current: () => Span | undefined,
  onMessage: (id: string, span: Span) => void,
): S {
  const begin = (name: string, parent: Span): Span => tracer.startSpan(name, {}, trace.setSpan(ROOT_CONTEXT, parent));

  return {
    ...store,
    load(plan: Plan): Promise<Snapshot> {
      const parent = current();
      return parent ? ended(begin('store.load', parent), store.load(plan)) : store.load(plan);
    },
    transact<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O> {
      const parent = current();
      if (!parent) return store.transact(plan, decide);
      const span = begin('store.transact', parent);
      const context = trace.setSpan(ROOT_CONTEXT, span);
      let since = monotonicMillis();
      const part = (name: string): void => {
        tracer.startSpan(name, { startTime: since }, context).end();
        since = monotonicMillis();
      };
      const work = store.transact(plan, (snapshot) => {
        part('load');
        const decision = decide(snapshot);
        part('decide');
        if (decision.needs) return decision;
        for (const write of decision.writes) if (write.entity === 'outbox') onMessage(write.value.id, span);
        return decision;
      });
      return ended(
        span,
        work.then((outcome) => {
          part('commit');
          return outcome;
        }),
      );
    },
  };
}

/** Ends the span with the work. Of an error only its name is told: its text is for the log, which scrubs it. */
async function ended<T>(span: Span, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : typeof error });
    throw error;
  } finally {
    span.end();
  }
}
