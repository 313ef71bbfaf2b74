import { TEST_MASTER_KEY } from '../../helpers/store.js';
import { openAsServer } from './options.js';

/** Opens an embedded database and keeps it until it is killed. */
export async function main([file = '']: readonly string[]): Promise<void> {
  console.log('opening');
  let store: unknown;
  try {
    store = await openAsServer({ kind: 'sqlite', file }, TEST_MASTER_KEY);
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return;
  }
  console.log('open');
  // A store that nothing refers to is collected, and its handle of the database with it.
  setInterval(() => store, 1_000);
}
