import { rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { relative } from 'node:path';
import { createInterface } from 'node:readline';
import type { Logger } from '../kernel/log.js';
import type { KeyAdmin, KeyState, RotationProgress, RotationResult } from '../storage/keys-port.js';
import { StoreError } from '../storage/store-error.js';

/** In the data directory, beside the database. */
export const CONTROL_SOCKET = 'control.sock';
/** What every system can bind; the kernel's own limit is 104 or 108 bytes with the end. */
const LONGEST_PATH = 100;
/** What the mode of the socket lacks: everything for others, and execution. */
const OWNER_ONLY = 0o177;

type Request = 'keys.status' | 'keys.rotate' | 'keys.rotateMaster';
type Line = { readonly progress: RotationProgress } | { readonly result: unknown } | { readonly error: string };

/**
 * The embedded database serves one process, so what is to be done to it while that process serves is asked of it: over a socket
 * that only the owner of the data directory can open (decision 8). One line of JSON asks, lines of progress and one of result
 * answer; what is asked for ends when the asker goes.
 */
export async function openControl(path: string, keys: KeyAdmin, logger: Logger): Promise<AsyncDisposable> {
  const short = bindable(path);
  if (short === undefined) {
    logger.warn(
      { path },
      'the path of the data directory is too long for a control socket: `postern keys` needs the server stopped',
    );
    return { async [Symbol.asyncDispose]() {} };
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    answer(socket, keys, logger);
  });
  try {
    // Whoever made it held the database's lock, which is ours now.
    rmSync(short, { force: true });
    await listening(server, short);
  } catch (error) {
    // Served all the same: what is missing is a convenience for the operator.
    logger.warn({ err: error }, 'there is no control socket: `postern keys` needs the server stopped');
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, fail) => {
    server.once('error', fail);
    // The path is bound before `listen` returns, and is the owner's alone from its first moment: a mode that is set afterwards
    // comes too late for who is already waiting.
    const before = process.umask(OWNER_ONLY);
    try {
      server.listen(path, () => {
        server.off('error', fail);
        server.on('error', () => {});
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

function answer(socket: Socket, keys: KeyAdmin, logger: Logger): void {
  const gone = new AbortController();
  socket.on('close', () => gone.abort());
  const say = (line: Line): void => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
  createInterface({ input: socket }).once('line', (text) => {
    logger.info({ request: text.slice(0, 40) }, 'asked over the control socket');
    perform(text, keys, gone.signal, (progress) => say({ progress }))
      .then(
        (result) => say({ result: result ?? null }),
        (error: unknown) => {
          if (gone.signal.aborted) return;
          logger.error({ err: error }, 'what was asked over the control socket failed');
          say({ error: error instanceof Error ? error.message : String(error) });
        },
      )
      .finally(() => socket.end());
  });
}

function perform(
  text: string,
  keys: KeyAdmin,
  signal: AbortSignal,
  onProgress: (progress: RotationProgress) => void,
): Promise<unknown> {
  switch (text) {
    case JSON.stringify('keys.status' satisfies Request):
      return keys.status();
    case JSON.stringify('keys.rotate' satisfies Request):
      return keys.rotate({ signal, onProgress });
    case JSON.stringify('keys.rotateMaster' satisfies Request):
      return keys.rotateMaster();
    default:
      return Promise.reject(
        new StoreError('unavailable', 'the server does not know this request: is it of another release?'),
      );
  }
}

/** The keys of the server that serves this data directory; `undefined` when none does. */
export async function connectControl(path: string): Promise<KeyAdmin | undefined> {
  const short = bindable(path);
  if (short === undefined) return undefined;
  const probe = await connected(short);
  if (!probe) return undefined;
  probe.destroy();
  const ask = async <T>(request: Request, onProgress?: (progress: RotationProgress) => void): Promise<T> => {
    const socket = await connected(short);
    if (!socket) throw new StoreError('unavailable', 'the server has ended');
    socket.on('error', () => socket.destroy());
    socket.write(`${JSON.stringify(request)}\n`);
    for await (const text of createInterface({ input: socket })) {
      // Our own server wrote it: whoever can bind this path can read the database itself.
      const line = JSON.parse(text) as Line;
      if ('progress' in line) onProgress?.(line.progress);
      else if ('error' in line) throw new StoreError('unavailable', line.error);
      else return line.result as T;
    }
    throw new StoreError(
      'unavailable',
      'the server ended before it was done: start it and run the command again to go on',
    );
  };
  return {
    status: () => ask<readonly KeyState[]>('keys.status'),
    rotate: (options) => ask<RotationResult>('keys.rotate', options?.onProgress),
    rotateMaster: () => ask<number>('keys.rotateMaster'),
  };
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** The path, or what it is called from here, if one of them is short enough. */
function bindable(path: string): string | undefined {
  return [path, relative(process.cwd(), path)].find((name) => Buffer.byteLength(name) <= LONGEST_PATH);
}
