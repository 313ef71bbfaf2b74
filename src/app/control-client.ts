import { createConnection, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Backup } from '../storage/backup-port.js';
import type { KeyAdmin, KeyState, RotationProgress, RotationResult } from '../storage/keys-port.js';
import { StoreError } from '../storage/store-error.js';
import { bindable, type ControlLine, type ControlRequest } from './control-words.js';

/** What the server that serves a data directory does when it is asked. */
export interface Control {
  readonly keys: KeyAdmin;
  /** Of its database; ends at once when the server does. */
  beginBackup(): Promise<Backup>;
}

/** The server that serves the data directory of this socket; `undefined` when none does. */
export async function connectControl(path: string): Promise<Control | undefined> {
  const short = bindable(path);
  if (short === undefined) return undefined;
  const probe = await connected(short);
  if (!probe) return undefined;
  probe.destroy();
  const open = async (): Promise<Conversation> => {
    const socket = await connected(short);
    if (!socket) throw new StoreError('unavailable', 'the server has ended');
    return converse(socket);
  };
  const once = async <T>(request: ControlRequest, onProgress?: (progress: RotationProgress) => void): Promise<T> => {
    using conversation = await open();
    return await conversation.ask<T>(request, onProgress);
  };
  return {
    keys: {
      status: () => once<readonly KeyState[]>('keys.status'),
      rotate: (options) => once<RotationResult>('keys.rotate', options?.onProgress),
      rotateMaster: () => once<number>('keys.rotateMaster'),
    },
    async beginBackup() {
      const conversation = await open();
      try {
        const { pageSize } = await conversation.ask<Pick<Backup, 'pageSize'>>('backup.begin');
        return {
          pageSize,
          changed: () => conversation.ask<readonly number[]>('backup.changed'),
          hold: () => conversation.ask<void>('backup.hold'),
          async [Symbol.asyncDispose]() {
            conversation[Symbol.dispose]();
          },
        };
      } catch (error) {
        conversation[Symbol.dispose]();
        throw error;
      }
    },
  };
}

/** Requests over one connection, one after another. */
interface Conversation extends Disposable {
  ask<T>(request: ControlRequest, onProgress?: (progress: RotationProgress) => void): Promise<T>;
}

function converse(socket: Socket): Conversation {
  socket.on('error', () => socket.destroy());
  const reader = createInterface({ input: socket });
  // A connection that is destroyed does not end the reader by itself.
  socket.once('close', () => reader.close());
  const lines = reader[Symbol.asyncIterator]();
  const nextLine = (): Promise<string | undefined> =>
    lines.next().then(
      ({ done, value }) => (done ? undefined : value),
      // A connection that broke has ended like any other.
      () => undefined,
    );
  return {
    async ask<T>(request: ControlRequest, onProgress?: (progress: RotationProgress) => void) {
      socket.write(`${JSON.stringify(request)}\n`);
      for (let text = await nextLine(); text !== undefined; text = await nextLine()) {
        // Our own server wrote it: whoever can bind this path can read the database itself.
        const line = JSON.parse(text) as ControlLine;
        if ('progress' in line) onProgress?.(line.progress);
        else if ('error' in line) throw new StoreError('unavailable', line.error);
        else return line.result as T;
      }
      throw new StoreError('unavailable', 'the server ended before it was done: start it and run the command again');
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
}

function connected(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}
