import type { Refusals } from '../audit/refusals.js';
import { monotonicMillis } from '../kernel/clock.js';
import { parseUuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/log.js';
import { type Answer, errorAnswer, faultAnswer } from './answer.js';
import { readBody } from './body-reader.js';
import type { Dispatcher } from './dispatch.js';
import { type ErrorName, type WireError, wireError } from './errors.js';
import type { Exchange } from './exchange.js';
import { type Gate, overloaded } from './gate.js';
import type { Health } from './health.js';
import { HTTP_LIMITS, refuseByShape } from './limits.js';
import type { RawRoute } from './raw.js';
import type { RawDispatcher } from './raw-dispatch.js';
import { refusalEvent } from './refusal-event.js';
import type { Admission } from './request.js';
import type { RequestCounter, RequestTracer } from './watch.js';

/** Where every request comes in, whatever it is for. */
export interface Front {
  /** Answers one request, and writes its line to the log. */
  serve(exchange: Exchange): Promise<void>;
}

interface FrontOptions {
  readonly dispatcher: Dispatcher;
  readonly raw: RawDispatcher;
  readonly health: Health;
  readonly gate: Gate;
  /** Where requests that the gate has turned away are counted (SEC-72). */
  readonly refusals?: Refusals | undefined;
  readonly logger: Logger;
  readonly counter?: RequestCounter | undefined;
  readonly tracer?: RequestTracer | undefined;
}

const HEALTH = 'health';
const PROBES = new Set(['/livez', '/readyz']);

export function createFront(options: FrontOptions): Front {
  const { dispatcher, raw, health, gate, refusals, logger, counter, tracer } = options;
  /** One line per request: names and numbers, never a URL, a header or a body (SEC-71). Probes are not worth one. */
  function record(exchange: Exchange, status: number, routeId: string | undefined, environmentId?: string): void {
    const millis = monotonicMillis() - exchange.startedAt;
    counter?.answered(routeId, status, millis);
    tracer?.answered(routeId, status);
    const fields = {
      method: exchange.method,
      route: routeId,
      status,
      ms: Math.round(millis * 1000) / 1000,
      correlationId: exchange.correlationId,
      environmentId: environmentId === undefined ? undefined : parseUuid(environmentId),
    };
    if (routeId === HEALTH) logger.debug(fields, 'request');
    else logger.info(fields, 'request');
  }

  function conclude(exchange: Exchange, answer: Answer, routeId?: string, environmentId?: string): void {
    exchange.send(answer);
    record(exchange, answer.status, routeId, environmentId);
  }

  const refuse = (exchange: Exchange, name: ErrorName, routeId?: string): void =>
    conclude(exchange, errorAnswer(wireError(name), exchange.correlationId), routeId);

  /** Turned away by the gate, for the trail of the environment that is named; a full server does not even ask which that is. */
  function limit(exchange: Exchange, error: WireError, admitted?: Admission): void {
    if (admitted && refusals) {
      const { operation, params, actor } = admitted;
      const [event, by] = refusalEvent(operation.route, params[0], error, actor, exchange.correlationId);
      if (event) refusals.note(event, by);
    }
    conclude(exchange, errorAnswer(error, exchange.correlationId), admitted?.operation.route.id);
  }

  async function servePage(exchange: Exchange, page: RawRoute): Promise<void> {
    const turnAway = (error: WireError): void =>
      conclude(exchange, errorAnswer(error, exchange.correlationId), page.path);
    if (page.isGated && gate.isFull()) return turnAway(overloaded());
    const tooOften = page.isGated ? gate.tooOftenFrom(exchange.source, exchange.startedAt) : undefined;
    if (tooOften) return turnAway(tooOften);
    const body = await readBody(exchange.request, HTTP_LIMITS.bodyBytes);
    if (body === 'broken') return;
    if (body === 'tooLarge') return refuse(exchange, 'CONTENT_TOO_LARGE', page.path);
    const entry = page.isGated ? gate.enterPage() : undefined;
    if (entry?.kind === 'error') return turnAway(entry);
    try {
      record(exchange, await raw.perform(exchange, page, body), page.path);
    } catch (cause) {
      const answer = faultAnswer(cause, exchange.correlationId, logger);
      if (exchange.response.headersSent) exchange.response.destroy();
      else conclude(exchange, answer, page.path);
    } finally {
      if (entry) gate.leave(entry);
    }
  }

  async function serve(exchange: Exchange): Promise<void> {
    counter?.begun();
    try {
      const refusal = refuseByShape(exchange.request, exchange.url);
      if (refusal) return refuse(exchange, refusal);
      if (exchange.url === '/livez') return conclude(exchange, health.live(), HEALTH);
      if (exchange.url === '/readyz') return conclude(exchange, await health.ready(), HEALTH);
      const page = raw.find(exchange);
      if (page) return await servePage(exchange, page);

      if (gate.isFull()) return limit(exchange, overloaded());
      const admitted = await dispatcher.admit(exchange);
      if (admitted.kind === 'answered') return conclude(exchange, admitted.answer, admitted.routeId);
      const { id } = admitted.operation.route;
      const tooOften = gate.tooOften(admitted, exchange.startedAt);
      if (tooOften) return limit(exchange, tooOften, admitted);
      const body = await readBody(exchange.request, admitted.operation.mostBytes);
      // Nobody is there to be answered.
      if (body === 'broken') return;
      if (body === 'tooLarge') return refuse(exchange, 'CONTENT_TOO_LARGE', id);
      const entry = gate.enter(admitted);
      if (entry.kind === 'error') return limit(exchange, entry, admitted);
      try {
        conclude(exchange, await dispatcher.perform(admitted, body), id, admitted.params[0]);
      } finally {
        gate.leave(entry);
      }
    } finally {
      counter?.ended();
    }
  }

  if (!tracer) return { serve };
  return {
    serve: (exchange) => (PROBES.has(exchange.url) ? serve(exchange) : tracer.around(exchange, () => serve(exchange))),
  };
}
