import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createCluster } from '../helpers/postgres-cluster.js';

/** A PostgreSQL of the test's own, which may be stopped and started; flushes are on. */
export interface OwnPostgres extends AsyncDisposable {
  readonly url: string;
  /** The server's `immediate` stop: every process of it ends at once, without a checkpoint. */
  crash(): Promise<void>;
  /** Recovers from the log and takes connections again. */
  start(): Promise<void>;
  /** One statement as the administrator. */
  ask(sql: string): Promise<readonly Record<string, unknown>[]>;
}

export async function ownPostgres(): Promise<OwnPostgres> {
  const directory = mkdtempSync(join(tmpdir(), 'postern-cluster-'));
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    const stopping = server;
    server = undefined;
    if (!stopping || stopping.exitCode !== null) return;
    const ended = new Promise((resolve) => stopping.once('exit', resolve));
    stopping.kill('SIGQUIT');
    await ended;
  };
  try {
    const cluster = await createCluster(directory);
    const start = async (): Promise<void> => {
      server = await cluster.start();
    };
    await start();
    return {
      url: cluster.url,
      crash: stop,
      start,
      async ask(sql) {
        const client = new pg.Client({ connectionString: cluster.url });
        client.on('error', () => {});
        await client.connect();
        try {
          return (await client.query(sql)).rows;
        } finally {
          await client.end();
        }
      },
      async [Symbol.asyncDispose]() {
        await stop();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stop();
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}
