import type { InboxStore } from '../../inbox/port.js';
import type { Millis } from '../../kernel/clock.js';
import { Sealed } from '../../kernel/sealed.js';
import type { StoredDocument } from '../../platform/model.js';
import type { WebhookQueue } from '../../webhooks/port.js';
import type { BackupSource } from '../backup-port.js';
import type { KeyAdmin } from '../keys-port.js';
import type { Backlog, Store, StoreStats } from '../port.js';
import { StoreError } from '../store-error.js';
import { createAuditStore } from './audit.js';
import { withKeysFor } from './data-keys.js';
import type { Engine, EngineOptions } from './engine.js';
import { createInboxStore } from './inbox.js';
import { createKeyAdmin } from './key-rotation.js';
import {
  derivingGroupsPage,
  environmentsPage,
  groupsOfUserPage,
  groupsPage,
  memberIds,
  oathTokensPage,
  usersByKeys,
  usersOfPopulations,
  usersPage,
} from './lists.js';
import { MIGRATIONS } from './migrations/index.js';
import { MigrationError, pendingMigrations, SELECT_APPLIED } from './migrations/plan.js';
import { createOutbox } from './outbox.js';
import { purge } from './purge.js';
import { integer, text } from './row.js';
import { sealedColumns } from './sealed-columns.js';
import { ask, call, only, type Row, type Script, statement } from './statement.js';
import { lockHead } from './tables/audit.js';
import { documentsCall, findDocument, toDocument } from './tables/documents.js';
import { findImageFile, toImageFile } from './tables/image-files.js';
import { listLicenseNames, toLicenseName } from './tables/license-names.js';
import { raiseMark } from './tables/marks.js';
import { countOpen } from './tables/outbox.js';
import { findRevokedToken } from './tables/revoked-tokens.js';
import { failingCursors } from './tables/webhooks.js';
import { BATCH_SIZES } from './tally.js';
import { createWebhookQueue } from './webhooks.js';

/** Beyond this the host's clock and the database's disagree too much for tokens and codes to live side by side (SEC-20). */
const MAX_SKEW: Millis = 2_000;

/** Messages that a look at the backlog counts at most: it is asked for every few seconds. */
const MOST_COUNTED = 10_000;

export interface SqlStore extends Store {
  readonly inbox: InboxStore;
  readonly webhooks: WebhookQueue;
  readonly keys: KeyAdmin;
  /** Where the database is a file that this process alone may write. */
  readonly backups: BackupSource | undefined;
  /**
   * Raises a number of the whole installation, unless it is that or more already, and gives what it is then: durable, the same for every
   * process, and never less than before.
   */
  raiseMark(name: string, value: number): Promise<number>;
  stats(): StoreStats;
  /** What is neither sent nor given up; of a larger backlog the first 10,000 messages. */
  backlog(): Promise<Backlog>;
}

const selectApplied = statement('rows', SELECT_APPLIED);

/** The store over either database. `lock` is what passes over rows that another process is writing, where there are others. */
export function createStore(engine: Engine, lock: string, options: EngineOptions): SqlStore {
  const failures = { busy: 0, unavailable: 0, unknownCommit: 0, fault: 0 };
  const note = (error: unknown): void => {
    failures[error instanceof StoreError ? error.reason : 'fault'] += 1;
  };
  /** Beside the caller, who gets the promise itself: counting puts nothing into its way. */
  const watched = <T>(work: Promise<T>): Promise<T> => {
    work.catch(note);
    return work;
  };

  return {
    transact: (plan, decide) => watched(engine.transact(plan, decide)),
    load: (plan) => watched(engine.load(plan)),
    environments: (page) => engine.read(() => environmentsPage(page)),
    licenseNames: () =>
      engine.read(function* () {
        return (yield* ask(listLicenseNames, {})).rows.map(toLicenseName);
      }),
    oathTokens: (environmentId, page) => engine.read(() => oathTokensPage(environmentId, page)),
    users: (environmentId, page) => engine.read(() => usersPage(environmentId, page)),
    usersByKeys: (environmentId, keys) => engine.read(() => usersByKeys(environmentId, keys)),
    usersOfPopulations: (environmentId, ids) => engine.read(() => usersOfPopulations(environmentId, ids)),
    groups: (environmentId, page) => engine.read(() => groupsPage(environmentId, page)),
    groupsOfUser: (environmentId, userId, page) => engine.read(() => groupsOfUserPage(environmentId, userId, page)),
    derivingGroups: (environmentId, page) => engine.read(() => derivingGroupsPage(environmentId, page)),
    memberIds: (environmentId, groupId, after, limit) =>
      engine.read(() => memberIds(environmentId, groupId, after, limit)),
    documents: (environment, of) =>
      engine.read(function* () {
        const found = only(yield [documentsCall(environment, of)]).rows.map((row) => toDocument(row, 0));
        return yield* withKeysFor(options.vault.keys, found, (documents) => documents.map(sealedPart));
      }),
    findDocument: (kind, id) =>
      engine.read(function* () {
        const [row] = (yield* ask(findDocument, { kind, id })).rows;
        const found = row && toDocument(row, 0);
        return yield* withKeysFor(options.vault.keys, found, (document) => [document && sealedPart(document)]);
      }),
    imageFile: (environment, id) =>
      engine.read(function* () {
        const [row] = (yield* ask(findImageFile, { environment, id })).rows;
        return row && toImageFile(environment, row);
      }),
    isRevoked: (environment, id) =>
      engine.read(function* () {
        return (yield* ask(findRevokedToken, { environment, id })).rows.length > 0;
      }),
    outbox: createOutbox(engine, lock, options.processId, options.vault.keys),
    audit: createAuditStore(engine, lockHead(lock), options),
    inbox: createInboxStore(engine, options.vault),
    webhooks: createWebhookQueue(engine, options.processId, options.vault.keys),
    keys: createKeyAdmin(engine, options.vault, sealedColumns(lock), options.settle ?? engine.settle),
    backups: engine.backups,
    raiseMark: (name, value) => engine.write('queues', () => raiseMark(name, value)),
    purge: (limit) => purge(engine, limit),
    async check() {
      const reason = await engine.unwritable();
      if (reason !== undefined) return { ready: false, reason };
      const unserved = await engine.read(unservedReason);
      if (unserved !== undefined) return { ready: false, reason: unserved };
      const skew = await engine.read(() => engine.time.skew());
      if (skew <= MAX_SKEW) return { ready: true };
      return {
        ready: false,
        reason: `this host's clock is ${Math.round(skew)} ms away from the database's; synchronise it (NTP)`,
      };
    },
    stats() {
      const { tally, ...rest } = engine.stats();
      const { batches, units, conflicts, repeats, sizes } = tally;
      const batchSizes = sizes.map((count, at) => [BATCH_SIZES[at] ?? Number.POSITIVE_INFINITY, count] as const);
      return { ...rest, batches, units, conflicts, repeats, batchSizes, failures: { ...failures } };
    },
    backlog: () =>
      engine.read(function* () {
        const now = yield* engine.time.now();
        const [open, failing] = yield [call(countOpen, { limit: MOST_COUNTED }), call(failingCursors, {})];
        const counted = (row: Row = []) => ({
          count: integer(row, 0),
          oldest: typeof row[1] === 'number' ? Math.max(0, now - row[1]) : 0,
        });
        const [messages, webhooks] = [counted(open?.rows[0]), counted(failing?.rows[0])];
        return { messages: messages.count, oldest: messages.oldest, webhooks };
      }),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

const sealedPart = ({ secret }: StoredDocument): Sealed | undefined => (secret instanceof Sealed ? secret : undefined);

/** Why this release may no longer serve the database: a newer one has moved it on meanwhile (SEC-83). */
function* unservedReason(): Script<string | undefined> {
  const applied = (yield* ask(selectApplied, {})).rows.map((row) => ({
    number: integer(row, 0),
    name: text(row, 1),
    oldestServer: integer(row, 2),
  }));
  try {
    const [missing] = pendingMigrations(MIGRATIONS, applied);
    return missing && `the database lacks migration ${missing.number} (${missing.name}): run \`postern migrate\``;
  } catch (error) {
    if (error instanceof MigrationError) return error.message;
    throw error;
  }
}
