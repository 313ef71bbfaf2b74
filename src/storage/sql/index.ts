import { parseConfiguration } from '../../policies/configuration.js';
import type { Database, EngineOptions } from './engine.js';
import { openStoreWith } from './open.js';
import type { SqlStore } from './store.js';

export type { Database } from './engine.js';
export { StorageFault } from './fault.js';
export { MigrationError } from './migrations/plan.js';
export { migrate } from './open.js';
export type { SqlStore } from './store.js';

export interface OpenStoreOptions extends Omit<EngineOptions, 'parseConfiguration' | 'onFatal'> {
  readonly database: Database;
  /** Called when only a restart can tell what is durable. Throws out of any call, and so ends the process, unless told otherwise. */
  readonly onFatal?: EngineOptions['onFatal'];
}

/** Opens the database, migrated first. Throws when it is in use, unreachable, or newer than this release can serve. */
export function openStore({ database, onFatal = throwOutside, ...options }: OpenStoreOptions): Promise<SqlStore> {
  return openStoreWith(database, { ...options, onFatal, parseConfiguration });
}

function throwOutside(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
