import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RawRoute } from '../../src/http/raw.js';

/** Serves raw routes, and everything else with `otherwise`, on a port of this machine. */
export async function serve(
  routes: readonly RawRoute[],
  otherwise: (request: IncomingMessage, body: string) => { status: number; body: unknown } = () => ({
    status: 404,
    body: {},
  }),
) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const route = routes.find(({ method, path }) => method === request.method && path === url.pathname);
    if (!route) {
      const answer = otherwise(request, body);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
      return;
    }
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const header = (name: string): string | undefined => {
      const value = request.headers[name.toLowerCase()];
      return Array.isArray(value) ? value[0] : value;
    };
    const reply = await route.handle({ rest: '', query: url.searchParams, header, body, signal: gone.signal });
    response.writeHead(reply.status, reply.headers);
    if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
      response.end(reply.body);
      return;
    }
    response.flushHeaders();
    for await (const chunk of reply.body) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
