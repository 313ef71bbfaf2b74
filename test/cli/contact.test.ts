import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { activitiesOf } from '../../src/audit/activity.js';
import { isDestinationAtCeiling } from '../../src/devices/counting/counting.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { addEnvironment } from '../contract/world.js';
import { commandOver } from '../helpers/command.js';
import { openTestStore, type TestStore, testKeyring } from '../helpers/store.js';

let data = '';
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'contact-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** The command over a store that is there, and what it said. */
async function run(test: TestStore, ...args: string[]) {
  const { code, said } = await commandOver(test, ['contact', ...args, '--data', data]);
  return { code, said: said.join('\n') };
}

it('postern contact unlock ends the failures of a contact, once, and puts it on record (SEC-14)', async () => {
  await using test = await openTestStore({ keyring: testKeyring() });
  const { environmentId } = await addEnvironment(test.store);
  const at = ['--environment', environmentId];
  const destination = test.keyring.digests.contact(environmentId, '+14155550123');
  const load = async () => (await test.store.load({ environmentId, destination })).destination;
  await test.store.transact({ environmentId, destination }, ({ destination: use }) => ({
    outcome: undefined,
    writes: use ? [{ kind: 'update', entity: 'destination', value: { ...use, oneTimeFailures: 100 } }] : [],
  }));
  const standing = await load();
  expect(standing && isDestinationAtCeiling(standing)).toBe(true);

  // As people write it: the contact is found in its canonical form.
  const unlocked = await run(test, 'unlock', '+1 (415) 555-0123', ...at);
  const said = expect.stringMatching(/^Ended 100 failures in a row, and the ceiling that stood\.$/);
  expect(unlocked).toEqual({ code: 0, said });
  expect((await load())?.oneTimeFailures).toBe(0);
  expect(await run(test, 'unlock', '+14155550123', ...at)).toMatchObject({
    code: 0,
    said: expect.stringContaining('nothing was changed'),
  });

  while ((await test.store.audit.seal(environmentId, 100, () => {})) > 0);
  const events = (await test.store.audit.blocksFrom(environmentId, 0, 100)).flatMap(activitiesOf);
  expect(events.filter(({ event }) => event.type === 'CONTACT.UNLOCKED').map(({ event }) => event.detail)).toEqual([
    { failures: 100 },
  ]);
});

it('postern contact unlock says what it lacks', async () => {
  await using test = await openTestStore({ keyring: testKeyring() });
  const nowhere = uuidOf('00000000-0000-4000-8000-0000000000ff');
  const complaints = [
    await run(test, 'unlock'),
    await run(test, 'unlock', 'jo@example.org'),
    await run(test, 'unlock', 'jo', '--environment', nowhere),
    await run(test, 'unlock', 'jo@example.org', '--environment', nowhere),
  ];
  expect(complaints.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
  expect(complaints.map(({ said }) => said).join('\n')).toMatch(
    /say whose failures.*name the environment.*neither an e-mail.*there is no environment/s,
  );
});
