import { describe, expect, it } from 'vitest';
import { parseRecoveryCode } from '../../src/devices/recovery/codes.js';
import { createRecoveryCodeService } from '../../src/devices/recovery/service.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { openTestStore, type TestStore } from '../helpers/store.js';
import { ask, childCommand, start } from './child.js';
import {
  AN_APP,
  aToken,
  authenticationsOn,
  codeOfToken,
  flowsOf,
  passcodeAt,
  settled,
  type Volley,
  volley,
} from './passcode-world.js';
import { aDevice, addEnvironment, aUser, DATABASES, insertUser, newMasterKey, present } from './world.js';

/** A user with an authenticator app. */
async function arrangeApp({ store }: Pick<TestStore, 'store'>): Promise<Omit<Volley, 'otp' | 'times'>> {
  const { environmentId } = await addEnvironment(store);
  const user = aUser(environmentId);
  const [inserted] = insertUser(user);
  const device = aDevice(user, AN_APP);
  if (inserted)
    await store.transact({ environmentId, username: user.username }, () => ({
      writes: [inserted],
      outcome: undefined,
    }));
  await store.transact({ environmentId, user: user.id }, ({ factors }) => ({
    writes: factors
      ? [
          { kind: 'update', entity: 'factors', value: factors },
          { kind: 'put', entity: 'device', value: device },
        ]
      : [],
    outcome: undefined,
  }));
  return { environmentId, userId: user.id, deviceId: device.id };
}

/** A user with a hardware token whose next count is 0. */
async function arrangeToken({ store }: Pick<TestStore, 'store'>): Promise<Omit<Volley, 'otp' | 'times'>> {
  const { environmentId, userId } = await arrangeApp({ store });
  const details = { serialNumber: 'A1', tokenType: 'HOTP' };
  const device = aDevice({ environmentId, id: userId }, { type: 'OATH_TOKEN', details });
  const token = aToken(environmentId, { deviceId: device.id, userId });
  await store.transact({ environmentId, user: userId, oathTokens: [{ serialNumber: 'A1' }] }, ({ factors }) => ({
    writes: factors
      ? [
          { kind: 'insert', entity: 'oathToken', value: token },
          { kind: 'update', entity: 'factors', value: factors },
          { kind: 'put', entity: 'device', value: device },
        ]
      : [],
    outcome: undefined,
  }));
  return { environmentId, userId, deviceId: device.id };
}

const sums = (answers: readonly string[]): Record<string, number> =>
  Object.fromEntries([...new Set(answers)].map((kind) => [kind, answers.filter((other) => other === kind).length]));

describe('passcodes of an authenticator app', () => {
  it.each(DATABASES)(
    'on $name: of the same passcode sent 64 times to 64 flows, one succeeds (SEC-07, SEC-22)',
    async ({ open }) => {
      await using test = await open();
      const authentications = authenticationsOn(test.store, test.keyring);
      const app = await arrangeApp(test);
      const { now } = await test.store.load({ environmentId: app.environmentId });
      const { COMPLETED, OtpMismatch, ...others } = sums(
        await volley(authentications, { ...app, otp: passcodeAt(now), times: 64 }),
      );
      // What is not the one success is a wrong passcode, until the last of three has locked the device (SEC-11).
      expect([COMPLETED, OtpMismatch]).toEqual([1, 3]);
      expect(Object.keys(others).every((kind) => ['DeviceLocked', 'CodeDead', 'Unanswered'].includes(kind))).toBe(true);
    },
  );

  it.each(DATABASES)(
    'on $name: of the same code of a token sent 64 times to 64 flows, one succeeds (SEC-07, SEC-23)',
    async ({ open }) => {
      await using test = await open();
      const authentications = authenticationsOn(test.store, test.keyring);
      const token = await arrangeToken(test);
      const { environmentId, userId } = token;
      const { COMPLETED, OtpMismatch } = sums(
        await volley(authentications, { ...token, otp: codeOfToken(5), times: 64 }),
      );
      expect([COMPLETED, OtpMismatch]).toEqual([1, 3]);
      const { oathTokens } = await test.store.load({ environmentId, oathTokens: [{ serialNumber: 'a1' }] });
      expect(oathTokens?.[0]).toMatchObject({ lastStep: 5, serialNumber: 'A1', device: { userId } });
    },
  );

  it.each(DATABASES)(
    'on $name: of the same recovery code sent 64 times to 64 flows, one succeeds (SEC-07, SEC-10)',
    async ({ open }) => {
      await using test = await open();
      const authentications = authenticationsOn(test.store, test.keyring);
      const { environmentId, userId, deviceId } = await arrangeApp(test);
      const recovery = createRecoveryCodeService({
        store: test.store,
        random: test.random,
        digests: test.keyring.digests,
        events: { emit: () => {} },
      });
      // Of two first sets that are made at once, one replaces the other: neither is lost half-way.
      const owner = { environmentId, userId };
      const sets = await Promise.all([recovery.generate(owner), recovery.generate(owner)]);
      const codes = sets.map((made) => (made.ok ? (made.value.codes.reveal()[0] ?? '') : made.rejection.kind));
      const check = (flow: Uuid, code: string) =>
        authentications.checkRecoveryCode(environmentId, flow, { code: parseRecoveryCode(code) ?? '' });
      const flows = await flowsOf(authentications, { environmentId, userId, deviceId, times: 66 });
      const [one, other] = await Promise.all(codes.map((code, n) => settled(check(present(flows[n]), code))));
      expect([one, other].sort()).toEqual(['COMPLETED', 'RecoveryMismatch']);

      const made = await recovery.generate(owner);
      const code = made.ok ? (made.value.codes.reveal()[3] ?? '') : '';
      const { COMPLETED, RecoveryMismatch, ...others } = sums(
        await Promise.all(flows.slice(2).map((flow) => settled(check(flow, code)))),
      );
      expect([COMPLETED, RecoveryMismatch]).toEqual([1, 3]);
      expect(Object.keys(others).every((kind) => ['RecoveryLocked', 'Unanswered'].includes(kind))).toBe(true);
      expect(await recovery.read(owner)).toMatchObject({ ok: true, value: { remaining: 9 } });
    },
  );

  it('two processes on PostgreSQL: of the same passcode sent by both, one succeeds (SEC-07, SEC-22)', async () => {
    const masterKey = newMasterKey();
    await using test = await openTestStore({
      kind: 'postgres',
      clock: 'host',
      keyring: createKeyring(new Redacted(Buffer.from(masterKey, 'hex'))),
    });
    if (test.database.kind !== 'postgres') throw new Error('not a PostgreSQL store');
    const { url } = test.database;
    const children = [0, 1].map(() => start(childCommand('passcodes', [url, masterKey])));
    await Promise.all(children.map((child) => child.said('ready')));
    for (let round = 0; round < 5; round++) {
      const app = await arrangeApp(test);
      const { now } = await test.store.load({ environmentId: app.environmentId });
      const line = JSON.stringify({ ...app, otp: passcodeAt(now), times: 1 + round } satisfies Volley);
      const answers = (await Promise.all(children.map((child) => ask<readonly string[]>(child, line)))).flat();
      expect(answers.filter((answer) => answer === 'COMPLETED')).toHaveLength(1);
    }
    for (const child of children) child.process.stdin?.end();
    expect((await Promise.all(children.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([0, 0]);
  });
});
