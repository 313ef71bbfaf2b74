import { BLOCK_SPAN } from '../../audit/chain.js';
import type { Instant, Millis } from '../../kernel/clock.js';
import type { KeyTable } from '../../kernel/data-keys.js';
import { Sealed } from '../../kernel/sealed.js';
import type { Claim, Progress, WebhookQueue } from '../../webhooks/port.js';
import { withKeysFor } from './data-keys.js';
import type { Engine } from './engine.js';
import { integer, text } from './row.js';
import { ask, call, type Row, type Script } from './statement.js';
import { selectHead, toHead } from './tables/audit.js';
import { selectDocument, toDocument } from './tables/documents.js';
import * as sql from './tables/webhooks.js';

/** Cursors removed in one step. */
const STRAY_STEP = 100;

/** The sender's view (`webhooks/port.ts`): a look that writes nothing, and writes only for what it has found. */
export function createWebhookQueue(engine: Engine, processId: string, keys: KeyTable): WebhookQueue {
  /** With a keeper `time` is its lease, without one how long nobody need look. */
  const settle = (claim: Claim, progress: Progress, keeper: string | null, time: Millis) =>
    engine.write('queues', function* (): Script<Claim | undefined> {
      const now = yield* engine.time.now();
      const { environmentId: environment, id, updatedAt: documentAt } = claim.subscription;
      const [leaseUntil, notBefore] = keeper === null ? [0, now + time] : [now + time, 0];
      const { version } = claim;
      const held = { environment, id, version, owner: processId, keeper, leaseUntil, notBefore, documentAt };
      const { count } = yield* ask(sql.settleCursor, { ...held, ...sql.progressValues(progress) });
      return count === 1 ? { ...claim, progress, version: version + 1, leaseUntil, now } : undefined;
    });

  return {
    async claim(limit, lease) {
      const found = await engine.read(function* () {
        const now = yield* engine.time.now();
        const [due, strays] = yield [
          call(sql.dueSubscriptions, { now, limit }),
          call(sql.strayCursors, { limit: STRAY_STEP }),
        ];
        return { due: due?.rows ?? [], strays: strays?.rows ?? [] };
      });
      if (found.strays.length > 0)
        await engine.write('queues', function* () {
          yield found.strays.map((row) => call(sql.deleteCursor, { environment: text(row, 0), id: text(row, 1) }));
        });
      if (found.due.length === 0) return [];
      return engine.write('queues', function* () {
        const now = yield* engine.time.now();
        const claims: Claim[] = [];
        for (const row of found.due) {
          const claim = yield* take(row, now, processId, lease);
          if (claim) claims.push(claim);
        }
        return yield* withKeysFor(keys, claims, (all) =>
          all.map(({ subscription: { secret } }) => (secret instanceof Sealed ? secret : undefined)),
        );
      });
    },
    advance: (claim, progress, lease) => settle(claim, progress, processId, lease),
    release: async (claim, progress, wait) => (await settle(claim, progress, null, wait)) !== undefined,
  };
}

/** One that is due: the version that was seen decides who of several processes gets it. */
function* take(row: Row, now: Instant, owner: string, lease: Millis): Script<Claim | undefined> {
  const key = { environment: text(row, 0), id: text(row, 1) };
  const version = row[4] === null ? yield* make(key, integer(row, 2), integer(row, 3)) : integer(row, 4);
  const taken = yield* ask(sql.claimCursor, { ...key, version, owner, now, leaseUntil: now + lease });
  const document = (yield* ask(selectDocument, { kind: 'subscription', ...key })).rows[0];
  const cursor = taken.rows[0] && sql.toCursor(taken.rows[0]);
  if (!cursor || !document) return undefined;
  const subscription = toDocument(document, 0);
  const { documentAt, progress, ...claim } = cursor;
  // What was said of the document before it changed says nothing of it now.
  const failures = documentAt === subscription.updatedAt ? progress.failures : 0;
  return { ...claim, subscription, progress: { ...progress, failures }, now };
}

/** The cursor of a subscription that has none, at the first record that can be as old as the subscription. */
function* make(
  { environment, id }: { readonly environment: string; readonly id: string },
  since: Instant,
  documentAt: Instant,
): Script<number> {
  const [block] = (yield* ask(sql.firstBlockSince, { environment, from: since - BLOCK_SPAN })).rows;
  const [row] = (yield* ask(selectHead, { environment })).rows;
  const first = typeof block?.[0] === 'number' ? block[0] : row ? toHead(row).lastSeq + 1 : 1;
  yield* ask(sql.insertCursor, { environment, id, documentAt, since, nextSeq: first });
  return 1;
}
