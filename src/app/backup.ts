import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../config/config.js';
import type { Backup } from '../storage/backup-port.js';
import { assertWhole, beginBackup, copyDatabase } from '../storage/sql/backup.js';
import { StoreError } from '../storage/store-error.js';
import { connectControl } from './control-client.js';
import { CONTROL_SOCKET } from './control-words.js';

/**
 * Copies the embedded database into a file that is not there yet (SEC-77), readable by its owner alone, and verifies the copy. The
 * name appears when the copy is whole and durable. Returns its length in bytes. Throws `StoreError` when there is nothing to copy,
 * somebody else has the database, or the server ends meanwhile.
 */
export async function backUp({ database }: Pick<Config, 'database'>, target: string): Promise<number> {
  if (database.kind !== 'sqlite')
    throw new StoreError('unavailable', 'PostgreSQL is backed up by its own means: see docs/operations.md, "Backup".');
  const { file, directory } = database;
  if (directory === undefined) throw new StoreError('unavailable', 'a database in memory has no file to copy.');
  if (existsSync(target)) throw new StoreError('unavailable', `${target} is there already: name a new file.`);

  const partial = `${target}.part`;
  await using written = await open(partial, 'wx', 0o600).catch((error: unknown) => {
    if (!isCode(error, 'EEXIST')) throw error;
    throw new StoreError('unavailable', `${partial} is of a backup that did not end: remove it, if none is under way.`);
  });
  try {
    const bytes = await copied(file, join(directory, CONTROL_SOCKET), written);
    assertWhole(partial);
    await rename(partial, target);
    await flushNames(dirname(target));
    return bytes;
  } finally {
    await rm(partial, { force: true });
  }
}

async function copied(file: string, socket: string, target: Parameters<typeof copyDatabase>[2]): Promise<number> {
  // Closed last: when nobody serves, the lock on the file is this process's own, and goes with the first close.
  await using source = await open(file, 'r').catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
    throw new StoreError('unavailable', `there is no database at ${file}.`);
  });
  await using backup = await begin(file, socket);
  return await copyDatabase(backup, source, target);
}

async function begin(file: string, socket: string): Promise<Backup> {
  const served = await connectControl(socket);
  return served ? served.beginBackup() : beginBackup(file);
}

/** Makes the names in a directory durable. */
async function flushNames(directory: string): Promise<void> {
  await using handle = await open(directory, 'r');
  await handle.sync();
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
