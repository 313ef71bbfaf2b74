import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import type { RawReply, RawRoute } from './raw.js';

/** Pages and streams outside the API, by method and exact path. */
export interface RawDispatcher {
  find(exchange: Exchange): RawRoute | undefined;
  /** Resolves with the status once everything is written. */
  perform(exchange: Exchange, route: RawRoute, body: Buffer): Promise<number>;
}

export function createRawDispatcher(routes: readonly RawRoute[]): RawDispatcher {
  const byPlace = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return {
    find({ method, url }) {
      if (byPlace.size === 0) return undefined;
      const end = url.indexOf('?');
      return byPlace.get(`${method} ${end < 0 ? url : url.slice(0, end)}`);
    },
    async perform(exchange, route, body) {
      const end = exchange.url.indexOf('?');
      const reply = await route.handle({
        query: new URLSearchParams(end < 0 ? '' : exchange.url.slice(end + 1)),
        header: (name) => exchange.header(name),
        body: body.toString('utf8'),
        signal: exchange.signal(),
      });
      await write(exchange.response, reply, exchange.signal());
      return reply.status;
    },
  };
}

/** A slow reader holds a stream back; one that went away ends it. */
async function write(response: ServerResponse, reply: RawReply, signal: AbortSignal): Promise<void> {
  response.writeHead(reply.status, { 'x-content-type-options': 'nosniff', ...reply.headers });
  if (typeof reply.body === 'string') {
    response.end(reply.body);
    return;
  }
  // Headers go out at once: a stream may have nothing to say for a long time.
  response.flushHeaders();
  try {
    for await (const chunk of reply.body) {
      if (signal.aborted) break;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    response.end();
  }
}
