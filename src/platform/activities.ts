import { isInternal } from '../audit/action.js';
import { type Activity, actingUser, activitiesOf, placeOf, resourcesOf } from '../audit/activity.js';
import type { AuditStore, BlockPlace, ClientName, UserName } from '../audit/port.js';
import type { Instant, Millis } from '../kernel/clock.js';
import { days } from '../kernel/duration.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import type { Digests } from '../kernel/keys.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Reader } from '../storage/port.js';
import { createCursors, type ListRequest } from './listing.js';
import type { EnvironmentId } from './model.js';
import type { PlatformRejection } from './rejection.js';

/** What is asked for (wire: `00` §11.2). Absent = any. */
export interface ActivityFilter {
  /** Both included. */
  readonly from: Instant;
  readonly to: Instant;
  readonly sealedFrom?: Instant;
  readonly sealedTo?: Instant;
  /** Types outside the reference's vocabulary are shown when they are named here. */
  readonly types?: readonly string[];
  readonly correlationId?: string;
  readonly userId?: string;
  readonly username?: string;
  readonly clientId?: string;
  readonly resourceId?: string;
  readonly resourceType?: string;
  readonly populationId?: string;
}

/** An activity with the names that those in it have now: the trail itself keeps none (SEC-74). */
export interface NamedActivity {
  readonly activity: Activity;
  readonly users: ReadonlyMap<Uuid, UserName>;
  readonly clients: ReadonlyMap<Uuid, ClientName>;
}

export interface ActivityPage {
  readonly items: readonly NamedActivity[];
  readonly next?: string;
}

type Result<T> = Promise<Outcome<T, PlatformRejection | { readonly kind: 'ActivityNotFound' }>>;

/** The audit trail of an environment, read only (wire: `00` §11). Shows what is sealed: it trails by two seconds at most. */
export interface ActivityService {
  /** Newest first. A page may be shorter than asked for and still have a next: a search reads so much and no more at once. */
  list(environmentId: EnvironmentId, list: ListRequest, filter: ActivityFilter): Result<ActivityPage>;
  read(environmentId: EnvironmentId, id: Uuid): Result<NamedActivity>;
}

/** As far as this API looks back (wire: `00` §11.2), however long records are kept. */
const LOOK_BACK: Millis = days(14);
/** Blocks read at once, and for one page at most. */
const STEP = 8;
const MOST_BLOCKS = 400;

export interface ActivityServiceParts {
  readonly store: Pick<Reader, 'load'> & { readonly audit: Pick<AuditStore, 'search' | 'blockAt' | 'names'> };
  readonly digests: Pick<Digests, 'cursor'>;
}

/** Where a page ended: a block, and in it the place of the last activity that was looked at; `all` = to its end. */
interface Place extends BlockPlace {
  readonly within: { readonly seq: number; readonly index: number } | 'all';
}

export function createActivityService({ store, digests }: ActivityServiceParts): ActivityService {
  const cursors = createCursors(digests);

  /** The filter with a user's name replaced by the id of whoever has it; `undefined` when nobody has. */
  async function resolved(environmentId: EnvironmentId, filter: ActivityFilter): Promise<ActivityFilter | undefined> {
    if (filter.username === undefined) return filter;
    const { usernameHolder } = await store.load({ environmentId, username: filter.username });
    if (!usernameHolder || (filter.userId ?? usernameHolder) !== usernameHolder) return undefined;
    return { ...filter, userId: usernameHolder };
  }

  async function search(
    environmentId: EnvironmentId,
    filter: ActivityFilter,
    limit: number,
    start: Place | undefined,
  ): Promise<{ readonly found: readonly NamedActivity[]; readonly next?: Place }> {
    const found: NamedActivity[] = [];
    let place = start;
    for (let looked = 0; looked < MOST_BLOCKS; looked += STEP) {
      const blocks = await store.audit.search({
        environmentId,
        from: filter.from,
        to: filter.to,
        limit: STEP,
        ...(place ? { before: searchFrom(place) } : {}),
      });
      for (const block of blocks) {
        const { firstAt, firstSeq } = block;
        const newestFirst = [...activitiesOf(block)].reverse();
        const rest = newestFirst.filter((activity) => !place || isBehind(activity, firstSeq, place));
        const fitting = await fittingOf(environmentId, rest, filter);
        const taken = fitting.slice(0, limit - found.length);
        found.push(...taken);
        const last = taken.at(-1)?.activity;
        const isFull = found.length === limit;
        place = { firstAt, firstSeq, within: isFull && last ? { seq: last.seq, index: last.index } : 'all' };
        if (isFull) return { found, next: place };
      }
      if (blocks.length < STEP) return { found };
    }
    return { found, ...(place ? { next: place } : {}) };
  }

  async function fittingOf(
    environmentId: EnvironmentId,
    activities: readonly Activity[],
    filter: ActivityFilter,
  ): Promise<readonly NamedActivity[]> {
    const fitting = activities.filter((activity) => fits(activity, filter));
    if (fitting.length === 0) return [];
    const all = await nameActivities(store.audit, environmentId, fitting);
    const { populationId } = filter;
    if (populationId === undefined) return all;
    return all.filter(({ activity: { event }, users }) => {
      const user = event.userId && users.get(event.userId);
      return user && user.populationId === populationId;
    });
  }

  return {
    async list(environmentId, { limit, cursor, filter: text = '' }, asked) {
      const { environment, now } = await store.load({ environmentId });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const binding = [environmentId, 'activities', text];
      const key = cursor === undefined ? undefined : cursors.read(binding, cursor);
      const start = key === undefined ? undefined : parsePlace(key);
      if (cursor !== undefined && !start) return reject({ kind: 'CursorInvalid' });
      const filter = await resolved(environmentId, { ...asked, from: Math.max(asked.from, now - LOOK_BACK) });
      if (!filter) return accept({ items: [] });
      const { found, next } = await search(environmentId, filter, limit, start);
      return accept({ items: found, ...(next ? { next: cursors.write(binding, placeKey(next)) } : {}) });
    },

    async read(environmentId, id) {
      const { environment, now } = await store.load({ environmentId });
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      const place = placeOf(environmentId, id);
      const block = place && (await store.audit.blockAt(environmentId, place.seq));
      const activity = block && activitiesOf(block).find((candidate) => candidate.id === id);
      if (!activity || activity.record.at < now - LOOK_BACK) return reject({ kind: 'ActivityNotFound' });
      const [one] = await nameActivities(store.audit, environmentId, [activity]);
      return one ? accept(one) : reject({ kind: 'ActivityNotFound' });
    },
  };
}

/** With the names that those in them have now. */
export async function nameActivities(
  audit: Pick<AuditStore, 'names'>,
  environmentId: EnvironmentId,
  activities: readonly Activity[],
): Promise<readonly NamedActivity[]> {
  const users = new Set(activities.flatMap(({ event }) => event.userId ?? []));
  const clients = new Set(activities.flatMap(({ record }) => record.by.clientId ?? []));
  const names = await audit.names(environmentId, [...users], [...clients]);
  return activities.map((activity) => ({ activity, ...names }));
}

/** The block itself is read again while there is something left in it. */
function searchFrom({ firstAt, firstSeq, within }: Place): BlockPlace {
  return within === 'all' ? { firstAt, firstSeq } : { firstAt, firstSeq: firstSeq + 1 };
}

/** In a block that was read in part before, only what came after the place; the order is newest first. */
function isBehind({ seq, index }: Activity, firstSeq: number, place: Place): boolean {
  if (place.firstSeq !== firstSeq || place.within === 'all') return true;
  return seq < place.within.seq || (seq === place.within.seq && index < place.within.index);
}

function placeKey({ firstAt, firstSeq, within }: Place): string {
  return within === 'all' ? `${firstAt}.${firstSeq}` : `${firstAt}.${firstSeq}.${within.seq}.${within.index}`;
}

/** The key was signed by us, so it has one of the two forms. */
function parsePlace(key: string): Place | undefined {
  const [firstAt, firstSeq, seq, index] = key.split('.').map(Number);
  if (firstAt === undefined || firstSeq === undefined) return undefined;
  return { firstAt, firstSeq, within: seq === undefined || index === undefined ? 'all' : { seq, index } };
}

function fits({ record, event, sealedAt }: Activity, filter: ActivityFilter): boolean {
  const { types, correlationId, userId, clientId, resourceId, resourceType } = filter;
  if (record.at < filter.from || record.at > filter.to) return false;
  if (filter.sealedFrom !== undefined && sealedAt < filter.sealedFrom) return false;
  if (filter.sealedTo !== undefined && sealedAt > filter.sealedTo) return false;
  if (types ? !types.includes(event.type) : isInternal(event.type)) return false;
  if (correlationId !== undefined && record.by.correlationId !== correlationId) return false;
  if (userId !== undefined && actingUser(event) !== parseUuid(userId)) return false;
  if (clientId !== undefined && record.by.clientId !== clientId) return false;
  if (resourceId === undefined && resourceType === undefined) return true;
  return resourcesOf(event).some(
    ({ type, id }) =>
      (resourceId === undefined || id === resourceId) && (resourceType === undefined || type === resourceType),
  );
}
