import { describe, expect, it } from 'vitest';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { openTestStore } from '../helpers/store.js';
import { ask, childCommand, start } from './child.js';
import { aFlow, arrange, commit, LIMIT, newMasterKey, type Verdict } from './world.js';

type Answer = { readonly verdict: Verdict; readonly left: number };

describe('two processes on one PostgreSQL', () => {
  it('count every guess once, whoever makes it (SEC-07, SEC-10, SEC-11)', { timeout: 120_000 }, async () => {
    const masterKey = newMasterKey();
    await using test = await openTestStore({
      kind: 'postgres',
      clock: 'host',
      keyring: createKeyring(new Redacted(Buffer.from(masterKey, 'hex'))),
    });
    if (test.database.kind !== 'postgres') throw new Error('not a PostgreSQL store');
    const { url } = test.database;
    const children = [0, 1].map(() => start(childCommand('guesses', [url, masterKey])));
    await Promise.all(children.map((child) => child.said('ready')));
    const both = async (line: string): Promise<Answer[]> =>
      (await Promise.all(children.map((child) => ask<readonly Answer[]>(child, line)))).flat();

    for (let round = 0; round < 5; round++) {
      const wrong = await arrange(test);
      const compared = (await both(`${wrong.environmentId} ${wrong.flow.id} none 32`)).filter(
        ({ verdict }) => verdict === 'wrong',
      );
      expect(compared.map(({ left }) => left).sort()).toEqual([0, 1, 2]);

      const right = await arrange(test);
      const succeeded = (await both(`${right.environmentId} ${right.flow.id} all 32`)).filter(
        ({ verdict }) => verdict === 'right',
      );
      expect(succeeded).toHaveLength(1);

      const { environmentId, policyId, user, device } = await arrange(test);
      const flows = Array.from({ length: 32 }, () => aFlow({ environmentId, policyId }, user, device));
      for (const value of flows)
        await commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value });
      const ids = flows.map(({ id }) => id);
      const answers = await both(`${environmentId} ${ids.join(',')} ${ids[round]} 32`);
      expect(answers.filter(({ verdict }) => verdict === 'wrong')).toHaveLength(LIMIT);
      for (const { left } of answers.filter(({ verdict }) => verdict === 'right')) expect(left).toBeGreaterThan(0);
      expect(answers.filter(({ verdict }) => verdict === 'right').length).toBeLessThanOrEqual(1);
    }
    for (const child of children) child.process.stdin?.end();
    expect((await Promise.all(children.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
  });
});
