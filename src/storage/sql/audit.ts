import {
  BLOCK_SPAN,
  emptyHead,
  type Head,
  headWithout,
  isHeadIntact,
  sealBlock,
  type TailRow,
} from '../../audit/chain.js';
import type { AuditStore, ClientName, CurrentNames, UserName } from '../../audit/port.js';
import type { Instant, Millis } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { AuditKeys } from '../../kernel/keys.js';
import type { Engine, EngineOptions } from './engine.js';
import { StorageFault } from './fault.js';
import { document, integer, text } from './row.js';
import { ask, call, type Row, type Script, type Statement } from './statement.js';
import * as sql from './tables/audit.js';
import { findDocument, toDocument } from './tables/documents.js';

/** Characters of a block for each row that it may have, about: a long one keeps everybody else waiting while it is sealed. */
const ROW_SIZE = 1024;

/** The trail (`design.md` §12). `lockHead` is worded by the dialect: of several processes one seals, the others pass by. */
export function createAuditStore(engine: Engine, lockHead: Statement, { audit: keys }: EngineOptions): AuditStore {
  const idsOf = (statement: Statement) => (): Promise<readonly Uuid[]> =>
    engine.read(function* () {
      return (yield* ask(statement, {})).rows.map((row) => text(row, 0) as Uuid);
    });
  return {
    now: () => engine.read(() => engine.time.now()),
    append: (records) =>
      engine.write('queues', function* (append) {
        const known = new Set<Uuid>();
        for (const environment of new Set(records.map(({ environmentId }) => environmentId)))
          if ((yield* ask(sql.environmentExists, { environment })).rows.length > 0) known.add(environment);
        for (const record of records) if (known.has(record.environmentId)) append(record);
      }),
    waiting: idsOf(sql.waitingEnvironments),
    async seal(environmentId, rows, onAltered) {
      const sealed = await engine.write('queues', () => seal(engine, lockHead, keys, environmentId, rows));
      if (sealed.altered.length > 0) onAltered(sealed.altered);
      return sealed.count;
    },
    purge: (environmentId, retention, blocks) =>
      engine.write('queues', () => purge(engine, lockHead, keys, environmentId, retention, blocks)),
    chains: idsOf(sql.chainedEnvironments),
    head: (environment) =>
      engine.read(function* () {
        const [row] = (yield* ask(sql.selectHead, { environment })).rows;
        return row && sql.toHead(row);
      }),
    blocksFrom: (environment, seq, limit) =>
      engine.read(function* () {
        return (yield* ask(sql.selectBlocks, { environment, seq, limit })).rows.map(sql.toBlock);
      }),
    tail: (environment, after, limit) =>
      engine.read(function* () {
        return (yield* ask(sql.selectTail, { environment, after, to: END, limit })).rows.map(sql.toTailRow);
      }),
    search: ({ environmentId: environment, from, to, before, limit }) =>
      engine.read(function* () {
        const place = before ?? { firstAt: Number.MAX_SAFE_INTEGER, firstSeq: 0 };
        const { rows } = yield* ask(sql.searchBlocks, {
          environment,
          from: from - BLOCK_SPAN,
          to,
          beforeAt: place.firstAt,
          beforeSeq: place.firstSeq,
          limit,
        });
        return rows.map(sql.toBlock);
      }),
    blockAt: (environment, seq) =>
      engine.read(function* () {
        const [row] = (yield* ask(sql.selectBlockAt, { environment, seq })).rows;
        return row && sql.toBlock(row);
      }),
    names: (environmentId, users, clients) => engine.read(() => names(environmentId, users, clients)),
  };
}

/** After every id. */
const END = 'g';

/** Holds the head of a chain, made if there is none; `undefined` when another process holds it. */
function* hold(lockHead: Statement, keys: AuditKeys, environment: Uuid, now: Instant): Script<Head | undefined> {
  const first = (yield* ask(lockHead, { environment })).rows[0];
  if (first) return sql.toHead(first);
  const { rows } = yield* ask(sql.selectHead, { environment });
  if (rows.length > 0) return undefined;
  const { count } = yield* ask(sql.insertHead, sql.headValues(emptyHead(environment, now, keys)));
  // Of two processes that make it at once, the second finds it made and comes back.
  if (count === 0) return undefined;
  const [made] = (yield* ask(lockHead, { environment })).rows;
  return made && sql.toHead(made);
}

interface Sealed {
  readonly count: number;
  readonly altered: readonly string[];
}

const NOTHING: Sealed = { count: 0, altered: [] };

function* seal(engine: Engine, lockHead: Statement, keys: AuditKeys, environment: Uuid, limit: number): Script<Sealed> {
  const now = yield* engine.time.now();
  const head = yield* hold(lockHead, keys, environment, now);
  if (!head) return NOTHING;
  // To sign behind it would hide what was done to it; the verifier must find it as it stands.
  if (!isHeadIntact(head, keys))
    throw new StorageFault(`the head of the audit chain of ${environment} was altered: run postern audit verify`);
  const rows = yield* oldestOfTail(environment, limit);
  if (rows.length === 0) return NOTHING;
  const { block, head: after, altered } = sealBlock(head, rows, now, keys);
  const results = yield [
    sql.insertBlock(block),
    call(sql.updateHead, sql.headValues(after)),
    ...rows.map(({ id }) => call(sql.deleteTail, { environment, id })),
  ];
  // Under the head's lock nobody else can have taken them.
  if (results.some(({ count }) => count !== 1))
    throw new StorageFault(`the tail of ${environment} moved under its lock`);
  return { count: block.lastSeq - block.firstSeq + 1, altered };
}

/** As many of the oldest rows as one block should hold, at least one. */
function* oldestOfTail(environment: Uuid, limit: number): Script<readonly TailRow[]> {
  const { rows: weighed } = yield* ask(sql.weighTail, { environment, limit });
  const chosen = new Set<string>();
  let to = '';
  let size = 0;
  let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, 0];
  for (const row of weighed) {
    size += integer(row, 1);
    firstAt = Math.min(firstAt, integer(row, 2));
    lastAt = Math.max(lastAt, integer(row, 3));
    if (chosen.size > 0 && (size > limit * ROW_SIZE || lastAt - firstAt >= BLOCK_SPAN)) break;
    to = text(row, 0);
    chosen.add(to);
  }
  if (chosen.size === 0) return [];
  const { rows } = yield* ask(sql.selectTail, { environment, after: '', to, limit });
  return rows.map(sql.toTailRow).filter(({ id }) => chosen.has(id));
}

/** From the oldest on and without holes: a block that is kept keeps those behind it. */
function* purge(
  engine: Engine,
  lockHead: Statement,
  keys: AuditKeys,
  environment: Uuid,
  retention: Millis,
  limit: number,
): Script<number> {
  const before = (yield* engine.time.now()) - retention;
  const { rows } = yield* ask(sql.oldestBlocks, { environment, limit });
  if (!rows[0] || integer(rows[0], 2) >= before) return 0;
  const [locked] = (yield* ask(lockHead, { environment })).rows;
  const head = locked && sql.toHead(locked);
  // A head that is not as it was signed is evidence: what it vouches for stays.
  if (!head || !isHeadIntact(head, keys)) return 0;
  const kept = rows.findIndex((row) => integer(row, 2) >= before);
  const old: readonly Row[] = kept < 0 ? rows : rows.slice(0, kept);
  const last = old.at(-1);
  if (!last || integer(rows[0], 0) !== head.firstSeq) return 0;
  const after = headWithout(head, { lastSeq: integer(last, 1), hash: text(last, 3) }, keys);
  const deletions = old.map((row) => call(sql.deleteBlock, { environment, firstSeq: integer(row, 0) }));
  yield [...deletions, call(sql.updateHead, sql.headValues(after))];
  return old.length;
}

function* names(environmentId: Uuid, users: readonly Uuid[], clients: readonly Uuid[]): Script<CurrentNames> {
  const results = yield [
    ...users.map((id) => call(sql.selectUserName, { environment: environmentId, id })),
    ...clients.map((id) => call(findDocument, { kind: 'application', id })),
  ];
  const named = new Map<Uuid, UserName>();
  const clientNames = new Map<Uuid, ClientName>();
  for (const [at, id] of users.entries()) {
    const row = results[at]?.rows[0];
    if (!row) continue;
    const { username, populationId } = document<UserName>(row, 0, ['username', 'populationId']);
    named.set(id, { username, populationId });
  }
  for (const [at, id] of clients.entries()) {
    const row = results[users.length + at]?.rows[0];
    if (!row) continue;
    const { environmentId: home, body } = toDocument(row, 0);
    const { name } = body;
    if (typeof name === 'string') clientNames.set(id, { name, environmentId: home });
  }
  return { users: named, clients: clientNames };
}
