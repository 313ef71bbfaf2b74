import type { EventSink } from '../events.js';
import type { Clock, Instant, Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import type { Uuid } from '../kernel/ids.js';
import type { Vault } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';
import type { Random } from '../kernel/random.js';
import { announceQueued, announceSettled, reportFault, settledEvent } from './announce.js';
import { type Gateway, permanent, transient } from './gateway.js';
import { createLine, type Line } from './line.js';
import type { Channel, LeasedMessage, OutboxMessage, Settlement } from './message.js';
import { prepare } from './outgoing.js';
import type { Outbox } from './port.js';
import { type Attempt, MAX_ATTEMPTS, settlementOf } from './settlement.js';

/** Sends what the outbox holds (`design.md` §7). */
export interface Dispatcher extends AsyncDisposable {
  /** Rows that were just committed, leased to this process. Returns at once; never throws. */
  nudge(messages: readonly OutboxMessage[]): void;
  /** Takes over dead leases now and from then on every few seconds. */
  start(): void;
  /** Takes over dead leases once; resolves when what was claimed is on its way. */
  takeOver(): Promise<void>;
  /** Messages that wait here or are being sent, by channel; for metrics. */
  depth(): ReadonlyMap<Channel, number>;
  /** Resolves when nothing is waiting or being sent. */
  idle(): Promise<void>;
  /** Finishes what is being sent, hands the rest over to whoever claims next, and stops (SEC-84). */
  drain(): Promise<void>;
}

export interface DispatcherOptions {
  readonly outbox: Outbox;
  readonly chains: ReadonlyMap<Channel, readonly Gateway[]>;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly events: EventSink;
  /** Length of a lease, as the store gives it to appended rows. */
  readonly lease: Millis;
  /** Longest single send; 10 s (SEC-60). */
  readonly timeout?: Millis;
  /** Between two looks for dead leases; 2 s, so that a take-over comes within 30 s (SEC-80). */
  readonly claimEvery?: Millis;
  /** Messages of one channel that wait here at most; the rest is left in the outbox. */
  readonly queueLimit?: number;
}

/** Kept back from a lease to record the result, and for clocks that differ. */
const LEASE_MARGIN = seconds(3);
const CLAIM_BATCH = 100;
const QUEUE_LIMIT = 4_096;
/** Results kept for a database that is away. */
const MAX_UNRECORDED = 10_000;

export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { outbox, vault, clock, random, logger, events, lease } = options;
  const { timeout = seconds(10), claimEvery = seconds(2), queueLimit = QUEUE_LIMIT } = options;
  const gateways = new Set([...options.chains.values()].flat());
  const onFault = (gateway: string, error: unknown): void => reportFault(logger, `gateway ${gateway}`, error);
  const lineOf = new Map([...gateways].map((gateway) => [gateway, createLine(gateway, { clock, timeout, onFault })]));
  const linesOf = (channel: Channel): readonly Line[] =>
    (options.chains.get(channel) ?? []).flatMap((gateway) => lineOf.get(gateway) ?? []);

  const tasks = new Set<Promise<unknown>>();
  const queued = new Map<Channel, number>();
  const unrecorded = new Map<Uuid, { readonly message: LeasedMessage; readonly settlement: Settlement }>();
  let arrived: OutboxMessage[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function accept(message: LeasedMessage, leaseEnds: Instant): void {
    const waiting = queued.get(message.channel) ?? 0;
    // What does not fit stays in the outbox; its lease ends and it is claimed when there is room.
    if (waiting >= queueLimit) return;
    queued.set(message.channel, waiting + 1);
    track(deliver(message, leaseEnds - LEASE_MARGIN)).finally(() => {
      queued.set(message.channel, (queued.get(message.channel) ?? 1) - 1);
    });
  }

  function track(work: Promise<unknown>): Promise<unknown> {
    const task = work
      .catch((error) => reportFault(logger, 'dispatcher', error))
      .finally(() => {
        tasks.delete(task);
      });
    tasks.add(task);
    return task;
  }

  async function deliver(message: LeasedMessage, until: Instant): Promise<unknown> {
    const end = Math.min(until, message.deadline);
    const known = unrecorded.get(message.id)?.settlement;
    // It was sent, but the database was away when that was to be recorded.
    if (known && known.result !== 'retry') return record(message, known);
    if (clock.now() > message.deadline) return record(message, abandoned('the code has expired'));
    if (message.attempt > MAX_ATTEMPTS) return record(message, abandoned('no attempts are left'));
    const attempt = await tryChain(message, () => end - clock.now());
    if (attempt === 'late') return undefined;
    if (attempt === 'closed') return record(message, handedOver(clock.now()));
    return record(message, settlementOf(attempt, message, clock.now(), random.fraction()));
  }

  /** Each gateway of the channel in turn until one takes it; the attempt is worth repeating if any failure was transient. */
  async function tryChain(message: LeasedMessage, timeLeft: () => Millis): Promise<Attempt | 'late' | 'closed'> {
    const outgoing = prepare(message, vault, clock.now());
    if (!outgoing.ok) {
      logger.error(
        { outboxId: message.id, reason: outgoing.rejection },
        'a message cannot be sent: was the master key changed?',
      );
      return { gateway: 'none', result: permanent(outgoing.rejection) };
    }
    const chain = linesOf(message.channel);
    if (chain.length === 0) return { gateway: 'none', result: transient('no gateway') };
    let refused: Attempt | undefined;
    let mayPass: Attempt | undefined;
    let soonest = Number.POSITIVE_INFINITY;
    let untried = true;
    for (const line of chain) {
      const result = await line.send(outgoing.value, timeLeft);
      if (result === 'closed') return result;
      if (result === 'late') break;
      if (result.ok) return { gateway: line.name, result };
      const { failure, notBefore = 0 } = result;
      if (result.notBefore === undefined) untried = false;
      if (failure === 'permanent') refused = { gateway: line.name, result };
      else if (notBefore <= soonest) {
        mayPass = { gateway: line.name, result };
        soonest = notBefore;
      }
    }
    return mayPass ? { ...mayPass, untried } : (refused ?? 'late');
  }

  /** `false`: the database is away; the result is kept and recorded when it is back, so that nothing is sent twice. */
  async function record(message: LeasedMessage, settlement: Settlement): Promise<boolean> {
    const event = settledEvent(message, settlement);
    try {
      const held = await outbox.settle(message, settlement, event);
      unrecorded.delete(message.id);
      if (!held) {
        // Nothing was recorded, so nothing is told: who took it over will.
        logger.warn({ outboxId: message.id }, 'a message was taken over by another process while it was sent');
        return true;
      }
    } catch (error) {
      if (unrecorded.size < MAX_UNRECORDED) unrecorded.set(message.id, { message, settlement });
      reportFault(logger, 'recording a delivery', error);
      return false;
    }
    announceSettled(events, logger, message, settlement, event);
    return true;
  }

  async function takeOver(): Promise<void> {
    for (const { message, settlement } of [...unrecorded.values()]) if (!(await record(message, settlement))) return;
    const room = Math.min(CLAIM_BATCH, queueLimit - Math.max(0, ...queued.values()));
    if (room <= 0) return;
    const leasedAt = clock.now();
    const claimed = await outbox.claim(room, lease);
    for (const message of claimed) accept(message, leasedAt + lease);
    if (claimed.length > 0) logger.info({ messages: claimed.length }, 'took over messages whose lease had ended');
  }

  function flush(): void {
    const messages = arrived;
    arrived = [];
    for (const message of messages) {
      announceQueued(events, message);
      // In this order: what comes behind a spread costs each object a hidden class of its own (`docs/performance.md`).
      accept({ attempt: 1, ...message }, message.createdAt + lease);
    }
  }

  async function idle(): Promise<void> {
    flush();
    while (tasks.size > 0) await Promise.all(tasks);
  }

  async function drain(): Promise<void> {
    stopped = true;
    clearTimeout(timer);
    for (const line of lineOf.values()) line.close();
    await idle();
  }

  function look(): void {
    track(takeOver()).finally(() => {
      if (!stopped) timer = setTimeout(look, claimEvery).unref();
    });
  }

  return {
    nudge(messages) {
      if (arrived.length === 0) setImmediate(flush);
      arrived.push(...messages);
    },
    start: look,
    takeOver,
    depth: () => queued,
    idle,
    drain,
    [Symbol.asyncDispose]: drain,
  };
}

const abandoned = (reason: string): Settlement => ({ result: 'abandoned', gateway: 'none', reason });
const handedOver = (now: Instant): Settlement => ({
  result: 'retry',
  gateway: 'none',
  reason: 'handed over at shutdown',
  notBefore: now,
  untried: true,
});
