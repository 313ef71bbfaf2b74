import { createAuthenticationService } from '../../../src/authentication/service.js';
import { CHANNELS } from '../../../src/delivery/message.js';
import { KINDS } from '../../../src/devices/kinds/index.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { uuidOf } from '../../../src/kernel/ids.js';
import { createKeyring } from '../../../src/kernel/keys.js';
import { createSystemRandom } from '../../../src/kernel/random.js';
import { Redacted } from '../../../src/kernel/sealed.js';
import { StoreError } from '../../../src/storage/store-error.js';
import { openAsServer } from './options.js';

/**
 * One of two processes that send at once: for each line on its input, `<environment> <user> <numbers> <how many>`, starts that many
 * one-time authentications in parallel, going round the numbers, and prints what became of each as JSON.
 */
export async function main([url = '', masterKey = '']: readonly string[]): Promise<void> {
  let sent = 0;
  const store = await openAsServer({ kind: 'postgres', url }, masterKey, {
    onAppended: (messages) => {
      sent += messages.length;
    },
  });
  const { digests, vault } = createKeyring(new Redacted(Buffer.from(masterKey, 'hex')));
  const sendLimits = { unconfirmed: 5, hourly: 10, daily: 30, pause: 0, prefix: 20 };
  const authentications = createAuthenticationService({
    store,
    random: createSystemRandom(),
    clock: systemClock,
    digests,
    vault,
    deployment: { channels: new Set(CHANNELS), allowsTestMode: () => false, sendLimits },
    events: { emit() {} },
  });
  const start = async (environment: string, user: string, number: string): Promise<string> => {
    const contact = KINDS.SMS.parseContact(number);
    if (!contact) throw new Error(`no number: ${number}`);
    const selection = { kind: 'oneTime', type: 'SMS', contact, testMode: false } as const;
    try {
      const result = await authentications.create(uuidOf(environment), { userId: uuidOf(user), selection });
      return result.ok ? 'sent' : result.rejection.kind;
    } catch (error) {
      if (error instanceof StoreError) return error.reason;
      throw error;
    }
  };
  console.log('ready');
  let rest = '';
  for await (const chunk of process.stdin) {
    rest += chunk;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const [environment = '', user = '', numbers = '', count = '0'] = rest.slice(0, end).split(' ');
      rest = rest.slice(end + 1);
      const all = numbers.split(',');
      const answers = await Promise.all(
        Array.from({ length: Number(count) }, (_, n) => start(environment, user, all[n % all.length] ?? '')),
      );
      console.log(JSON.stringify({ answers, sent }));
    }
  }
  await store[Symbol.asyncDispose]();
}
