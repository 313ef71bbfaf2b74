import { describe, expect, it } from 'vitest';
import type { OathJob } from '../../src/devices/oath/job.js';
import { createOathJobService, type SentRow } from '../../src/devices/oath/jobs.js';
import { MAX_OATH_TOKENS } from '../../src/devices/oath/token.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import type { Outcome } from '../../src/kernel/outcome.js';
import type { Store, Write } from '../../src/storage/port.js';
import { openTestStore, type TestStore } from '../helpers/store.js';
import { dump, KINDS, keptDatabase, raw } from './raw.js';
import { aDevice, addEnvironment, addUser, DATABASES } from './world.js';

const SECRET = 'decaf'.repeat(8);
const HERE_ONLY = { mayGoOn: false };

const rows = (count: number, prefix = 'A'): SentRow[] =>
  Array.from({ length: count }, (_, n) => ({
    rowNumber: n + 1,
    serialNumber: `${prefix}${n}`,
    token: {
      serialNumber: `${prefix}${n}`,
      secret: SECRET,
      otpLength: 6,
      algorithm: 'SHA1',
      clock: { kind: 'HOTP' },
      counter: 0,
    },
  }));

const jobsOn = ({ random }: Pick<TestStore, 'random'>, store: Pick<Store, 'load' | 'transact' | 'oathTokens'>) =>
  createOathJobService({ store, random, events: { emit() {} }, logger: silentLogger });

function granted(outcome: Outcome<OathJob, { readonly kind: string }>): OathJob {
  if (!outcome.ok) throw new Error(outcome.rejection.kind);
  return outcome.value;
}

/** The store, with something done before each unit: the first begins the job, each further one is a step. */
function watched(store: Store, before: (unit: number) => void): Pick<Store, 'load' | 'transact' | 'oathTokens'> {
  let units = 0;
  return {
    load: (plan) => store.load(plan),
    oathTokens: (environmentId, page) => store.oathTokens(environmentId, page),
    async transact(plan, decide) {
      before(units++);
      return store.transact(plan, decide);
    },
  };
}

const countOf = async ({ store }: TestStore, environmentId: Uuid) =>
  (await store.oathTokens(environmentId, { limit: 1 })).count;

describe.each(DATABASES)('jobs on OATH tokens on $name', ({ open }) => {
  it('are done in steps of a hundred rows, and revoke what they have imported', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    let units = 0;
    const jobs = jobsOn(
      test,
      watched(test.store, (unit) => {
        units = unit;
      }),
    );
    const sent = [...rows(201), ...rows(1)];
    expect(granted(await jobs.import(environmentId, sent, HERE_ONLY))).toMatchObject({
      status: 'DONE',
      total: 202,
      succeeded: 201,
      refused: [{ rowNumber: 1, serialNumber: 'A0', refusal: { kind: 'SerialNumberTaken' } }],
    });
    expect(units).toBe(3);
    const { items } = await test.store.oathTokens(environmentId, { limit: 300 });
    const revocation = { tokenIds: items.map(({ id }) => id), forceUnpair: false };
    expect(granted(await jobs.revoke(environmentId, revocation, HERE_ONLY))).toMatchObject({ succeeded: 201 });
    expect(await countOf(test, environmentId)).toBe(0);
  });

  it('of which two import the same tokens at once: each token is there once', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const jobs = jobsOn(test, test.store);
    const both = await Promise.all(
      [rows(120), rows(120).reverse()].map((sent) => jobs.import(environmentId, sent, HERE_ONLY)),
    );
    const [first, second] = both.map(granted);
    expect([first?.status, second?.status]).toEqual(['DONE', 'DONE']);
    expect((first?.succeeded ?? 0) + (second?.succeeded ?? 0)).toBe(120);
    expect(await countOf(test, environmentId)).toBe(120);
  });

  it('revoke tokens of several users one by one, with their devices, and those whose owner is gone', async () => {
    await using test = await open();
    const { environmentId, policyId } = await addEnvironment(test.store);
    const jobs = jobsOn(test, test.store);
    await jobs.import(environmentId, rows(4), HERE_ONLY);
    const { items: tokens } = await test.store.oathTokens(environmentId, { limit: 4 });
    const owners: Uuid[] = [];
    for (const token of tokens.slice(0, 3)) {
      const { user } = await addUser(test.store, { environmentId, policyId });
      const device = aDevice(user, { type: 'OATH_TOKEN', details: { serialNumber: token.serialNumber } });
      owners.push(user.id);
      await test.store.transact({ environmentId, user: user.id, oathTokens: [{ id: token.id }] }, (seen) => ({
        outcome: undefined,
        writes: (seen.oathTokens ?? []).flatMap((value): Write[] =>
          seen.factors
            ? [
                { kind: 'update', entity: 'factors', value: seen.factors },
                { kind: 'put', entity: 'device', value: device },
                {
                  kind: 'update',
                  entity: 'oathToken',
                  value: { ...value, device: { deviceId: device.id, userId: user.id } },
                },
              ]
            : [],
        ),
      }));
    }
    const [, , gone] = owners;
    await test.store.transact({ environmentId, ...(gone ? { user: gone } : {}) }, ({ user }) => ({
      outcome: undefined,
      writes: user ? [{ kind: 'delete', entity: 'user', value: user }] : [],
    }));
    const tokenIds = tokens.map(({ id }) => id);
    const kept = granted(await jobs.revoke(environmentId, { tokenIds, forceUnpair: false }, HERE_ONLY));
    expect([kept.succeeded, kept.refused.map(({ refusal }) => refusal.kind)]).toEqual([
      2,
      ['TokenPaired', 'TokenPaired'],
    ]);
    const forced = granted(await jobs.revoke(environmentId, { tokenIds, forceUnpair: true }, HERE_ONLY));
    expect([forced.succeeded, forced.refused.map(({ refusal }) => refusal.kind)]).toEqual([
      2,
      ['TokenNotFound', 'TokenNotFound'],
    ]);
    for (const user of owners.slice(0, 2))
      expect((await test.store.load({ environmentId, user })).devices.map(({ type }) => type)).toEqual(['EMAIL']);
  });

  it('stop where their process has ended, and never stand in progress for longer than a minute', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const end = new Error('the process is gone');
    const store = watched(test.store, (unit) => {
      if (unit === 2) throw end;
    });
    // The last id that is drawn is the job's.
    let begun = environmentId;
    const random = {
      ...test.random,
      uuid() {
        begun = test.random.uuid();
        return begun;
      },
    };
    await expect(jobsOn({ random }, store).import(environmentId, rows(150), HERE_ONLY)).rejects.toBe(end);
    const jobs = jobsOn(test, test.store);
    const read = async (id: Uuid) => granted(await jobs.read(environmentId, id));
    test.clock.advance(minutes(1));
    expect(await read(begun)).toMatchObject({ status: 'IN_PROGRESS', succeeded: 100, total: 150 });
    test.clock.advance(1);
    expect(await read(begun)).toMatchObject({ status: 'FAILED', succeeded: 100, refused: [] });
    expect(await countOf(test, environmentId)).toBe(100);
    // Sent again, what is there already is told as such.
    const again = granted(await jobs.import(environmentId, rows(150), HERE_ONLY));
    expect([again.status, again.succeeded, again.refused.length]).toEqual(['DONE', 50, 100]);
  });

  it('that have failed for their silence do not go on when their process is heard of again', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    const store = watched(test.store, (unit) => {
      if (unit === 2) test.clock.advance(minutes(1) + 1);
    });
    const job = granted(await jobsOn(test, store).import(environmentId, rows(250), HERE_ONLY));
    expect([job.status, job.succeeded, await countOf(test, environmentId)]).toEqual(['FAILED', 100, 100]);
  });

  it('end after their present step when the server does, having said so', async () => {
    await using test = await open();
    const { environmentId } = await addEnvironment(test.store);
    let dispose: Promise<void> | undefined;
    const jobs = jobsOn(
      test,
      watched(test.store, (unit) => {
        if (unit === 1) dispose = Promise.resolve(jobs[Symbol.asyncDispose]());
      }),
    );
    const { id, status } = granted(await jobs.import(environmentId, rows(250), { mayGoOn: true }));
    expect(status).toBe('IN_PROGRESS');
    await dispose;
    await jobs[Symbol.asyncDispose]();
    expect(granted(await jobs.read(environmentId, id))).toMatchObject({ status: 'FAILED', succeeded: 100 });
  });

  it('are nobody else’s (SEC-42), and begin in no environment that is not there', async () => {
    await using test = await open();
    const [here, there] = [await addEnvironment(test.store), await addEnvironment(test.store)];
    const jobs = jobsOn(test, test.store);
    const { id } = granted(await jobs.import(here.environmentId, rows(1), HERE_ONLY));
    expect(await jobs.read(there.environmentId, id)).toMatchObject({ ok: false, rejection: { kind: 'JobNotFound' } });
    expect(await jobs.import(id, rows(1), HERE_ONLY)).toMatchObject({ rejection: { kind: 'EnvironmentNotFound' } });
    expect(await countOf(test, here.environmentId)).toBe(1);
  });
});

/** What a token's row must have to be listed. */
const document =
  '{"serialNumber":"B","otpLength":6,"algorithm":"SHA1","clock":{"kind":"HOTP"},"lastStep":-1,"updatedAt":0}';
const NUMBERS = {
  sqlite:
    'with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 99998) select n from numbers',
  postgres: 'select n from generate_series(1, 99998) as numbers(n)',
};

describe.each(KINDS)('an import on %s', (kind) => {
  it('fills an environment up to 100,000 tokens and not beyond (20 §3.1); no secret is in the clear (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    const returning = kind === 'sqlite' ? 'returning 1' : '';
    let environmentId: Uuid;
    {
      await using first = await openTestStore({ database: kept.database });
      ({ environmentId } = await addEnvironment(first.store));
    }
    await raw(
      kept.database,
      `insert into oath_tokens (environment_id, id, version, serial_key, document, secret, created_at)
       select '${environmentId}', 'id' || n, 1, 'b' || n, '${document}', '', 0 from (${NUMBERS[kind]}) as numbers
       ${returning}`,
    );
    {
      // Those that come at once count the same tokens.
      await using test = await openTestStore({ database: kept.database });
      const jobs = jobsOn(test, test.store);
      const all = await Promise.all([1, 2, 3, 4].map((n) => jobs.import(environmentId, rows(1, `P${n}-`), HERE_ONLY)));
      expect(all.map((one) => granted(one).succeeded).sort()).toEqual([0, 0, 1, 1]);
      expect(await countOf(test, environmentId)).toBe(MAX_OATH_TOKENS);
    }
    await raw(kept.database, `delete from oath_tokens where serial_key like 'p%' ${returning}`);
    {
      await using test = await openTestStore({ database: kept.database });
      const jobs = jobsOn(test, test.store);
      const job = granted(await jobs.import(environmentId, rows(4), HERE_ONLY));
      expect([job.status, job.succeeded]).toEqual(['DONE', 2]);
      expect(job.refused).toEqual(
        [3, 4].map((rowNumber) => ({
          rowNumber,
          serialNumber: `A${rowNumber - 1}`,
          refusal: { kind: 'TooManyTokens', maximumAllowed: MAX_OATH_TOKENS },
        })),
      );
    }
    await raw(kept.database, `delete from oath_tokens where secret = '' ${returning}`);
    expect(await dump(kept.database)).not.toContain(SECRET);
  });
});
