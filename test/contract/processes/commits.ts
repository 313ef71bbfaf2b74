import { TEST_MASTER_KEY } from '../../helpers/store.js';
import { addEnvironment } from '../world.js';
import { openAsServer } from './options.js';

/** Makes commits one after another, each acknowledged before the next, and prints how many. */
export async function main([file = '', count = '0']: readonly string[]): Promise<void> {
  const store = await openAsServer({ kind: 'sqlite', file }, TEST_MASTER_KEY);
  for (let n = 0; n < Number(count); n++) await addEnvironment(store);
  await store[Symbol.asyncDispose]();
  console.log(`${count} commits`);
}
