import { expect, it } from 'vitest';
import { toTimestamp } from '../../src/kernel/clock.js';
import { hours } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { createTokenRealm } from '../../src/platform/tokens/access-token.js';
import { createClients } from '../../src/platform/tokens/clients.js';
import { createRemoteKeySets } from '../../src/platform/tokens/remote-key-sets.js';
import { commandOver } from '../helpers/command.js';
import { openTestStore, TEST_TIME, type TestStore } from '../helpers/store.js';

/** The command over a store that is there, and the ids and the secret that it printed. */
async function run(test: TestStore, env: Readonly<Record<string, string>> = {}) {
  const { code, said: lines } = await commandOver(test, ['bootstrap'], env);
  const said = lines.join('\n');
  expect([code, said]).toEqual([0, expect.stringContaining('Client secret')]);
  const field = (label: string): string => new RegExp(`${label} +(\\S+)`).exec(said)?.[1] ?? '';
  return {
    said,
    environmentId: uuidOf(field('Environment id')),
    clientId: field('Client id'),
    clientSecret: field('Client secret'),
  };
}

it.each([
  [{}, 24],
  [{ POSTERN_BOOTSTRAP_SECRET_LIFE: '1' }, 1],
])(
  'what bootstrap prints is good as long as it says, with %j for %i hours, and not a moment longer (SEC-51)',
  async (env, life) => {
    await using test = await openTestStore();
    const { said, clientId, clientSecret } = await run(test, env);
    expect(said).toContain(`It expires at ${toTimestamp(TEST_TIME + hours(life))}`);
    const { store, random, clock } = test;
    const authenticate = createClients({
      store,
      random,
      clock,
      vault: test.keyring.vault,
      realm: createTokenRealm('https://mfa.example.org/v1', 'https://mfa.example.org'),
      keySets: createRemoteKeySets({ read: async () => undefined, clock }),
      reusesAssertions: false,
    });
    const credentials = { method: 'CLIENT_SECRET_BASIC', clientId, clientSecret } as const;
    const isGood = async () => (await authenticate(credentials, { endpoint: 'token' })).ok;
    clock.advance(hours(life) - 1);
    expect(await isGood()).toBe(true);
    clock.advance(1);
    expect(await isGood()).toBe(false);
  },
);

it.each([
  ['standard', 30],
  ['strict', 10],
])('in the %s profile codes of the policy that bootstrap makes live %i minutes (SEC-08)', async (profile, minutes) => {
  await using test = await openTestStore();
  const { environmentId } = await run(test, { POSTERN_PROFILE: profile });
  const policies = await test.store.documents(environmentId, { kind: 'deviceAuthenticationPolicy' });
  const lifeTimes = policies.flatMap(({ body }) =>
    ['sms', 'voice', 'email', 'whatsApp'].map((method) => Object(Object(body[method]).otp).lifeTime),
  );
  expect(lifeTimes).toEqual(Array(4).fill({ duration: minutes, timeUnit: 'MINUTES' }));
});
