import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('./slow-flush.c', import.meta.url));
/** Commits of the check, and how much longer each then takes: far more than any disk needs by itself. */
const CHECKED = 10;
const CHECKED_MILLIS = 50;

/**
 * The environment variables under which a process's flushes each take `millis` longer. Throws, saying why, where that cannot be
 * had: it takes Linux and a C compiler.
 */
export function slowFlushes(folder, millis) {
  const library = join(folder, 'slow-flush.so');
  const { status, stderr, error } = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', library, SOURCE, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0)
    throw new Error(`flushes cannot be slowed: no C compiler made the shim (${error?.message ?? stderr})`);
  const longer = (by) => ({ LD_PRELOAD: library, SLOW_FLUSH_MICROS: String(Math.round(by * 1_000)) });
  const took = sqliteCommits(join(folder, 'check.db'), longer(CHECKED_MILLIS));
  if (!(took >= CHECKED * CHECKED_MILLIS))
    throw new Error('flushes cannot be slowed: the shim is not in the way of the driver');
  return longer(millis);
}

/** Milliseconds that so many durable commits of the driver take: a shim that it does not call would slow nothing. */
function sqliteCommits(file, env) {
  const script = `
    import Database from 'libsql';
    const database = new Database(process.argv[1]);
    database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n)');
    const insert = database.prepare('INSERT INTO t VALUES (1)');
    const before = performance.now();
    for (let n = 0; n < ${CHECKED}; n++) insert.run();
    console.log(performance.now() - before);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', file], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  return Number(stdout);
}
