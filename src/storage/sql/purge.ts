import type { AuditEvent } from '../../audit/record.js';
import { lapse, lapseEvent, lapsePlan } from '../../devices/pairing/lapse.js';
import { forgottenAfter } from '../../devices/sending/send-window.js';
import type { Instant, Millis } from '../../kernel/clock.js';
import { days, minutes } from '../../kernel/duration.js';
import { uuidOf } from '../../kernel/ids.js';
import type { AppendAudit } from './audit-tail.js';
import type { Engine } from './engine.js';
import { purgeInboxStep } from './inbox.js';
import { purgeEnvironment } from './purge-environments.js';
import { text } from './row.js';
import { ask, call, type Row, type Script, type Statement } from './statement.js';
import { endedBrowsers, purgeBrowser } from './tables/browsers.js';
import { endedCounters, purgeCounter } from './tables/counters.js';
import { forgettableDestinations, purgeDestination, toDestination } from './tables/destinations.js';
import { oldestDeviceAuthentications, purgeDeviceAuthentication } from './tables/device-authentications.js';
import { lapsedDevices, purgeDevice, toLapsedDevice } from './tables/devices.js';
import { environmentIds } from './tables/environments.js';
import { endedOathJobs, purgeOathJob } from './tables/oath-jobs.js';
import { oldestMessages, purgeMessage } from './tables/outbox.js';
import { endedRevokedTokens, purgeRevokedToken } from './tables/revoked-tokens.js';

/** How long a settled message's record is kept: what was sent when, by which gateway; its content has been gone since. */
const OUTBOX_RETENTION = days(1);

/** How one kind of row goes: those that may be past their time, first three columns environment, id, time; and one by its key. */
interface Kind {
  readonly select: Statement;
  readonly remove: Statement;
  readonly retention: Millis;
  /** What is on record of it, if anything is. */
  readonly event?: (row: Row) => AuditEvent;
  /** Those whose end is a unit of its own. */
  readonly isKept?: (row: Row, now: Instant) => boolean;
}

const FLOWS: Kind = { select: oldestDeviceAuthentications, remove: purgeDeviceAuthentication, retention: 0 };
const MESSAGES: Kind = { select: oldestMessages, remove: purgeMessage, retention: OUTBOX_RETENTION };
const PENDING_DEVICES: Kind = {
  select: lapsedDevices,
  remove: purgeDevice,
  retention: 0,
  event: (row) => lapseEvent(toLapsedDevice(row)),
  isKept: (row, now) => lapsePlan(toLapsedDevice(row), now) !== undefined,
};
const BROWSERS: Kind = {
  select: endedBrowsers,
  remove: purgeBrowser,
  retention: 0,
  event: (row) =>
    lapseEvent({ environmentId: uuidOf(text(row, 0)), id: uuidOf(text(row, 1)), userId: uuidOf(text(row, 3)) }),
};
const COUNTERS: Kind = { select: endedCounters, remove: purgeCounter, retention: 0 };
const OATH_JOBS: Kind = { select: endedOathJobs, remove: purgeOathJob, retention: 0 };
/** Tokens end by the host's clock, which may be behind the one that is asked here. */
const REVOKED_TOKENS: Kind = { select: endedRevokedTokens, remove: purgeRevokedToken, retention: minutes(1) };

/**
 * Removes up to `limit` rows that are past their time, each kind and environment as a unit of its own, so that nobody waits long.
 * Of an environment's rows only the oldest `limit` are looked at: what stands behind younger ones is found once those have gone.
 */
export async function purge(engine: Engine, limit: number): Promise<number> {
  let left = limit;
  const step = async (script: (limit: number, append: AppendAudit) => Script<number>): Promise<void> => {
    if (left > 0) left -= await engine.write('aggregates', (append) => script(left, append));
  };
  const ids = await engine.read(function* () {
    return (yield* ask(environmentIds, {})).rows.map((row) => text(row, 0));
  });
  for (const environment of ids) {
    await step((limit, append) => remove(engine, FLOWS, environment, limit, append));
    await step((limit, append) => remove(engine, MESSAGES, environment, limit, append));
  }
  if (left > 0) left -= await lapseDevices(engine, left);
  await step((limit, append) => remove(engine, PENDING_DEVICES, null, limit, append));
  await step((limit, append) => remove(engine, BROWSERS, null, limit, append));
  await step((limit, append) => remove(engine, COUNTERS, null, limit, append));
  await step((limit, append) => remove(engine, OATH_JOBS, null, limit, append));
  await step((limit, append) => remove(engine, REVOKED_TOKENS, null, limit, append));
  await step((limit) => forgetDestinations(engine, limit));
  await step(purgeInboxStep);
  if (left > 0) left -= await purgeEnvironment(engine, left);
  await engine.cutLog();
  return limit - left;
}

/** Found first and removed by key: a planner that is given both at once may read the whole table through. */
function* remove(
  engine: Engine,
  kind: Kind,
  environment: string | null,
  limit: number,
  append: AppendAudit,
): Script<number> {
  const now = yield* engine.time.now();
  const before = now - kind.retention;
  const { rows } = yield* ask(kind.select, { environment, before, limit });
  const past = rows.filter((row) => typeof row[2] === 'number' && row[2] <= before && !kind.isKept?.(row, now));
  const removed = yield past.map((row) =>
    call(kind.remove, { environment: text(row, 0), id: text(row, 1), user: row[3] ?? null, before }),
  );
  if (kind.event)
    for (const [at, row] of past.entries()) {
      const event = removed[at]?.count === 1 ? kind.event(row) : undefined;
      if (event) append({ environmentId: event.environmentId, at: now, by: {}, events: [event] });
    }
  return removed.reduce((sum, { count }) => sum + count, 0);
}

/** Pending devices that leave something to their contact: few, and each is decided on like a deletion (SEC-12). */
async function lapseDevices(engine: Engine, limit: number): Promise<number> {
  const ends = await engine.read(function* () {
    const now = yield* engine.time.now();
    const devices = (yield* ask(lapsedDevices, { before: now, limit })).rows.map(toLapsedDevice);
    return devices.flatMap((device) => {
      const plan = lapsePlan(device, now);
      return plan ? [{ plan, device }] : [];
    });
  });
  let removed = 0;
  for (const { plan, device } of ends)
    if (await engine.transact(plan, (snapshot) => lapse(snapshot, device))) removed += 1;
  return removed;
}

/** By what the row itself says, because an older server beside this one changes it without its time. */
function* forgetDestinations(engine: Engine, limit: number): Script<number> {
  const before = yield* engine.time.now();
  const { rows } = yield* ask(forgettableDestinations, { before, limit });
  const past = rows
    .map((row) => toDestination(uuidOf(text(row, 0)), text(row, 1), row, 3))
    .filter((use) => (forgottenAfter(use) ?? before + 1) <= before);
  const removed = yield past.map(({ environmentId, contactKey, version }) =>
    call(purgeDestination, { environment: environmentId, contactKey, version }),
  );
  return removed.reduce((sum, { count }) => sum + count, 0);
}
