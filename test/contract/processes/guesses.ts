import { uuidOf } from '../../../src/kernel/ids.js';
import { guess } from '../world.js';
import { openAsServer } from './options.js';

/**
 * One of two processes that guess at once: for each line on its input, `<environment> <flow> <right|wrong|nth> <how many>`, makes
 * that many guesses in parallel and prints their verdicts as JSON.
 */
export async function main([url = '', masterKey = '']: readonly string[]): Promise<void> {
  const store = await openAsServer({ kind: 'postgres', url }, masterKey);
  console.log('ready');
  let rest = '';
  for await (const chunk of process.stdin) {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const [environment = '', flows = '', right = '', count = '0'] = rest.slice(0, end).split(' ');
      rest = rest.slice(end + 1);
      const ids = flows.split(',').map(uuidOf);
      const answers = await Promise.all(
        Array.from({ length: Number(count) }, (_, n) => {
          const deviceAuthentication = ids[n % ids.length] ?? uuidOf('');
          const plan = { environmentId: uuidOf(environment), deviceAuthentication };
          return store.transact(plan, guess(right === 'all' || right === deviceAuthentication));
        }),
      );
      console.log(JSON.stringify(answers));
    }
  }
  await store[Symbol.asyncDispose]();
}
