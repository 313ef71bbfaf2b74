import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Exchange } from './exchange.js';
import type { RawReply, RawRoute } from './raw.js';

/** Pages, files and streams outside the API, by method and path. */
export interface RawDispatcher {
  find(exchange: Exchange): RawRoute | undefined;
  /** Resolves with the status once everything is written. */
  perform(exchange: Exchange, route: RawRoute, body: Buffer): Promise<number>;
}

export function createRawDispatcher(routes: readonly RawRoute[]): RawDispatcher {
  const byPlace = new Map(
    routes.filter(({ below }) => !below).map((route) => [`${route.method} ${route.path}`, route]),
  );
  const families = routes.filter(({ below }) => below);
  return {
    find({ method, url }) {
      if (routes.length === 0) return undefined;
      const end = url.indexOf('?');
      const path = end < 0 ? url : url.slice(0, end);
      const page = byPlace.get(`${method} ${path}`);
      if (page) return page;
      for (const family of families)
        if (
          path.startsWith(family.path) &&
          family.method === method &&
          family.below?.test(path.slice(family.path.length))
        )
          return family;
      return undefined;
    },
    async perform(exchange, route, body) {
      const end = exchange.url.indexOf('?');
      const reply = await route.handle({
        rest: exchange.url.slice(route.path.length, end < 0 ? undefined : end),
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
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
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
