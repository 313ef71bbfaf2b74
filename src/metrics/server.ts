import { createServer, type Server } from 'node:http';
import type { Millis } from '../kernel/clock.js';
import type { Logger } from '../kernel/log.js';
import { EXPOSITION_TYPE } from './exposition.js';

/** Between two tries for a port that another process still has, as the one before does during a rolling restart. */
const TRY_AGAIN_AFTER: Millis = 5_000;
/** Scrapers are few; whoever else comes does not get to hold connections. */
const CONNECTIONS = 32;
const REQUEST_MILLIS: Millis = 10_000;

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** The text to answer with. */
  readonly text: () => Promise<string>;
  readonly logger: Logger;
  readonly tryAgainAfter?: Millis;
}

/** `GET /metrics` on a port of its own, so that it can be kept from those who use the API (SEC-83: no details in public). */
export interface MetricsServer extends AsyncDisposable {
  /** Listens as soon as the port is free. Never throws: a server without metrics is better than none. */
  listen(): void;
}

export function createMetricsServer(options: MetricsServerOptions): MetricsServer {
  const { host, port, text, logger, tryAgainAfter = TRY_AGAIN_AFTER } = options;
  let retry: NodeJS.Timeout | undefined;
  let complained = false;
  /** One answer for all who ask at the same time. */
  let answering: Promise<string> | undefined;
  const answer = (): Promise<string> => {
    answering ??= text().finally(() => {
      answering = undefined;
    });
    return answering;
  };

  const server: Server = createServer({ requestTimeout: REQUEST_MILLIS, headersTimeout: REQUEST_MILLIS });
  server.maxConnections = CONNECTIONS;
  server.on('request', (request, response) => {
    const { method, url } = request;
    request.resume();
    if (url?.split('?')[0] !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    answer().then(
      (body) => {
        response.writeHead(200, { 'content-type': EXPOSITION_TYPE, 'content-length': Buffer.byteLength(body) });
        response.end(method === 'HEAD' ? undefined : body);
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the metrics could not be put together');
        response.writeHead(500).end();
      },
    );
  });
  server.on('error', (error) => {
    if (!complained)
      logger.error(
        { err: error, host, port },
        'metrics cannot be served there; trying on: free the port or set another',
      );
    complained = true;
    retry = setTimeout(listen, tryAgainAfter).unref();
  });
  function listen(): void {
    server.listen(port, host, () => logger.info({ host, port }, 'metrics are served'));
  }

  return {
    listen,
    async [Symbol.asyncDispose]() {
      clearTimeout(retry);
      if (!server.listening) return;
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}
