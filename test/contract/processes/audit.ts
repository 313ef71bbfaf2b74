import { uuidOf } from '../../../src/kernel/ids.js';
import { addEnvironment, newMasterKey } from '../world.js';
import { openAsServer } from './options.js';

/** Puts records into the trail of an environment, ten commits at once, sealing all the while, and prints how many are answered. */
export async function main([kind = '', where = '', masterKey = newMasterKey(), environment = '']: readonly string[]) {
  const database = kind === 'sqlite' ? ({ kind, file: where } as const) : ({ kind: 'postgres', url: where } as const);
  const store = await openAsServer(database, masterKey);
  const environmentId = uuidOf(environment);
  await addEnvironment(store, 'Test', environmentId);
  let answered = 0;
  const sealing = async (): Promise<void> => {
    for (;;) {
      await store.audit.seal(environmentId, 8, () => {});
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  sealing();
  for (;;) {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.transact({ environmentId }, ({ now: at }) => ({
          outcome: undefined,
          writes: [
            {
              kind: 'append',
              entity: 'audit',
              value: { environmentId, at, by: {}, events: [{ type: 'USER.LOCKED', environmentId }] },
            },
          ],
        })),
      ),
    );
    answered += 10;
    console.log(answered);
  }
}
