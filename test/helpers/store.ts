import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEASE_MILLIS, type OutboxMessage } from '../../src/delivery/message.js';
import type { Clock, Instant, Millis } from '../../src/kernel/clock.js';
import { createKeyring, type Keyring } from '../../src/kernel/keys.js';
import { silentLogger } from '../../src/kernel/log.js';
import type { HashCost } from '../../src/kernel/password-hash.js';
import { createSystemRandom, type Random } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { parseConfiguration } from '../../src/policies/configuration.js';
import type { Database, EngineOptions } from '../../src/storage/sql/engine.js';
import { openStoreWith } from '../../src/storage/sql/open.js';
import type { SqlStore } from '../../src/storage/sql/store.js';
import { migratedDatabase } from './migrated-database.js';

/** A clock that stands still until it is moved. */
export interface TestClock extends Clock {
  advance(by: Millis): void;
  set(to: Instant): void;
}

/** 2026-11-22T09:00:00Z: the day of the specification's examples. */
export const TEST_TIME: Instant = Date.UTC(2026, 10, 22, 9);

export function testClock(at: Instant = TEST_TIME): TestClock {
  let now = at;
  return {
    now: () => now,
    advance(by) {
      now += by;
    },
    set(to) {
      now = to;
    },
  };
}

export interface TestStoreOptions {
  readonly kind?: 'sqlite' | 'postgres';
  /** Stands still at `TEST_TIME` unless given; `host` = the database's own source of time. */
  readonly clock?: Clock | 'host';
  /** An existing database, so that a second store sees what the first has left. */
  readonly database?: Database;
  readonly keyring?: Keyring;
  readonly processId?: string;
  readonly engine?: Partial<EngineOptions>;
}

export interface TestStore extends AsyncDisposable {
  readonly store: SqlStore;
  readonly clock: TestClock;
  readonly keyring: Keyring;
  readonly random: Random;
  readonly database: Database;
  readonly processId: string;
  /** Messages that commits have handed out, in their order. */
  readonly appended: OutboxMessage[];
}

/** A hash in no time: what it costs to guess is the hashes' own test. */
export const CHEAP_PASSWORDS: HashCost = { logN: 4, r: 8, p: 1 };

/** One for all stores of the tests, in hexadecimal: a database refuses any other than its own. */
export const TEST_MASTER_KEY = '07'.repeat(32);

/** A keyring that knows no data key yet. */
export const testKeyring = (): Keyring => createKeyring(new Redacted(Buffer.from(TEST_MASTER_KEY, 'hex')));

/** A store on a database of its own (a temporary file, or a fresh PostgreSQL database), removed when disposed. */
export async function openTestStore(options: TestStoreOptions = {}): Promise<TestStore> {
  const clock = testClock();
  const keyring = options.keyring ?? testKeyring();
  const random = createSystemRandom();
  const processId = options.processId ?? random.uuid();
  const appended: OutboxMessage[] = [];
  const cleanUp: (() => unknown)[] = [];
  const database = options.database ?? (await freshDatabase(options.kind ?? 'sqlite', cleanUp));
  const given = options.clock ?? clock;
  const dispose = async (): Promise<void> => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  };
  try {
    const store = await openStoreWith(database, {
      vault: keyring.vault,
      audit: keyring.audit,
      random,
      ...(given === 'host' ? {} : { clock: given }),
      logger: silentLogger,
      processId,
      lease: LEASE_MILLIS,
      onAppended: (messages) => {
        appended.push(...messages);
      },
      onFatal: (error) => {
        throw error;
      },
      parseConfiguration,
      // The units of a test are awaited before it rotates keys.
      settle: 0,
      ...options.engine,
    });
    cleanUp.push(() => store[Symbol.asyncDispose]());
    return { store, clock, keyring, random, database, processId, appended, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function freshDatabase(kind: Database['kind'], cleanUp: (() => unknown)[]): Promise<Database> {
  if (kind === 'postgres') {
    const database = await migratedDatabase();
    cleanUp.push(() => database[Symbol.asyncDispose]());
    return { kind, url: database.url };
  }
  const directory = mkdtempSync(join(tmpdir(), 'postern-test-'));
  cleanUp.push(() => rmSync(directory, { recursive: true, force: true }));
  return { kind, file: join(directory, 'postern.db') };
}
