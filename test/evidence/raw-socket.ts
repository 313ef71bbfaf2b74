import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What came back over a connection, and whether the server has closed it. */
export interface Heard {
  readonly raw: string;
  /** Statuses of the final answers, in order. */
  readonly statuses: readonly number[];
  readonly closed: boolean;
  readonly millis: number;
}

export interface Spoken {
  /** Says these pieces with a pause between them. */
  readonly pieces: readonly (string | Buffer)[];
  readonly pause?: number;
  /** How long to listen after the last piece when the connection stays open. */
  readonly patience?: number;
  /** Ends our half after the last piece. */
  readonly end?: boolean;
}

/** Bytes to a port as they stand, and what comes of it. */
export async function say(port: number, { pieces, pause = 0, patience = 400, end = false }: Spoken): Promise<Heard> {
  const since = performance.now();
  const socket: Socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  let closed = false;
  let heardAt = performance.now();
  socket.on('data', (chunk) => {
    heardAt = performance.now();
    chunks.push(chunk);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    closed = true;
  });
  await new Promise((resolve) => socket.once('connect', resolve));
  for (const piece of pieces) {
    if (closed) break;
    socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    if (pause > 0) await sleep(pause);
  }
  if (end) socket.end();
  const said = performance.now();
  while (!closed && performance.now() - Math.max(said, heardAt) < patience) await sleep(10);
  const wasClosed = closed;
  socket.destroy();
  const raw = Buffer.concat(chunks).toString('latin1');
  return {
    raw,
    statuses: [...raw.matchAll(/HTTP\/1\.1 (\d{3}) /g)]
      .map(([, status]) => Number(status))
      .filter((status) => status >= 200),
    closed: wasClosed,
    millis: performance.now() - since,
  };
}
