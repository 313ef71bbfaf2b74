import { createKeyring } from '../../../src/kernel/keys.js';
import { Redacted } from '../../../src/kernel/sealed.js';
import { authenticationsOn, type Volley, volley } from '../passcode-world.js';
import { openAsServer } from './options.js';

/** One of two processes that send the same passcode: for each line on its input, a `Volley` as JSON, prints what came of it. */
export async function main([url = '', masterKey = '']: readonly string[]): Promise<void> {
  const keyring = createKeyring(new Redacted(Buffer.from(masterKey, 'hex')));
  const store = await openAsServer({ kind: 'postgres', url }, masterKey, {
    vault: keyring.vault,
    audit: keyring.audit,
  });
  const authentications = authenticationsOn(store, keyring);
  console.log('ready');
  let rest = '';
  for await (const chunk of process.stdin) {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line: Volley = JSON.parse(rest.slice(0, end));
      rest = rest.slice(end + 1);
      console.log(JSON.stringify(await volley(authentications, line)));
    }
  }
  await store[Symbol.asyncDispose]();
}
