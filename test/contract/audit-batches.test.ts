import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/record.js';
import { verifyTrail } from '../../src/audit/verify.js';
import type { Uuid } from '../../src/kernel/ids.js';
import type { Write } from '../../src/storage/port.js';
import { TEST_TIME, type TestStore } from '../helpers/store.js';
import { counted, touch, versions, withFlows } from './batch-world.js';
import { addEnvironment, aFlow, aMessage, arrange, commit, present, uuid, type World } from './world.js';

/** Text that must come through a PostgreSQL array as it is. */
const AWKWARD = 'a "quoted" \\ {text}, NULL\n';

const locked = (environmentId: Uuid, userId = uuid()): AuditEvent => ({
  type: 'USER.LOCKED',
  environmentId,
  userId,
  detail: { reason: AWKWARD },
});

const onRecord = (environmentId: Uuid): Write => ({
  kind: 'append',
  entity: 'audit',
  value: { environmentId, at: TEST_TIME, by: {}, events: [locked(environmentId)] },
});

const linesOf = async ({ store }: TestStore, environmentId: Uuid): Promise<readonly (readonly string[])[]> =>
  (await store.audit.tail(environmentId, '', 1_000)).map(({ records }) => records.split('\n'));

async function sealAll({ store }: TestStore): Promise<void> {
  for (const environmentId of await store.audit.waiting())
    while ((await store.audit.seal(environmentId, 64, () => {})) > 0);
}

/** The number of records in each row that these units leave in the tail, and in how many commits. */
async function left(test: Awaited<ReturnType<typeof counted>>, environmentId: Uuid, work: () => Promise<unknown>) {
  await sealAll(test);
  const before = test.commits();
  await work();
  const commits = test.commits() - before;
  return { commits, rows: (await linesOf(test, environmentId)).map((lines) => lines.length) };
}

const isWhole = async ({ store, keyring }: TestStore, environmentId: Uuid): Promise<void> =>
  expect((await verifyTrail(store.audit, environmentId, keyring.audit)).finding).toBeUndefined();

describe('what units of one commit do on PostgreSQL (SEC-73)', () => {
  it('is one row of the tail for each environment, whatever its texts hold', async () => {
    await using test = await counted();
    const here = await arrange(test);
    const there = await arrange(test);
    const start = ({ environmentId, ...world }: World & Pick<typeof here, 'user' | 'device'>) =>
      commit(
        test.store,
        environmentId,
        {
          kind: 'insert',
          entity: 'deviceAuthentication',
          value: aFlow({ environmentId, ...world }, world.user, world.device),
        },
        onRecord(environmentId),
      );
    const done = await left(test, here.environmentId, () =>
      Promise.all(Array.from({ length: 20 }, (_, index) => start(index % 4 ? here : there))),
    );
    expect(done).toEqual({ commits: 1, rows: [15] });
    expect((await linesOf(test, there.environmentId)).map((lines) => lines.length)).toEqual([5]);
    const [[line]] = (await linesOf(test, there.environmentId)) as [[string]];
    expect(JSON.parse(line)).toMatchObject({ events: [['USER.LOCKED', { reason: AWKWARD }]] });
    await sealAll(test);
    for (const { environmentId } of [here, there]) await isWhole(test, environmentId);
  });

  it('is on record when it is all that they do', async () => {
    await using test = await counted();
    const { environmentId } = await addEnvironment(test.store);
    const done = await left(test, environmentId, () =>
      Promise.all(Array.from({ length: 8 }, () => commit(test.store, environmentId, onRecord(environmentId)))),
    );
    expect(done).toEqual({ commits: 1, rows: [8] });
    await isWhole(test, environmentId);
  });

  it('is on record once for a unit that is beaten and decides again', async () => {
    await using test = await counted();
    const { environmentId, flows } = await withFlows(test, 2);
    const [contended, other] = [present(flows[0]), present(flows[1])];
    const units = [contended, contended, contended, other];
    const done = await left(test, environmentId, () =>
      Promise.all(units.map((flow) => touch(test, flow, [onRecord(environmentId)]))),
    );
    expect(done.rows.reduce((sum, records) => sum + records, 0)).toBe(units.length);
    expect(done.rows.length).toBe(done.commits);
    expect(await versions(test, [contended, other])).toEqual([4, 2]);
  });

  it('is on record with the one commit that settles messages, for those that were held', async () => {
    await using test = await counted();
    const { environmentId } = await addEnvironment(test.store);
    const messages = Array.from({ length: 6 }, () => aMessage(environmentId, uuid()));
    await commit(
      test.store,
      environmentId,
      ...messages.map((value) => ({ kind: 'append', entity: 'outbox', value }) as const),
    );
    const done = await left(test, environmentId, () =>
      Promise.all(
        [...messages, present(messages[0])].map((message) =>
          test.store.outbox.settle(
            { ...message, attempt: 1 },
            { result: 'accepted', gateway: 'test', receipt: '' },
            locked(environmentId, message.userId),
          ),
        ),
      ),
    );
    expect(done).toEqual({ commits: 1, rows: [6] });
    await isWhole(test, environmentId);
  });
});
