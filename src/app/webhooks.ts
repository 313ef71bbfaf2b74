import type { BaseUrls } from '../config/config.js';
import { activityView } from '../http/hal/activities.js';
import { createLinks } from '../http/hal/links.js';
import { createDestinationGuard, type DestinationRules } from '../kernel/destination.js';
import { createPost } from '../outbound/post.js';
import { clientPairIn } from '../platform/certificates/client-pair.js';
import type { SqlStore } from '../storage/sql/index.js';
import { createSender, type Sender, type SenderParts } from '../webhooks/sender.js';

export interface WebhookParts extends Pick<SenderParts, 'keys' | 'vault' | 'clock' | 'random' | 'logger' | 'watch'> {
  readonly store: Pick<SqlStore, 'webhooks' | 'audit' | 'load'>;
  readonly outbound: DestinationRules;
  readonly urls: BaseUrls;
}

/** Sends to subscriptions from now on what the API would show, with the same links. */
export function startWebhooks({ store, outbound, urls, ...parts }: WebhookParts): Sender {
  const links = createLinks(urls.apiPath, urls.authPath);
  const sender = createSender({
    ...parts,
    queue: store.webhooks,
    audit: store.audit,
    show: (activity) => activityView(activity, links),
    post: createPost(createDestinationGuard(outbound)),
    async keyPair(environmentId, id) {
      const { documents } = await store.load({ environmentId, documents: [{ kind: 'key', id }] });
      return clientPairIn(documents[0], parts.vault);
    },
  });
  sender.start();
  return sender;
}
