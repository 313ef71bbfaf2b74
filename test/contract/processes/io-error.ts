import { StoreError } from '../../../src/storage/store-error.js';
import { TEST_MASTER_KEY } from '../../helpers/store.js';
import { addEnvironment } from '../world.js';
import { openAsServer } from './options.js';

/** Writes until the operating system refuses; `later` = lets the answer out before the process ends. */
export async function main([file = '', end = '']: readonly string[]): Promise<void> {
  const onFatal = (error: unknown): void => {
    setImmediate(() => {
      throw error;
    });
  };
  const store = await openAsServer({ kind: 'sqlite', file }, TEST_MASTER_KEY, end === 'later' ? { onFatal } : {});
  // Without this an exit could not be told from an empty loop.
  setInterval(() => {}, 1_000);
  for (let n = 0; n < 10_000; n++) {
    try {
      await addEnvironment(store);
    } catch (error) {
      console.log(error instanceof StoreError ? error.reason : error);
      return;
    }
  }
}
