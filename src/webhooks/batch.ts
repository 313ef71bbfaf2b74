import { type Activity, activitiesOf } from '../audit/activity.js';
import type { Block } from '../audit/chain.js';
import type { AuditStore } from '../audit/port.js';
import type { Instant } from '../kernel/clock.js';
import type { JsonObject } from '../kernel/json.js';
import { type NamedActivity, nameActivities } from '../platform/activities.js';
import { layoutOf } from './payload.js';
import type { Claim, Place } from './port.js';
import { isExpired, isIncluded, isInPopulations, type Terms } from './terms.js';

/** What a batch is made from. */
export interface BatchSource {
  readonly audit: Pick<AuditStore, 'blockAt' | 'blocksFrom' | 'names'>;
  /** An activity as the API shows it (`00` §11.3). */
  readonly show: (activity: NamedActivity) => JsonObject;
}

/** What is sent at once. */
export interface Batch {
  readonly events: readonly string[];
  /** Its first event; where it ends, when it has none. */
  readonly start: Place;
  /** The first event behind it. */
  readonly end: Place;
  /** When the first of its events was recorded. */
  readonly firstAt?: Instant;
  /** Events that were left out because they have waited too long. */
  readonly dropped: number;
  /** Whether there may be more behind it. */
  readonly isLast: boolean;
}

/** Blocks read at once, and looked through for one batch. */
const STEP = 8;
const MOST_BLOCKS = 32;

/**
 * The next batch of a subscription: its events in the order of the chain, as many as fit. One that was tried before ends where it
 * ended then, so that what is sent again is what was sent (`00` §11.5).
 */
export async function nextBatch(source: BatchSource, claim: Claim, terms: Terms): Promise<Batch> {
  const { progress, since, now } = claim;
  const { environmentId } = claim.subscription;
  const layout = layoutOf(terms.document);
  const events: string[] = [];
  let [bytes, dropped] = [layout.join([]).length, 0];
  let first: Activity | undefined;
  let end = progress.next;
  const batch = (isLast: boolean): Batch => ({
    events,
    start: first ? placeOf(first) : end,
    end,
    dropped,
    isLast,
    ...(first ? { firstAt: first.record.at } : {}),
  });

  /** Takes what it can of some events; `false` when one is left. */
  function fill(named: readonly NamedActivity[]): boolean {
    for (const one of named) {
      if (!isInPopulations(terms, one)) continue;
      const text = layout.event(source.show(one));
      bytes += Buffer.byteLength(text) + 2;
      const isFull = events.length === terms.mostEvents || (bytes > terms.mostBytes && events.length > 0);
      if (isFull) {
        end = placeOf(one.activity);
        return false;
      }
      first ??= one.activity;
      events.push(text);
    }
    return true;
  }

  let looked = 0;
  for await (const block of blocksFrom(source, environmentId, progress.next.seq)) {
    const wanted: Activity[] = [];
    for (const activity of activitiesOf(block)) {
      const place = placeOf(activity);
      const isInside = !isBefore(place, progress.next) && (!progress.end || isBefore(place, progress.end));
      if (!isInside || activity.record.at < since || !isIncluded(terms, activity)) continue;
      if (isExpired(terms, activity, now)) dropped += 1;
      else wanted.push(activity);
    }
    // No more than can be taken are looked up; one more tells that something is left.
    while (wanted.length > 0) {
      const some = wanted.splice(0, terms.mostEvents - events.length + 1);
      if (!fill(await nameActivities(source.audit, environmentId, some))) return batch(false);
    }
    end = { seq: block.lastSeq + 1, index: 0 };
    if (progress.end && !isBefore(end, progress.end)) {
      end = progress.end;
      return batch(false);
    }
    looked += 1;
    if (looked === MOST_BLOCKS) return batch(false);
  }
  return batch(true);
}

/** Blocks from the one on that holds this record, or that comes next when it has been purged. */
async function* blocksFrom(
  { audit }: BatchSource,
  environmentId: Block['environmentId'],
  seq: number,
): AsyncGenerator<Block> {
  let next = seq;
  const holder = await audit.blockAt(environmentId, seq);
  if (holder && holder.lastSeq >= seq) {
    yield holder;
    next = holder.lastSeq + 1;
  }
  for (;;) {
    const blocks = await audit.blocksFrom(environmentId, next, STEP);
    yield* blocks;
    const last = blocks.at(-1);
    if (!last || blocks.length < STEP) return;
    next = last.lastSeq + 1;
  }
}

const placeOf = ({ seq, index }: Activity): Place => ({ seq, index });

function isBefore(a: Place, b: Place): boolean {
  return a.seq < b.seq || (a.seq === b.seq && a.index < b.index);
}
