import { spawnSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { median } from './statistics.js';

const cores = availableParallelism();
/** Whether processes get a core each: the server the first, the generator the second. */
export const isPinned = cores > 1 && spawnSync('taskset', ['--version']).status === 0;
/** Whether PostgreSQL has cores that neither the server nor the generator runs on. */
export const databaseHasItsOwnCores = isPinned && cores > 2;

const CPUS = { server: '0', generator: '1', database: cores > 3 ? `2-${cores - 1}` : '2' };

/** The command, held to the core of its role. With two cores the database is left to the scheduler, in every case. */
export function pinnedTo(role, command) {
  if (!isPinned || (role === 'database' && !databaseHasItsOwnCores)) return command;
  return ['taskset', '-c', CPUS[role], ...command];
}

/** What a reader needs to know to compare: once per run, above the table. `folder` is where the databases are. */
export function describeMachine(folder) {
  return {
    node: process.version,
    cores,
    cpu: cpus()[0]?.model ?? 'unknown',
    pinning: isPinned
      ? `server on core ${CPUS.server}, generator on core ${CPUS.generator}, PostgreSQL ${databaseHasItsOwnCores ? `on ${CPUS.database}` : 'not pinned'}`
      : 'nothing is pinned',
    flushMillis: Number(flushMillis(folder).toFixed(3)),
  };
}

/** How long the disk takes to make 4 KiB durable. A folder in memory shows as next to nothing. */
function flushMillis(folder) {
  const file = join(folder, 'flush');
  const descriptor = openSync(file, 'w');
  const block = Buffer.alloc(4_096, 1);
  const times = Array.from({ length: 100 }, (_, index) => {
    writeSync(descriptor, block, 0, block.length, index * block.length);
    const before = performance.now();
    fdatasyncSync(descriptor);
    return performance.now() - before;
  });
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}
