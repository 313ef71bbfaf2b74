import Libsql from 'libsql';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import type { Plan } from '../../src/storage/port.js';
import { Configurations } from '../../src/storage/sql/configurations.js';
import { BEGIN } from '../../src/storage/sql/dialects/postgres-driver.js';
import { LOCKS } from '../../src/storage/sql/dialects/postgres-guards.js';
import { HOT_WRITES, rowsFormOf } from '../../src/storage/sql/dialects/postgres-rows.js';
import { Loader } from '../../src/storage/sql/load.js';
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.js';
import { type Statement, withPlaceholders } from '../../src/storage/sql/statement.js';
import {
  addToCounter,
  endedCounters,
  purgeCounter,
  releaseFromCounter,
} from '../../src/storage/sql/tables/counters.js';
import {
  forgettableDestinations,
  purgeDestination,
  updateDestination,
} from '../../src/storage/sql/tables/destinations.js';
import {
  oldestDeviceAuthentications,
  purgeDeviceAuthentication,
  updateDeviceAuthentication,
} from '../../src/storage/sql/tables/device-authentications.js';
import { deleteDevice, lapsedDevices, purgeDevice, putDevice } from '../../src/storage/sql/tables/devices.js';
import {
  findDocument,
  listDocuments,
  listDocumentsBelow,
  selectConfiguration,
  selectDocument,
  selectPopulationOfUser,
} from '../../src/storage/sql/tables/documents.js';
import { updateFactors } from '../../src/storage/sql/tables/factors.js';
import {
  deleteMembershipsOfUser,
  deleteMembersOfGroup,
  listDerivingGroups,
  listGroups,
  listGroupsBackwards,
  listGroupsOfUser,
  listGroupsOfUserBackwards,
  listMemberIds,
  selectGroup,
  selectGroupByName,
  selectMembership,
} from '../../src/storage/sql/tables/groups.js';
import { selectInbox } from '../../src/storage/sql/tables/inbox.js';
import {
  abandonExpired,
  claimOutbox,
  oldestMessages,
  postponeOutbox,
  purgeMessage,
  selectClaimable,
  selectExpired,
  settleOutbox,
} from '../../src/storage/sql/tables/outbox.js';
import { selectPassword } from '../../src/storage/sql/tables/passwords.js';
import { selectInheritedRoles, selectRoles } from '../../src/storage/sql/tables/roles.js';
import { selectUserCodes } from '../../src/storage/sql/tables/user-codes.js';
import {
  findUserById,
  findUserByName,
  findUsersByEmail,
  selectUserOfPopulation,
  USER_LISTS,
  updateUser,
} from '../../src/storage/sql/tables/users.js';
import { claimCursor, deleteCursor, settleCursor } from '../../src/storage/sql/tables/webhooks.js';
import { localTime, serverTime, type TimeSource } from '../../src/storage/sql/time.js';
import { createTestDatabase, type TestDatabase } from '../helpers/postgres.js';
import { testClock, testKeyring } from '../helpers/store.js';

const id = uuidOf('00000000-0000-4000-8000-000000000001');
const PLANS: Record<string, Omit<Plan, 'environmentId'>> = {
  flow: { deviceAuthentication: id },
  user: { user: id },
  'user and destination': { user: id, destination: 'x' },
  'flow and destination': { deviceAuthentication: id, destination: 'x' },
  username: { username: 'x' },
  'destination and counters': { user: id, destination: 'x', counters: ['x', 'y', 'z'] },
  everything: { user: id, destination: 'x', username: 'x' },
};
const STATEMENTS: Record<string, Statement> = {
  updateDeviceAuthentication,
  updateFactors,
  updateDestination,
  forgettableDestinations,
  purgeDestination,
  addToCounter,
  releaseFromCounter,
  endedCounters,
  purgeCounter,
  updateUser,
  putDevice,
  deleteDevice,
  selectDocument,
  selectConfiguration,
  listDocuments,
  listDocumentsBelow,
  findDocument,
  ...Object.fromEntries(
    Object.entries(USER_LISTS).flatMap(([name, { forwards, backwards, count }]) => [
      [`users of ${name}`, forwards],
      [`users of ${name}, backwards`, backwards],
      ...(name === 'all' ? [] : [[`users of ${name}, counted`, count] as const]),
    ]),
  ),
  findUserById,
  findUserByName,
  findUsersByEmail,
  selectUserOfPopulation,
  selectGroup,
  selectGroupByName,
  selectMembership,
  selectPassword,
  selectPopulationOfUser,
  selectUserCodes,
  selectRoles,
  selectInheritedRoles,
  listDerivingGroups,
  listGroups,
  listGroupsBackwards,
  listGroupsOfUser,
  listGroupsOfUserBackwards,
  listMemberIds,
  deleteMembersOfGroup,
  deleteMembershipsOfUser,
  selectClaimable: selectClaimable(''),
  selectExpired: selectExpired(''),
  claimOutbox,
  settleOutbox,
  postponeOutbox,
  abandonExpired,
  oldestDeviceAuthentications,
  purgeDeviceAuthentication,
  oldestMessages,
  purgeMessage,
  lapsedDevices,
  purgeDevice,
  selectInbox,
  claimCursor,
  settleCursor,
  deleteCursor,
};

/** The statement that a plan is loaded by. */
function loadOf(plan: Omit<Plan, 'environmentId'>, time: TimeSource): Statement {
  const loader = new Loader(time, new Configurations(parseConfiguration, testKeyring().vault.keys));
  const first = loader.load({ environmentId: id, ...plan }).next();
  const [call] = first.done ? [] : first.value;
  if (!call) throw new Error('a load asks nothing');
  return call.statement;
}

const statementsFor = (time: TimeSource): [string, Statement][] => [
  ...Object.entries(PLANS).map(([name, plan]): [string, Statement] => [`load ${name}`, loadOf(plan, time)]),
  ...Object.entries(STATEMENTS),
];

/** What only PostgreSQL runs: the forms for many rows, and the locks of guards. */
const manyRows = (time: TimeSource): [string, Statement][] => [
  ...Object.entries(PLANS).flatMap(([name, plan]) => formsOf(`load ${name}`, loadOf(plan, time))),
  ...HOT_WRITES.flatMap(([hot]) => formsOf(hot.text.slice(0, 40), hot)),
  ...Object.entries(LOCKS).flatMap(([entity, { one, many, there }]): [string, Statement][] => [
    [`lock ${entity}`, one],
    [`locks ${entity}`, many],
    [`looks for ${entity}`, there],
  ]),
];

function formsOf(name: string, one: Statement): [string, Statement][] {
  const form = rowsFormOf(one);
  if (!form) throw new Error(`${name} has no form for many rows`);
  return [[`${name}, many rows`, form.statement]];
}

const ROWS = 20_000;
const key = (n: string): string => `'00000000-0000-4000-8000-' || lpad(cast(${n} as text), 12, '0')`;

/** Tables big enough that reading one through would be noticed. */
const FILL = `
insert into environments select ${key('n')}, 1, '{}', n from generate_series(1, 2000) n;
insert into documents select ${key('1 + n % 2000')}, 'application', ${key('n')}, '{}', null, n, n from generate_series(1, ${ROWS}) n;
insert into users select ${key('1 + n % 5')}, ${key('n')}, 1, 'name ' || n, '{}', n, 'mail ' || n, 'population ' || n % 500 from generate_series(1, ${ROWS}) n;
insert into user_groups select ${key('1 + n % 5')}, ${key('n')}, 1, 'name ' || n, '{}', n, case when n % 100 = 0 then 1 else 0 end from generate_series(1, ${ROWS}) n;
insert into group_members select environment_id, id, id, created_at, created_at from users;
insert into user_passwords select environment_id, id, '{}' from users;
insert into user_codes select environment_id, id, 'recovery', '{}' from users;
insert into role_assignments select environment_id, id, '{}' from users;
insert into user_factors select environment_id, id, 1, '{}' from users;
insert into devices select environment_id, id, id, '{}', null, null from users;
insert into device_authentications select ${key('1 + n % 5')}, ${key('n')}, 1, ${key('n')}, '{}', null, n from generate_series(1, ${ROWS}) n;
insert into destination_use select ${key('1 + n % 5')}, 'contact ' || n, 1, '{}', case when n % 100 = 0 then n end from generate_series(1, ${ROWS}) n;
insert into counters select ${key('1 + n % 5')}, 'counter ' || n, 1, n from generate_series(1, ${ROWS}) n;
insert into outbox select ${key('1 + n % 5')}, ${key('n')}, 'SMS', 'u', null, null, null, n, n, 1, 'p', n, n, '' from generate_series(1, ${ROWS}) n;
insert into inbox_messages select ${key('1')}, ${key('n')}, n, '', n from generate_series(1, ${ROWS}) n;
insert into audit_heads select id, 1, '', 100, '', 1, '' from environments;
insert into documents select environment_id, 'subscription', id, '{}', null, created_at, updated_at from documents where kind = 'application' and created_at <= 2000;
insert into subscription_cursors select environment_id, id, 1, null, 0, 0, 1, 1, 1 + created_at % 200, 0, null, null, 0, null from documents where kind = 'subscription';
analyze;`;

/** Prepares a statement and gives the plan that it settles on. */
async function planOf(client: pg.Client, statement: Statement): Promise<string> {
  const text = withPlaceholders(statement, '$');
  const values = statement.parameters.map(() => 'null').join(', ');
  await client.query(`prepare "${statement.name}" as ${text}`);
  const { rows } = await client.query(`explain execute "${statement.name}"${values === '' ? '' : `(${values})`}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** A plan that reads a table through, or would once it has grown: by hashing or merging all of it. */
const READS_THROUGH = /Seq Scan on|Hash|Merge/;

async function connected(database: { readonly url: string }): Promise<pg.Client & AsyncDisposable> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() });
}

async function migrated(fresh: { readonly url: string }): Promise<pg.Client & AsyncDisposable> {
  const client = await connected(fresh);
  for (const { postgres } of MIGRATIONS) await client.query(postgres);
  return client;
}

describe('hot statements', () => {
  /** Filled once: nobody changes it but in a transaction that is not committed. */
  let big: TestDatabase;
  beforeAll(async () => {
    big = await createTestDatabase();
    await using client = await migrated(big);
    await client.query(FILL);
  });
  afterAll(() => big[Symbol.asyncDispose]());

  it('are found through an index on PostgreSQL, whatever their parameters', async () => {
    await using client = await connected(big);
    // The plan that a prepared statement settles on.
    await client.query('set plan_cache_mode = force_generic_plan');
    const scans: string[] = [];
    for (const [name, statement] of statementsFor(serverTime())) {
      const plan = await planOf(client, statement);
      if (/Seq Scan on/.test(plan)) scans.push(`${name}:\n${plan}`);
    }
    expect(scans).toEqual([]);
  });

  it.each(['empty', 'big'])('for many rows go row by row on PostgreSQL, planned on %s tables', async (size) => {
    await using fresh = size === 'empty' ? await createTestDatabase() : undefined;
    await using client = fresh ? await migrated(fresh) : await connected(big);
    if (fresh) await client.query('analyze');
    await client.query(BEGIN);
    const scans: string[] = [];
    for (const time of [serverTime(), localTime(testClock())])
      for (const [name, statement] of manyRows(time)) {
        // Some are the same for every source of time.
        await client.query('deallocate all');
        const plan = await planOf(client, statement);
        if (READS_THROUGH.test(plan)) scans.push(`${name}:\n${plan}`);
      }
    expect(scans).toEqual([]);
  });

  it('keep their plan while the tables they were planned on grow', async () => {
    await using fresh = await createTestDatabase();
    await using client = await migrated(fresh);
    await client.query('analyze');
    await client.query(BEGIN);
    const [update] = formsOf('update', updateDeviceAuthentication);
    const statement = update?.[1];
    if (!statement) throw new Error('an update has a form for many rows');
    await planOf(client, statement);
    await client.query('commit');
    await client.query(FILL.replace('analyze;', ''));
    const arrays = statement.parameters.map(() => `'{}'`).join(', ');
    const { rows } = await client.query(`explain (analyze, costs off) execute "${statement.name}"(${arrays})`);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toMatch(READS_THROUGH);
  });

  it('the tests above notice a scan, and a join that reads a table through', async () => {
    await using client = await connected(big);
    const { rows } = await client.query(`explain select 1 from users where document = 'x'`);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Seq Scan on/);
    // Without the settings of our transactions, on tables that hold next to nothing.
    await client.query('begin');
    await client.query(
      'truncate device_authentications; insert into device_authentications values (1, 1, 1, 1, 1, 1, 1)',
    );
    await client.query('analyze; set plan_cache_mode = force_generic_plan');
    const [update] = formsOf('update', updateDeviceAuthentication);
    expect(await planOf(client, update?.[1] ?? updateDeviceAuthentication)).toMatch(READS_THROUGH);
  });

  it('are found through an index on SQLite', () => {
    const database = new Libsql(':memory:');
    for (const { sqlite } of MIGRATIONS) database.exec(sqlite);
    const scans: string[] = [];
    for (const [name, statement] of statementsFor(localTime(testClock()))) {
      const values = statement.parameters.map(() => null);
      const rows = database.prepare(`explain query plan ${withPlaceholders(statement, '?')}`).all(values);
      // The load's leading row is a table of one, made up on the spot; expired outbox rows are found through the index of open ones.
      const plan = (rows as { detail: string }[]).map(({ detail }) => detail);
      for (const detail of plan)
        if (/^SCAN (?!always|CONSTANT ROW)/.test(detail) && !/USING (?:COVERING )?INDEX/.test(detail))
          scans.push(`${name}: ${detail}`);
    }
    database.close();
    expect(scans).toEqual([]);
  });
});
