import { type Clock, type Millis, monotonicMillis } from '../kernel/clock.js';
import { minutes, seconds } from '../kernel/duration.js';
import { type Uuid, uuidOf } from '../kernel/ids.js';
import type { Vault, WebhookKeys } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';
import type { Random } from '../kernel/random.js';
import type { ClientPair } from '../outbound/exchange.js';
import type { PostResult, PostTo } from '../outbound/post.js';
import { type Batch, type BatchSource, nextBatch } from './batch.js';
import { layoutOf } from './payload.js';
import type { Claim, Progress, WebhookQueue } from './port.js';
import { batchId, SIGNATURE_HEADER, signature } from './signature.js';
import { type Terms, termsOf } from './terms.js';

/** Whoever counts. */
export interface WebhookWatch {
  /** A batch was tried. `refused`: answered by anything but 200. */
  tried(result: 'delivered' | 'refused' | 'unanswered' | 'forbidden', events: number): void;
  /** Events have waited too long. */
  dropped(events: number): void;
}

export interface SenderParts extends BatchSource {
  readonly queue: WebhookQueue;
  readonly post: PostTo;
  /** A key pair of an environment, opened; rejects when it is not there, or not one to show to receivers. */
  readonly keyPair: (environmentId: Uuid, id: Uuid) => Promise<ClientPair>;
  readonly keys: WebhookKeys;
  readonly vault: Pick<Vault, 'open'>;
  /** Of signatures. */
  readonly clock: Clock;
  readonly random: Pick<Random, 'fraction'>;
  readonly logger: Logger;
  readonly watch?: WebhookWatch;
}

/** Sends the trail to whoever subscribes to it (`00` §11.5). */
export interface Sender extends AsyncDisposable {
  /** Looks for something to send every second from now on. */
  start(): void;
  /** Looks once; resolves when what was found has been sent or postponed. */
  deliver(): Promise<void>;
}

const LOOK_EVERY: Millis = seconds(1);
/** Subscriptions that one process serves at once. */
const AT_ONCE = 64;
/** Longer than a request takes at most, with room for what comes before and after it. */
const LEASE: Millis = seconds(60);
/** No request begins that could outlast the lease. */
const LATEST: Millis = seconds(40);
/** Batches before others have their turn. */
const BATCHES_OF_A_TURN = 20;
const FIRST_WAIT: Millis = seconds(5);
const LONGEST_WAIT: Millis = minutes(10);
/** How often a disabled subscription is looked at; it is looked at at once when it changes. */
const DISABLED_WAIT: Millis = minutes(10);

/** A subscription, and as whom it is served. */
interface Known {
  readonly terms: Terms;
  readonly client?: ClientPair;
}

export function createSender(parts: SenderParts): Sender {
  const { queue, vault, logger, random, watch } = parts;
  const working = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;

  async function look(): Promise<void> {
    const room = AT_ONCE - working.size;
    if (room <= 0 || stopped) return;
    for (const claim of await queue.claim(room, LEASE)) {
      const task = serve(claim)
        .catch((error: unknown) => logger.warn({ err: error, ...named(claim) }, 'a webhook could not be served'))
        .finally(() => working.delete(task));
      working.add(task);
    }
  }

  /** One turn of a subscription: batch after batch until nothing is left, one is not taken, or it is others' turn. */
  async function serve(first: Claim): Promise<void> {
    let claim = first;
    const known = await opened(claim);
    if (!known) return;
    const { terms } = known;
    let heldAt = monotonicMillis();
    for (let turn = 0; turn < BATCHES_OF_A_TURN && !stopped; turn += 1) {
      const batch = await nextBatch(parts, claim, terms);
      if (batch.dropped > 0) tellDropped(claim, batch.dropped);
      if (monotonicMillis() - heldAt > LATEST) break;
      if (batch.events.length > 0 && !(await isTaken(claim, known, batch))) return;
      const progress: Progress = { next: batch.end, failures: 0 };
      if (batch.isLast) {
        await queue.release(claim, progress, 0);
        return;
      }
      const kept = await queue.advance(claim, progress, LEASE);
      // It took so long that another process was free to take it over, and has.
      if (!kept) return;
      [claim, heldAt] = [kept, monotonicMillis()];
    }
    await queue.release(claim, claim.progress, 0);
  }

  /** The terms of a subscription that is to be served now. */
  async function opened(claim: Claim): Promise<Known | undefined> {
    try {
      const terms = termsOf(claim.subscription, vault);
      const { enabled, tlsClientAuthKeyPair: pair } = terms.document;
      if (enabled && !pair) return { terms };
      // Its id was found among the keys of the environment when it was named.
      if (enabled && pair)
        return { terms, client: await parts.keyPair(claim.subscription.environmentId, uuidOf(pair.id)) };
      await queue.release(claim, { ...claim.progress, failures: 0 }, DISABLED_WAIT);
    } catch (error) {
      // A key or key pair that is missing, or a document that somebody has altered: nothing that passes by itself.
      logger.error({ err: error, ...named(claim) }, 'a subscription cannot be read: nothing is sent for it');
      await queue.release(claim, claim.progress, LONGEST_WAIT);
    }
    return undefined;
  }

  /** Sends a batch; what is not taken is tried again later. */
  async function isTaken(claim: Claim, known: Known, batch: Batch): Promise<boolean> {
    const result = await send(claim, known, batch);
    const isDelivered = result.kind === 'answered' && result.status === 200;
    const { failures } = claim.progress;
    const kind = result.kind === 'answered' ? 'refused' : result.kind;
    watch?.tried(isDelivered ? 'delivered' : kind, batch.events.length);
    if (isDelivered) {
      if (failures > 0) logger.info({ ...named(claim), failures }, 'a webhook is taken again');
      return true;
    }
    if (failures === 0)
      logger.warn(
        { ...named(claim), ...(result.kind === 'answered' ? { status: result.status } : { reason: result.reason }) },
        'a webhook was not taken; trying again until it is, or its events are too old',
      );
    const { firstAt } = batch;
    const progress: Progress = {
      next: batch.start,
      end: batch.end,
      failures: failures + 1,
      ...(firstAt === undefined ? {} : { pendingSince: firstAt }),
    };
    await queue.release(claim, progress, waitAfter(failures, random.fraction()));
    return false;
  }

  function send(claim: Claim, { terms, client }: Known, { events, start, end }: Batch): Promise<PostResult> {
    const { document, url, headers } = terms;
    const layout = layoutOf(document);
    const body = layout.join(events);
    const { environmentId, id } = claim.subscription;
    const secret = parts.keys.secret(environmentId, id);
    return parts.post({
      url,
      body,
      verifyTls: document.verifyTlsCertificates,
      ...(client ? { client } : {}),
      headers: {
        'content-type': layout.contentType,
        'user-agent': 'Postern',
        // What is configured is named in any case; one header is not sent twice.
        ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
        [SIGNATURE_HEADER]: signature(secret, batchId(claim, start, end), parts.clock.now(), body),
      },
    });
  }

  function tellDropped(claim: Claim, events: number): void {
    watch?.dropped(events);
    logger.warn({ ...named(claim), events }, 'events for a webhook have waited too long and were dropped');
  }

  function again(): void {
    looking = look()
      .catch((error: unknown) => logger.warn({ err: error }, 'webhooks could not be looked for; trying again'))
      .finally(() => {
        if (!stopped) timer = setTimeout(again, LOOK_EVERY).unref();
      });
  }

  return {
    start: again,
    async deliver() {
      await look();
      await Promise.all(working);
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await Promise.all(working);
    },
  };
}

/** After how many failures before it; between half and all of a wait that doubles, so that receivers are not asked in step. */
export function waitAfter(failures: number, fraction: number): Millis {
  return Math.round(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + fraction / 2));
}

const named = ({ subscription: { environmentId, id } }: Claim) => ({ environmentId, subscriptionId: id });
