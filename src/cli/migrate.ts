import type { Composition } from './composition.js';
import type { Invocation } from './run.js';

/** `postern migrate`: for deployments that change the database before they change the servers. */
export async function migrate({ loaded }: Invocation, { terminal, migrate }: Composition): Promise<void> {
  await migrate(loaded.config);
  terminal.out('The database is up to date.');
}
