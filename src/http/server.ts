import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import createEngine, { type InjectOptions, type LightMyRequestResponse } from 'fastify';
import type { Refusals } from '../audit/refusals.js';
import type { Clock, Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { type Uuid, uuidOf } from '../kernel/ids.js';
import type { Logger } from '../kernel/log.js';
import type { Random } from '../kernel/random.js';
import type { Store } from '../storage/port.js';
import type { TlsPair } from '../tls/pair.js';
import { standardHeaders, type Transport } from './answer-headers.js';
import type { EnvironmentDirectory } from './auth.js';
import { answerClientError } from './client-error.js';
import type { CorsOrigins } from './cors.js';
import { type Authenticator, createDispatcher } from './dispatch.js';
import { Exchange, type ExchangeTerms } from './exchange.js';
import { createFront } from './front.js';
import { createGate, type GateLimits } from './gate.js';
import { createLinks } from './hal/links.js';
import { createHealth } from './health.js';
import { HTTP_LIMITS } from './limits.js';
import type { RawRoute } from './raw.js';
import { createRawDispatcher } from './raw-dispatch.js';
import type { Route } from './route.js';
import { createSourceOf } from './source.js';
import { createTlsServer } from './tls-server.js';
import type { RequestCounter, RequestTracer } from './watch.js';

export interface HttpServerOptions {
  readonly routes: readonly Route[];
  readonly rawRoutes: readonly RawRoute[];
  readonly tokens: Authenticator;
  /** Where calls that their caller may not make, or makes too often, are counted (SEC-72). */
  readonly refusals?: Refusals;
  readonly environments: EnvironmentDirectory;
  /** Asked whether it is ready (SEC-83). */
  readonly store: Pick<Store, 'check'>;
  readonly random: Random;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Public base URLs without a trailing slash; their paths are what requests begin with. */
  readonly apiPath: string;
  readonly authPath: string;
  readonly corsOrigins: CorsOrigins;
  /** Listens for TLS; absent: for plain HTTP. */
  readonly tls?: TlsPair | undefined;
  /** Answers are held against their views. */
  readonly development: boolean;
  /** What is taken at once and how often (`gate.ts`); absent = whatever comes. */
  readonly limits?: GateLimits;
  /** Addresses and networks whose `X-Forwarded-For` is believed (SEC-56). */
  readonly trustedProxies?: readonly string[];
  readonly counter?: RequestCounter | undefined;
  readonly tracer?: RequestTracer | undefined;
  /** How long connections are still accepted after the server has said that it is not ready (SEC-84). */
  readonly drainGrace?: Millis;
}

export interface HttpServer extends AsyncDisposable {
  /** Port 0 = any. Resolves with the port that was taken. */
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Of a server that listens for TLS: connections from now on see this certificate. */
  secure(pair: TlsPair): void;
  /** Not ready at once; then no new connections; resolves when every request in flight has its answer (SEC-84). */
  drain(): Promise<void>;
  /** Whether it has begun to end. */
  isLeaving(): boolean;
  /** Open client connections. */
  connections(): Promise<number>;
  /** A request without a socket. */
  inject(request: InjectOptions): Promise<LightMyRequestResponse>;
}

const UNLIMITED: GateLimits = { clientRate: 0, flowRate: 0, atOnce: Number.POSITIVE_INFINITY, tenantShare: 1 };
const DRAIN_GRACE: Millis = 500;
/** After this, what is still in flight is cut off: the process must be gone within 30 s (SEC-84). */
const DRAIN_LIMIT: Millis = seconds(20);

const noSchemas = (): never => {
  throw new TypeError('the engine compiles no schemas: requests are checked behind its back');
};

/**
 * Fastify as an engine only: bytes in, strings out (`design.md` §8). Its parsers, validators, serializers, router and logger are
 * out of the way; every decision about a request is made behind `front.ts`.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { random, logger } = options;
  let leaving = false;
  const everyAnswer = standardHeaders(transportOf(options));
  const terms: ExchangeTerms = {
    standardHeaders: Object.entries(everyAnswer).flat(),
    corsOrigins: options.corsOrigins,
    isLeaving: () => leaving,
    waiting: new Set(),
    sourceOf: createSourceOf(options.trustedProxies ?? []),
  };
  const health = createHealth(options.store, options.clock, logger);
  const front = createFront({
    dispatcher: createDispatcher({ ...options, links: createLinks(options.apiPath, options.authPath) }),
    raw: createRawDispatcher(options.rawRoutes),
    health,
    gate: createGate(options.limits ?? UNLIMITED),
    refusals: options.refusals,
    logger,
    counter: options.counter,
    tracer: options.tracer,
  });

  const socketLimits = {
    maxHeaderSize: HTTP_LIMITS.headerBytes,
    headersTimeout: HTTP_LIMITS.headersTimeout,
    requestTimeout: HTTP_LIMITS.requestTimeout,
    keepAliveTimeout: HTTP_LIMITS.keepAliveTimeout,
    connectionsCheckingInterval: HTTP_LIMITS.checkingInterval,
    // Two `Authorization` or `Content-Type` headers become one malformed value, not the first of them.
    joinDuplicateHeaders: true,
    // Checked in `refuseByShape`, so that the refusal has the documented body.
    requireHostHeader: false,
  };
  const secured = options.tls && createTlsServer(options.tls, socketLimits);

  const engine = createEngine({
    logger: false,
    // Asked for by nobody, because no route has a schema; without them the engine loads two compilers that nothing uses.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    genReqId: () => random.uuid(),
    // Paths are the dispatcher's business: the engine sees one, and whatever a client sends is a path to it.
    rewriteUrl: () => '/',
    requestTimeout: HTTP_LIMITS.requestTimeout,
    keepAliveTimeout: HTTP_LIMITS.keepAliveTimeout,
    // A request that was accepted is answered, also while closing.
    return503OnClosing: false,
    http: socketLimits,
    // Ours, because its certificate can be replaced. With it the engine binds one address where a host name has several.
    ...(secured ? { serverFactory: () => secured.server } : {}),
    clientErrorHandler: (error, socket) => answerClientError(error, socket, random.uuid(), everyAnswer),
  });
  // Too many fields are refused, not dropped: a field that is dropped is a check that does not happen.
  engine.server.maxHeadersCount = 0;
  engine.server.maxConnections = HTTP_LIMITS.connections;
  // An expectation that is not known is ignored, not answered past the catalogue.
  engine.server.on('checkExpectation', (request, response) => engine.server.emit('request', request, response));

  function serve(request: IncomingMessage, response: ServerResponse, url: string, id: Uuid): void {
    const exchange = new Exchange(request, response, url, id, terms);
    front.serve(exchange).catch((cause: unknown) => {
      logger.error({ err: cause, correlationId: exchange.correlationId }, 'an answer could not be written');
      response.destroy();
    });
  }
  // The engine's router has one route, ours: requests of its own sockets need not be led past it.
  engine.server.removeAllListeners('request');
  engine.server.on('request', (request, response) => serve(request, response, request.url ?? '', random.uuid()));
  // Those that are injected, or come by a second address of the same host name, take the long way. The third parameter is the
  // engine's cue to go on: it is never given, because from here on the exchange is ours. `genReqId` made the id.
  engine.addHook('onRequest', (request, reply, _done) => {
    reply.hijack();
    serve(request.raw, reply.raw, request.originalUrl, uuidOf(request.id));
  });
  // Its only route: whatever the method, the hook above comes first.
  engine.setNotFoundHandler(() => undefined);

  async function leave(grace: Millis): Promise<void> {
    leaving = true;
    health.leave();
    await delay(grace);
    for (const controller of terms.waiting) controller.abort();
    const cut = setTimeout(() => engine.server.closeAllConnections(), DRAIN_LIMIT);
    await engine.close();
    clearTimeout(cut);
  }
  let left: Promise<void> | undefined;

  return {
    async listen(at) {
      await engine.listen(at);
      const address = engine.server.address();
      return { port: typeof address === 'object' && address ? address.port : at.port };
    },
    secure(pair) {
      if (!secured) throw new TypeError('a server of plain HTTP has no certificate');
      secured.secure(pair);
    },
    drain() {
      left ??= leave(options.drainGrace ?? DRAIN_GRACE);
      return left;
    },
    isLeaving: () => leaving,
    connections: () =>
      new Promise((resolve, fail) =>
        engine.server.getConnections((error, count) => (error ? fail(error) : resolve(count))),
      ),
    inject: (request) => engine.inject(request),
    [Symbol.asyncDispose]() {
      left ??= leave(0);
      return left;
    },
  };
}

function transportOf({ apiPath, development, tls }: HttpServerOptions): Transport {
  if (!apiPath.startsWith('https:')) return 'http';
  return development && tls ? 'https in development' : 'https';
}
