import type { AuditEvent, Requester } from '../../src/audit/record.js';
import { type Millis, toTimestamp } from '../../src/kernel/clock.js';
import type { Uuid } from '../../src/kernel/ids.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { type Logger, silentLogger } from '../../src/kernel/log.js';
import type { Post, PostResult } from '../../src/outbound/post.js';
import { clientPairIn } from '../../src/platform/certificates/client-pair.js';
import { partSecrets } from '../../src/platform/managed/secrets.js';
import { SEALED_MEMBERS } from '../../src/platform/subscriptions.js';
import { createSender, type Sender } from '../../src/webhooks/sender.js';
import { addEnvironment, uuid } from '../contract/world.js';
import { openTestStore, type TestStore, type TestStoreOptions } from '../helpers/store.js';

/** What arrived, as a test looks at it. */
export interface Arrived extends Post {
  /** Ids of the users that its events are about: in a test, each event has its own. */
  readonly users: readonly string[];
}

export interface WebhookWorld extends AsyncDisposable {
  readonly test: TestStore;
  readonly environmentId: Uuid;
  readonly sender: Sender;
  readonly arrived: Arrived[];
  readonly counted: string[];
  /** How the receiver answers from now on. */
  answer: (post: Post) => PostResult | Promise<PostResult>;
  subscribe(over?: JsonObject, id?: Uuid): Promise<Uuid>;
  unsubscribe(id: Uuid): Promise<void>;
  /** Changes nothing of a subscription but the time of its last change. */
  touch(id: Uuid): Promise<void>;
  /** Puts events on record, each about a user of its own unless told otherwise, and seals them; gives their users. */
  happen(count: number, over?: Partial<AuditEvent>, by?: Requester): Promise<string[]>;
  advance(time: Millis): void;
  /** Another process on the same database. */
  another(): Promise<WebhookWorld>;
}

export const TAKEN: PostResult = { kind: 'answered', status: 200 };

/** A sender on a database of its own, before a receiver that takes everything. Nothing is sent until `sender.deliver()`. */
export async function startWebhookWorld(
  options: TestStoreOptions = {},
  logger: Logger = silentLogger,
  known?: Uuid,
): Promise<WebhookWorld> {
  const test = await openTestStore(options);
  const { store, keyring, clock, random } = test;
  const environmentId = known ?? (await addEnvironment(store)).environmentId;
  const arrived: Arrived[] = [];
  const counted: string[] = [];
  const put = (id: Uuid, body: JsonObject) =>
    store.transact({ environmentId, documents: [{ kind: 'subscription', id }] }, ({ documents, now }) => ({
      outcome: undefined,
      writes: [
        {
          kind: 'put',
          entity: 'document',
          value: {
            environmentId,
            kind: 'subscription',
            id,
            ...partSecrets(body, SEALED_MEMBERS),
            createdAt: documents[0]?.createdAt ?? now,
            updatedAt: now,
          },
        },
      ],
    }));
  const world: WebhookWorld = {
    test,
    environmentId,
    arrived,
    counted,
    answer: () => TAKEN,
    sender: createSender({
      queue: store.webhooks,
      audit: store.audit,
      show: ({ activity: { id, record, event } }) => ({
        id,
        recordedAt: toTimestamp(record.at),
        user: event.userId ?? '',
        action: event.type,
        result: { description: event.type },
      }),
      post: async (post) => {
        arrived.push({ ...post, users: [...post.body.matchAll(/"user": ?"([^"]*)"/g)].map(([, user]) => user ?? '') });
        return world.answer(post);
      },
      keyPair: async (_, id) => {
        const { documents } = await store.load({ environmentId, documents: [{ kind: 'key', id }] });
        return clientPairIn(documents[0], keyring.vault);
      },
      keys: keyring.webhooks,
      vault: keyring.vault,
      clock,
      random,
      logger,
      watch: {
        tried: (result, events) => void counted.push(`${result} ${events}`),
        dropped: (events) => void counted.push(`dropped ${events}`),
      },
    }),
    async subscribe(over = {}, id = uuid()) {
      const document = {
        name: 'Hook',
        enabled: true,
        httpEndpoint: { url: 'https://hooks.example.org/' },
        filterOptions: { includedActionTypes: ['USER.LOCKED'] },
        verifyTlsCertificates: true,
        ...over,
      };
      await put(id, document);
      return id;
    },
    unsubscribe: (id) =>
      store.transact({ environmentId }, () => ({
        outcome: undefined,
        writes: [{ kind: 'delete', entity: 'document', value: { environmentId, kind: 'subscription', id } }],
      })),
    touch: (id) =>
      store.transact({ environmentId, documents: [{ kind: 'subscription', id }] }, ({ documents, now }) => ({
        outcome: undefined,
        writes: documents.map((value) => ({ kind: 'put', entity: 'document', value: { ...value, updatedAt: now } })),
      })),
    async happen(count, over = {}, by = {}) {
      const users: string[] = [];
      for (let at = 0; at < count; at += 1) {
        const userId = uuid();
        users.push(over.userId ?? userId);
        await store.transact({ environmentId }, ({ now }) => ({
          outcome: undefined,
          writes: [
            {
              kind: 'append',
              entity: 'audit',
              value: {
                environmentId,
                at: now,
                by,
                events: [{ type: 'USER.LOCKED', environmentId, userId, ...over }],
              },
            },
          ],
        }));
      }
      while ((await store.audit.seal(environmentId, 64, () => {})) > 0);
      return users;
    },
    advance: (time) => clock.advance(time),
    another: () =>
      startWebhookWorld(
        { ...options, keyring, clock: options.clock ?? clock, database: test.database, processId: uuid() },
        logger,
        environmentId,
      ),
    async [Symbol.asyncDispose]() {
      await world.sender[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
  return world;
}
