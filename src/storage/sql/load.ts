import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Plan, Snapshot } from '../port.js';
import type { Configurations, Configured } from './configurations.js';
import { loadDirectory } from './directory.js';
import { CONFIG_VERSION, type Layout, layoutOf, NOW, shapeOf } from './load-statement.js';
import { integer, optionalText } from './row.js';
import { assembled, type Parts } from './snapshot.js';
import { call, only, type Row, type Script } from './statement.js';
import { browsersCall, toBrowser } from './tables/browsers.js';
import { toCounter } from './tables/counters.js';
import { toHolder } from './tables/credentials.js';
import { toDestination, unusedDestination } from './tables/destinations.js';
import { toDeviceAuthentication } from './tables/device-authentications.js';
import { toDevices } from './tables/devices.js';
import { documentsCall, toDocument } from './tables/documents.js';
import { selectNameHolder, toNameHolder } from './tables/environment-names.js';
import { toFactors } from './tables/factors.js';
import { selectOathJob, toOathJob } from './tables/oath-jobs.js';
import { countOathTokens, oathTokenCall, toOathToken } from './tables/oath-tokens.js';
import { selectRecoveryCodes, toRecoveryCodes } from './tables/recovery-codes.js';
import { toUser, usernameKey } from './tables/users.js';
import type { TimeSource } from './time.js';

/** Loads what plans name (`design.md` §2): one round trip, more only for single documents or when the configuration moved. */
export class Loader {
  readonly #time: TimeSource;
  readonly #configurations: Configurations;
  readonly #layouts = new Map<number, Layout>();

  constructor(time: TimeSource, configurations: Configurations) {
    this.#time = time;
    this.#configurations = configurations;
  }

  *load(plan: Plan): Script<Snapshot> {
    const layout = this.#layout(plan);
    const { rows } = only(
      yield [
        call(layout.statement, {
          environment: plan.environmentId,
          flow: plan.deviceAuthentication ?? null,
          user: plan.user ?? null,
          destination: plan.destination ?? null,
          firstCounter: plan.counters?.[0] ?? null,
          secondCounter: plan.counters?.[1] ?? null,
          thirdCounter: plan.counters?.[2] ?? null,
          credential: plan.credential ?? null,
          usernameKey: plan.username === undefined ? null : usernameKey(plan.username),
        }),
      ],
    );
    const row = rows[0] ?? [];
    const now = this.#time.read(row[NOW]);
    const version = row[CONFIG_VERSION] === null ? undefined : integer(row, CONFIG_VERSION);
    const configured = version === undefined ? undefined : yield* this.#configurations.at(plan.environmentId, version);
    const names = plan.environmentName ? yield* nameHolder(plan.environmentName) : {};
    if (!configured) return { now, devices: [], documents: [], ...names };
    const documents = plan.documents?.length ? yield* selectDocuments(plan.environmentId, plan.documents) : [];
    const aside = plan.directory
      ? { documents, directory: yield* loadDirectory(plan.environmentId, plan.directory) }
      : { documents };
    const snapshot = snapshotOf(plan, layout, row, now, configured, aside);
    const named = plan.environmentName ? { ...snapshot, ...names } : snapshot;
    const hasAside = plan.oathTokens || plan.oathTokenCount || plan.browsers || plan.recoveryCodes || plan.oathJob;
    return hasAside ? { ...named, ...(yield* selectAside(plan)) } : named;
  }

  #layout(plan: Plan): Layout {
    const shape = shapeOf(plan);
    const known = this.#layouts.get(shape);
    if (known) return known;
    const layout = layoutOf(plan, this.#time);
    this.#layouts.set(shape, layout);
    return layout;
  }
}

/** Read behind the environment: whoever claims the name meanwhile is found when ours is claimed. */
function* nameHolder(name: NonNullable<Plan['environmentName']>): Script<Pick<Snapshot, 'environmentNameHolder'>> {
  const [row] = only(yield [selectNameHolder(name)]).rows;
  return row ? { environmentNameHolder: toNameHolder(row) } : {};
}

/** Read after `config_version`, so a document that moved in between fails the guard on that version. */
function* selectDocuments(
  environmentId: Plan['environmentId'],
  wanted: NonNullable<Plan['documents']>,
): Script<Snapshot['documents']> {
  const results = yield wanted.map((of) => documentsCall(environmentId, of));
  return results.flatMap(({ rows }) => rows.map((row) => toDocument(row, 0)));
}

/** Rows of their own, each under a version that guards it. */
function* selectAside(plan: Plan): Script<Partial<Snapshot>> {
  const { environmentId, user, oathTokens, oathTokenCount, browsers, recoveryCodes, oathJob } = plan;
  const aside: { -readonly [K in keyof Snapshot]?: Snapshot[K] } = {};
  if (oathTokens) aside.oathTokens = yield* selectOathTokens(environmentId, oathTokens);
  if (oathTokenCount) {
    const { rows } = only(yield [call(countOathTokens, { environment: environmentId })]);
    aside.oathTokenCount = integer(rows[0] ?? [], 0);
  }
  if (browsers && user !== undefined) {
    const { rows } = only(yield [browsersCall(environmentId, user, browsers)]);
    aside.browsers = rows.map((row) => toBrowser(environmentId, row));
  }
  if (recoveryCodes) {
    const { rows } = only(yield [call(selectRecoveryCodes, { environmentId, userId: recoveryCodes })]);
    aside.recoveryCodes = toRecoveryCodes(environmentId, recoveryCodes, rows[0]);
  }
  if (oathJob) {
    const [row] = only(yield [call(selectOathJob, { environment: environmentId, id: oathJob })]).rows;
    if (row) aside.oathJob = toOathJob(environmentId, oathJob, row);
  }
  return aside;
}

function* selectOathTokens(
  environmentId: Plan['environmentId'],
  wanted: NonNullable<Plan['oathTokens']>,
): Script<NonNullable<Snapshot['oathTokens']>> {
  if (wanted.length === 0) return [];
  const results = yield wanted.map((of) => oathTokenCall(environmentId, of));
  return results.flatMap(({ rows }) => rows.map((row) => toOathToken(environmentId, row)));
}

/** Decodes a load's row. A left join without a match leaves the part's first column `null`. */
function snapshotOf(
  plan: Plan,
  layout: Layout,
  row: Row,
  now: Instant,
  configured: Configured,
  aside: Pick<Parts, 'documents' | 'directory'>,
): Snapshot {
  const { environmentId } = plan;
  const parts: { -readonly [K in keyof Parts]: Parts[K] } = aside;
  const { flow, user, destination, holder } = layout;
  if (flow !== undefined && plan.deviceAuthentication !== undefined && row[flow] !== null)
    parts.deviceAuthentication = toDeviceAuthentication(environmentId, plan.deviceAuthentication, row, flow);
  const { deviceAuthentication: found } = parts;
  const userId = plan.user ?? (found?.isDiscovered ? undefined : found?.userId);
  if (user && userId !== undefined && row[user.at] !== null)
    parts.person = {
      user: toUser(environmentId, userId, row, user.at),
      factors: toFactors(environmentId, userId, row, user.factors),
      devices: toDevices(environmentId, userId, row, user.devices),
    };
  if (destination) {
    const key =
      plan.destination ??
      (destination.contactKey === undefined ? undefined : optionalText(row, destination.contactKey));
    if (key !== undefined)
      parts.destination =
        row[destination.at] === null
          ? unusedDestination(environmentId, key)
          : toDestination(environmentId, key, row, destination.at);
  }
  const { counters } = layout;
  if (counters) parts.counters = counters.map((at, index) => toCounter(plan.counters?.[index] ?? '', row, at));
  // Ids are stored as they were parsed.
  if (holder !== undefined && row[holder] !== null) parts.usernameHolder = row[holder] as Uuid;
  const { credential } = layout;
  if (credential !== undefined && plan.credential !== undefined && row[credential] !== null)
    parts.credentialHolder = toHolder(environmentId, plan.credential, row, credential);
  return assembled(now, configured, parts);
}
