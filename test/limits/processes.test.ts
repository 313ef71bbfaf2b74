import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/kernel/clock.js';
import { days } from '../../src/kernel/duration.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { ask, childCommand, start } from '../contract/child.js';
import { addEnvironment, addUser, newMasterKey } from '../contract/world.js';
import { openTestStore } from '../helpers/store.js';

interface Report {
  readonly answers: readonly string[];
  readonly sent: number;
}

describe('two processes on one PostgreSQL', () => {
  it('send exactly the allowed number between them, to one number, to a block of numbers and under a quota (SEC-35, SEC-38, SEC-39)', async () => {
    const masterKey = newMasterKey();
    await using test = await openTestStore({
      kind: 'postgres',
      clock: 'host',
      keyring: createKeyring(new Redacted(Buffer.from(masterKey, 'hex'))),
    });
    if (test.database.kind !== 'postgres') throw new Error('not a PostgreSQL store');
    const { url } = test.database;
    const world = await addEnvironment(test.store);
    await test.store.transact({ environmentId: world.environmentId }, ({ configuration }) => {
      const policy = configuration?.defaultPolicy;
      if (!policy) throw new Error('an environment has a default policy');
      const { sms, ...others } = policy.document as { sms: object };
      return {
        outcome: undefined,
        writes: [
          {
            kind: 'put',
            entity: 'document',
            value: {
              environmentId: world.environmentId,
              kind: 'deviceAuthenticationPolicy',
              id: policy.id,
              body: { ...others, sms: { ...sms, enabled: true } },
              createdAt: policy.createdAt,
              updatedAt: policy.updatedAt,
            },
          },
        ],
      };
    });
    const { user } = await addUser(test.store, world);
    const children = [0, 1].map(() => start(childCommand('sends', [url, masterKey])));
    await Promise.all(children.map((child) => child.said('ready')));
    const both = (numbers: readonly string[]) =>
      Promise.all(
        children.map((child) => ask<Report>(child, `${world.environmentId} ${user.id} ${numbers.join(',')} 32`)),
      );
    const sentIn = (reports: readonly Report[]): number =>
      reports.flatMap(({ answers }) => answers).filter((answer) => answer === 'sent').length;

    const one = await both(['+14135550150']);
    expect(sentIn(one)).toBe(5);
    expect(one.reduce((sum, { sent }) => sum + sent, 0)).toBe(5);

    // Both processes go round the same thirty numbers of another block: twenty of them, five times at most each.
    const block = await both(Array.from({ length: 30 }, (_, n) => `+1413777${1000 + n}`));
    const reached = block.flatMap(({ answers }) =>
      answers.slice(0, 30).map((answer, n) => (answer === 'sent' ? n : -1)),
    );
    const numbers = new Set(reached.filter((n) => n >= 0)).size;
    expect(numbers).toBeLessThanOrEqual(20);
    // On a slow machine a unit that stood in line for too long sends nothing, and leaves its place to nobody.
    const inTime = block.every(({ answers }) =>
      answers.every((answer) => answer === 'sent' || answer === 'SendRefused'),
    );
    if (inTime) expect(numbers).toBe(20);

    // And a quota of the environment, under which numbers of many blocks are sent to from both.
    const [factory] = await test.store.documents(world.environmentId, { kind: 'notificationsPolicy' });
    if (!factory) throw new Error('an environment has a notification policy');
    const quotas = [{ type: 'ENVIRONMENT', deliveryMethods: ['SMS'], total: 12 }];
    await test.store.transact({ environmentId: world.environmentId }, () => ({
      outcome: undefined,
      writes: [{ kind: 'put', entity: 'document', value: { ...factory, body: { ...factory.body, quotas } } }],
    }));
    const day = (): number => Math.floor(systemClock.now() / days(1));
    const before = day();
    const under = await both(Array.from({ length: 32 }, (_, n) => `+1414${100 + n}0150`));
    const midnightBetween = day() !== before;
    expect(sentIn(under)).toBeLessThanOrEqual(midnightBetween ? 24 : 12);
    if (
      !midnightBetween &&
      under.every(({ answers }) => answers.every((one) => one === 'sent' || one === 'SendRefused'))
    )
      expect(sentIn(under)).toBe(12);
    for (const child of children) child.process.stdin?.end();
    expect((await Promise.all(children.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
  });
});
