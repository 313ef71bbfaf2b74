import Libsql from 'libsql';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import type { Plan } from '../../src/storage/port.js';
import { Configurations } from '../../src/storage/sql/configurations.js';
import { Loader } from '../../src/storage/sql/load.js';
import { MIGRATIONS } from '../../src/storage/sql/migrations/index.js';
import { type Statement, withPlaceholders } from '../../src/storage/sql/statement.js';
import { updateDestination } from '../../src/storage/sql/tables/destinations.js';
import {
  oldestDeviceAuthentications,
  purgeDeviceAuthentication,
  updateDeviceAuthentication,
} from '../../src/storage/sql/tables/device-authentications.js';
import { deleteDevice, lapsedDevices, purgeDevice, putDevice } from '../../src/storage/sql/tables/devices.js';
import {
  findDocument,
  listDocuments,
  selectConfiguration,
  selectDocument,
} from '../../src/storage/sql/tables/documents.js';
import { updateFactors } from '../../src/storage/sql/tables/factors.js';
import { selectInbox } from '../../src/storage/sql/tables/inbox.js';
import {
  abandonExpired,
  claimOutbox,
  oldestMessages,
  postponeOutbox,
  purgeMessage,
  selectClaimable,
  settleOutbox,
} from '../../src/storage/sql/tables/outbox.js';
import { listUsers, updateUser } from '../../src/storage/sql/tables/users.js';
import { localTime, serverTime, type TimeSource } from '../../src/storage/sql/time.js';
import { createTestDatabase } from '../helpers/postgres.js';
import { testClock } from '../helpers/store.js';

const id = uuidOf('00000000-0000-4000-8000-000000000001');
const PLANS: Record<string, Omit<Plan, 'environmentId'>> = {
  flow: { deviceAuthentication: id },
  user: { user: id },
  'user and destination': { user: id, destination: 'x' },
  'flow and destination': { deviceAuthentication: id, destination: 'x' },
  username: { username: 'x' },
  everything: { user: id, destination: 'x', username: 'x' },
};
const STATEMENTS: Record<string, Statement> = {
  updateDeviceAuthentication,
  updateFactors,
  updateDestination,
  updateUser,
  putDevice,
  deleteDevice,
  selectDocument,
  selectConfiguration,
  listDocuments,
  findDocument,
  listUsers,
  selectClaimable: selectClaimable(''),
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
};

/** The statement that a plan is loaded by. */
function loadOf(plan: Omit<Plan, 'environmentId'>, time: TimeSource): Statement {
  const loader = new Loader(time, new Configurations(parseConfiguration));
  const first = loader.load({ environmentId: id, ...plan }).next();
  const [call] = first.done ? [] : first.value;
  if (!call) throw new Error('a load asks nothing');
  return call.statement;
}

const statementsFor = (time: TimeSource): [string, Statement][] => [
  ...Object.entries(PLANS).map(([name, plan]): [string, Statement] => [`load ${name}`, loadOf(plan, time)]),
  ...Object.entries(STATEMENTS),
];

const ROWS = 20_000;
const key = (n: string): string => `'00000000-0000-4000-8000-' || lpad(cast(${n} as text), 12, '0')`;

/** Tables big enough that reading one through would be noticed. */
const FILL = `
insert into environments select ${key('n')}, 1, '{}', n from generate_series(1, 2000) n;
insert into documents select ${key('1 + n % 2000')}, 'application', ${key('n')}, '{}', null, n, n from generate_series(1, ${ROWS}) n;
insert into users select ${key('1 + n % 5')}, ${key('n')}, 1, 'name ' || n, '{}', n from generate_series(1, ${ROWS}) n;
insert into user_factors select environment_id, id, 1, '{}' from users;
insert into devices select environment_id, id, id, '{}', null, null from users;
insert into device_authentications select ${key('1 + n % 5')}, ${key('n')}, 1, ${key('n')}, '{}', null, n from generate_series(1, ${ROWS}) n;
insert into destination_use select ${key('1 + n % 5')}, 'contact ' || n, 1, '{}' from generate_series(1, ${ROWS}) n;
insert into outbox select ${key('1 + n % 5')}, ${key('n')}, 'SMS', 'u', null, null, null, n, n, 1, 'p', n, n, '' from generate_series(1, ${ROWS}) n;
insert into inbox_messages select ${key('1')}, ${key('n')}, n, '', n from generate_series(1, ${ROWS}) n;
analyze;`;

describe('hot statements', () => {
  it('are found through an index on PostgreSQL, whatever their parameters', async () => {
    await using fresh = await createTestDatabase();
    const client = new pg.Client({ connectionString: fresh.url });
    await client.connect();
    try {
      for (const { postgres } of MIGRATIONS) await client.query(postgres);
      await client.query(FILL);
      // The plan that a prepared statement settles on.
      await client.query('set plan_cache_mode = force_generic_plan');
      const scans: string[] = [];
      for (const [name, statement] of statementsFor(serverTime())) {
        const text = withPlaceholders(statement, '$');
        const values = statement.parameters.map(() => 'null').join(', ');
        await client.query(`prepare "${statement.name}" as ${text}`);
        const explain = `"${statement.name}"${values === '' ? '' : `(${values})`}`;
        const { rows } = await client.query(`explain execute ${explain}`);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        if (/Seq Scan on/.test(plan)) scans.push(`${name}:\n${plan}`);
      }
      expect(scans).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('the test above notices a scan', async () => {
    await using fresh = await createTestDatabase();
    const client = new pg.Client({ connectionString: fresh.url });
    await client.connect();
    try {
      for (const { postgres } of MIGRATIONS) await client.query(postgres);
      await client.query(FILL);
      const { rows } = await client.query(`explain select 1 from users where document = 'x'`);
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(/Seq Scan on/);
    } finally {
      await client.end();
    }
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
