import { systemClock } from '../../../src/kernel/clock.js';
import { createDestinationGuard } from '../../../src/kernel/destination.js';
import { createKeyring } from '../../../src/kernel/keys.js';
import { silentLogger } from '../../../src/kernel/log.js';
import { createSystemRandom } from '../../../src/kernel/random.js';
import { Redacted } from '../../../src/kernel/sealed.js';
import { createPost } from '../../../src/outbound/post.js';
import { createSender } from '../../../src/webhooks/sender.js';
import { openAsServer } from './options.js';

/** Sends to the subscriptions of a database, looking for something to send all the while, until it is ended. */
export async function main([url = '', masterKey = '']: readonly string[]) {
  const store = await openAsServer({ kind: 'postgres', url }, masterKey);
  const { vault, webhooks } = createKeyring(new Redacted(Buffer.from(masterKey, 'hex')));
  const guard = createDestinationGuard({ allowsHttp: true, ports: 'any', internal: ['127.0.0.1'] });
  const sender = createSender({
    queue: store.webhooks,
    audit: store.audit,
    show: ({ activity: { id, event } }) => ({ id, user: event.userId ?? '', pid: process.pid }),
    post: createPost(guard),
    keyPair: () => Promise.reject(new Error('no subscription here names a key pair')),
    keys: webhooks,
    vault,
    clock: systemClock,
    random: createSystemRandom(),
    logger: silentLogger,
  });
  console.log('ready');
  for (;;) {
    await sender.deliver();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
