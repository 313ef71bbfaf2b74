import { describe, expect, it } from 'vitest';
import { activitiesOf } from '../../src/audit/activity.js';
import { createBrowserService } from '../../src/devices/browsers/service.js';
import { deleteDevice } from '../../src/devices/manage.js';
import { minutes } from '../../src/kernel/duration.js';
import type { TestStore } from '../helpers/store.js';
import { authenticationsOn } from './passcode-world.js';
import { addEnvironment, addUser, DATABASES, type uuid } from './world.js';

/** An environment whose policy remembers browsers for half an hour, and a user with some. */
async function arrange(test: TestStore) {
  const { environmentId, policyId } = await addEnvironment(test.store);
  await test.store.transact(
    { environmentId, documents: [{ kind: 'deviceAuthenticationPolicy', id: policyId }] },
    (seen) => ({
      outcome: undefined,
      writes: seen.documents.map((policy) => ({
        kind: 'put',
        entity: 'document',
        value: {
          ...policy,
          body: {
            ...policy.body,
            rememberMe: { web: { enabled: true, lifeTime: { duration: 30, timeUnit: 'MINUTES' } } },
          },
        },
      })),
    }),
  );
  const { user } = await addUser(test.store, { environmentId, policyId });
  const browsers = createBrowserService({
    store: test.store,
    random: test.random,
    digests: test.keyring.digests,
    events: { emit: () => {} },
  });
  const authentications = authenticationsOn(test.store, test.keyring);
  const owner = { environmentId, userId: user.id };
  return {
    owner,
    user,
    async remember() {
      const outcome = await browsers.remember(owner, { policyId });
      if (!outcome.ok) throw new Error(outcome.rejection.kind);
      const { browser, token } = outcome.value;
      return { id: browser.id, token: token.reveal() };
    },
    list: async () => {
      const outcome = await browsers.list(owner);
      return outcome.ok ? outcome.value.map(({ id }) => id) : outcome.rejection.kind;
    },
    forget: (deviceId: ReturnType<typeof uuid>) =>
      test.store.transact({ ...{ environmentId, user: user.id }, browsers: deviceId }, (seen) =>
        deleteDevice(seen, { environmentId, deviceId }),
      ),
    async check(browser: { readonly id: ReturnType<typeof uuid>; readonly token: string }) {
      const result = await authentications.checkBrowser(environmentId, { userId: user.id, policyId, browser });
      return result.ok ? result.value.flow.state.status : result.rejection.kind;
    },
  };
}

describe.each(DATABASES)('remembered browsers on $name', ({ open }) => {
  it('are their user’s own, in the order of their creation, and go with the user', async () => {
    await using test = await open();
    const ours = await arrange(test);
    const others = await arrange(test);
    const first = await ours.remember();
    test.clock.advance(1);
    const second = await ours.remember();
    expect([await ours.list(), await others.list()]).toEqual([[first.id, second.id], []]);
    expect([await ours.check(first), await others.check(first)]).toEqual(['COMPLETED', 'FAILED']);
    const { environmentId, userId } = ours.owner;
    await test.store.transact({ environmentId, user: userId }, ({ user }) => ({
      outcome: undefined,
      writes: user ? [{ kind: 'delete', entity: 'user', value: user }] : [],
    }));
    expect(await ours.list()).toBe('UserNotFound');
    expect((await test.store.load({ environmentId, user: userId, browsers: 'all' })).browsers).toEqual([]);
  });

  it('of 64 checks that run while one is revoked, none is answered yes after the revocation (SEC-10)', async () => {
    await using test = await open();
    const { remember, check, forget } = await arrange(test);
    const browser = await remember();
    let revoked = false;
    const late: string[] = [];
    await Promise.all([
      ...Array.from({ length: 64 }, async () => {
        const wasRevoked = revoked;
        const status = await check(browser);
        if (wasRevoked && status === 'COMPLETED') late.push(status);
      }),
      forget(browser.id).then(() => {
        revoked = true;
      }),
    ]);
    expect([late, await check(browser)]).toEqual([[], 'FAILED']);
    // Of two revocations the second finds nothing.
    const again = await remember();
    const [one, other] = await Promise.all([forget(again.id), forget(again.id)]);
    expect([one.result.ok, other.result.ok].sort()).toEqual([false, true]);
  });

  it('are swept away past their time, which is on record', async () => {
    await using test = await open();
    const { remember, owner } = await arrange(test);
    await remember();
    test.clock.advance(minutes(29));
    const { id } = await remember();
    test.clock.advance(minutes(1));
    while ((await test.store.purge(10)) > 0);
    const { environmentId, userId } = owner;
    const { browsers } = await test.store.load({ environmentId, user: userId, browsers: 'all' });
    expect(browsers?.map((browser) => browser.id)).toEqual([id]);
    while ((await test.store.audit.seal(environmentId, 100, () => {})) > 0);
    const blocks = await test.store.audit.blocksFrom(environmentId, 0, 100);
    const deleted = blocks.flatMap(activitiesOf).filter(({ event }) => event.type === 'DEVICE.DELETED');
    expect(deleted).toHaveLength(1);
  });

  it('are recognised after the keys of their environment were replaced, and are digests in the database', async () => {
    await using test = await open();
    const { remember, check, owner } = await arrange(test);
    const browser = await remember();
    await test.store.keys.rotate();
    expect(await check(browser)).toBe('COMPLETED');
    const newer = await remember();
    expect(await check(newer)).toBe('COMPLETED');
    expect(await check({ id: newer.id, token: browser.token })).toBe('FAILED');
    const { environmentId, userId } = owner;
    const { browsers = [] } = await test.store.load({ environmentId, user: userId, browsers: 'all' });
    expect(JSON.stringify(browsers)).not.toContain(browser.token);
    expect(browsers.map(({ digest }) => digest.split('.').length)).toEqual([2, 2]);
  });
});
