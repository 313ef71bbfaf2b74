import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to a connection's bytes on their way to the server; returns what goes on, or `undefined` to swallow them. */
type Tap = (chunk: Buffer, client: Socket, server: Socket) => Buffer | undefined;

export interface Proxy extends AsyncDisposable {
  /** The URL with the proxy's address in place of the server's. */
  readonly url: string;
  /** Replaces what is done to bytes on their way to the server. */
  tap(tap: Tap): void;
  /** Breaks every connection and takes no new ones. */
  down(): Promise<void>;
  /** At the same address again. */
  up(): Promise<void>;
}

/** A TCP proxy in front of a database: breaks connections at chosen points, as networks do. */
export async function createProxy(databaseUrl: string): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let tap: Tap = (chunk) => chunk;
  let listening: Server | undefined;
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const server = createServer((client) => {
        const upstream = connect(Number(target.port || 5432), target.hostname);
        for (const socket of [client, upstream]) {
          sockets.add(socket);
          socket.on('error', () => {});
          socket.on('close', () => {
            sockets.delete(socket);
            client.destroy();
            upstream.destroy();
          });
        }
        client.on('data', (chunk) => {
          const rest = tap(chunk, client, upstream);
          if (rest) upstream.write(rest);
        });
        upstream.on('data', (chunk) => client.write(chunk));
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        listening = server;
        resolve((server.address() as AddressInfo).port);
      });
    });
  const down = async (): Promise<void> => {
    const closed = new Promise((resolve) => listening?.close(resolve) ?? resolve(undefined));
    for (const socket of sockets) socket.destroy();
    await closed;
    listening = undefined;
  };
  const port = await listen(0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;
  return {
    url: url.href,
    tap(replacement) {
      tap = replacement;
    },
    down,
    async up() {
      await listen(port);
    },
    async [Symbol.asyncDispose]() {
      if (listening) await down();
    },
  };
}

/** Whether these bytes hold a simple query of exactly this text. */
export const isQuery = (chunk: Buffer, text: string): boolean => chunk.includes(`${text}\0`);

/** Breaks a connection once the server has answered that it has committed; nobody hears of it. */
export function breakOnceCommitted(client: Socket, server: Socket): void {
  server.removeAllListeners('data');
  server.on('data', (chunk) => {
    if (chunk.includes('COMMIT\0')) client.destroy();
  });
}
