import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Logger } from '../kernel/log.js';
import type { Backup, BackupSource } from '../storage/backup-port.js';
import type { KeyAdmin, RotationProgress } from '../storage/keys-port.js';
import { StoreError } from '../storage/store-error.js';
import { bindable, type ControlLine, type ControlRequest } from './control-words.js';

/** What the mode of the socket lacks: everything for others, and execution. */
const OWNER_ONLY = 0o177;

/** What may be asked for. */
export interface Controlled {
  readonly keys: KeyAdmin;
  readonly backups: BackupSource | undefined;
}

/**
 * The embedded database serves one process, so what is to be done to it while that process serves is asked of it: over a socket
 * that only the owner of the data directory can open (decision 8). One line of JSON asks, lines of progress and one of result
 * answer; what is asked for ends when the asker goes.
 */
export async function openControl(path: string, controlled: Controlled, logger: Logger): Promise<AsyncDisposable> {
  const short = bindable(path);
  if (short === undefined) {
    logger.warn(
      { path },
      'the path of the data directory is too long for a control socket: `postern keys` and `postern backup` need the server stopped',
    );
    return { async [Symbol.asyncDispose]() {} };
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, controlled, logger);
  });
  try {
    // Whoever made it held the database's lock, which is ours now.
    rmSync(short, { force: true });
    await listening(server, short);
  } catch (error) {
    // Served all the same: what is missing is a convenience for the operator.
    logger.warn(
      { err: error },
      'there is no control socket: `postern keys` and `postern backup` need the server stopped',
    );
  }
  return {
    async [Symbol.asyncDispose]() {
      // Each has ended what it had begun before the store is closed.
      const closed = [...sockets].map((socket) => once(socket, 'close'));
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
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

/** Answers line by line; what one connection has begun ends with it. */
function converse(socket: Socket, controlled: Controlled, logger: Logger): void {
  const gone = new AbortController();
  let backup: Backup | undefined;
  socket.on('close', () => {
    gone.abort();
    backup?.[Symbol.asyncDispose]();
  });
  const say = (line: ControlLine): void => void (socket.writable && socket.write(`${JSON.stringify(line)}\n`));
  const onProgress = (progress: RotationProgress): void => say({ progress });

  async function answer(text: string): Promise<void> {
    if (!backup) logger.info({ request: text.slice(0, 40) }, 'asked over the control socket');
    try {
      if (text === lineOf('backup.begin')) {
        const begun = await begin(controlled.backups);
        backup = begun;
        // It went while this was on its way.
        if (gone.signal.aborted) await begun[Symbol.asyncDispose]();
        return say({ result: { pageSize: begun.pageSize } });
      }
      say({ result: (await perform(text, controlled.keys, backup, gone.signal, onProgress)) ?? null });
      if (!backup) socket.end();
    } catch (error) {
      if (gone.signal.aborted) return;
      logger.error({ err: error }, 'what was asked over the control socket failed');
      say({ error: error instanceof Error ? error.message : String(error) });
      socket.end();
    }
  }

  let before = Promise.resolve();
  const lines = createInterface({ input: socket });
  // Told of by the socket already; unheard here it would end the process.
  lines.on('error', () => {});
  lines.on('line', (text) => {
    before = before.then(() => answer(text));
  });
}

const lineOf = (request: ControlRequest): string => JSON.stringify(request);

function begin(backups: BackupSource | undefined): Promise<Backup> {
  return backups?.begin() ?? Promise.reject(new StoreError('unavailable', 'a database in memory has no file to copy'));
}

function perform(
  text: string,
  keys: KeyAdmin,
  backup: Backup | undefined,
  signal: AbortSignal,
  onProgress: (progress: RotationProgress) => void,
): Promise<unknown> {
  if (backup && text === lineOf('backup.changed')) return backup.changed();
  if (backup && text === lineOf('backup.hold')) return backup.hold();
  switch (text) {
    case lineOf('keys.status'):
      return keys.status();
    case lineOf('keys.rotate'):
      return keys.rotate({ signal, onProgress });
    case lineOf('keys.rotateMaster'):
      return keys.rotateMaster();
    default:
      return Promise.reject(
        new StoreError('unavailable', 'the server does not know this request: is it of another release?'),
      );
  }
}
