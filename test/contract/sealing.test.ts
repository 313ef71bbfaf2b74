import { describe, expect, it } from 'vitest';
import { publicKeyOf, sealedCredential } from '../../src/devices/credential.js';
import { KeyError } from '../../src/kernel/keys.js';
import { Redacted, Sealed } from '../../src/kernel/sealed.js';
import { StorageFault } from '../../src/storage/sql/fault.js';
import { openTestStore, testKeyring } from '../helpers/store.js';
import { dump, KINDS, keptDatabase, raw } from './raw.js';
import { aDevice, aMessage, aOneTimeFlow, arrange, aUser, commit, insertUser, present, uuid } from './world.js';

const CONTACT = '+15551230789';
const keyring = testKeyring();

describe.each(KINDS)('protected values on %s', (kind) => {
  it('come back sealed, and only their vault opens them (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    await using test = await openTestStore({ ...kept, keyring });
    const { environmentId, user, policyId } = await arrange(test);
    const flow = aOneTimeFlow({ environmentId, policyId }, user, 'key');
    await commit(test.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value: flow });
    const snapshot = await test.store.load({ environmentId, deviceAuthentication: flow.id });
    expect(snapshot.deviceAuthentication).toEqual(flow);
    expect(snapshot.destination).toMatchObject({ contactKey: 'key', version: 0 });
    const secret = present(snapshot.devices[0]?.secret);
    expect(secret).toBeInstanceOf(Sealed);
    expect(keyring.vault.open(secret)).toBe('someone@example.com');
  });

  it('are nowhere in the database in clear (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept, keyring });
    const { environmentId, user, policyId } = await arrange(test);
    const secrets = [CONTACT, 'secret@example.com', 'client-secret-value', 'the code is 424242', 'inbox 171717'];
    const [, address = '', client = '', message = '', body = ''] = secrets;
    const flow = aOneTimeFlow({ environmentId, policyId }, user, 'key');
    const owner = aUser(environmentId);
    await commit(
      test.store,
      environmentId,
      { kind: 'insert', entity: 'deviceAuthentication', value: flow },
      ...insertUser(owner, [aDevice(owner, { secret: new Redacted(address) })]),
      {
        kind: 'put',
        entity: 'document',
        value: {
          environmentId,
          kind: 'application',
          id: uuid(),
          body: {},
          secret: new Redacted(client),
          createdAt: 1,
          updatedAt: 1,
        },
      },
      { kind: 'append', entity: 'outbox', value: aMessage(environmentId, user.id, { content: new Redacted(message) }) },
    );
    await test.store.inbox.append({
      id: uuid(),
      createdAt: 1,
      channel: 'SMS',
      to: CONTACT,
      body,
      otp: '171717',
      environmentId,
      userId: user.id,
      deadline: 2,
    });
    await test[Symbol.asyncDispose]();
    const contents = await dump(kept.database);
    expect(contents).toContain(owner.id);
    for (const secret of secrets) expect(contents).not.toContain(secret);
    for (const trace of ['[redacted]', '[sealed]']) expect(contents).not.toContain(trace);
  });

  it('do not open in another row, and say so without saying what they are (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept, keyring });
    const { environmentId } = await arrange(test);
    const [one, other] = [aUser(environmentId), aUser(environmentId)];
    const [mine, theirs] = [aDevice(one), aDevice(other, { secret: new Redacted('other@example.com') })];
    await commit(test.store, environmentId, ...insertUser(one, [mine]), ...insertUser(other, [theirs]));
    await test[Symbol.asyncDispose]();
    await raw(
      kept.database,
      `update devices set secret = (select secret from devices where id = '${theirs.id}') where id = '${mine.id}' returning id`,
    );
    await using again = await openTestStore({ ...kept, keyring });
    const [moved] = (await again.store.load({ environmentId, user: one.id })).devices;
    const [kept2] = (await again.store.load({ environmentId, user: other.id })).devices;
    expect(() => keyring.vault.open(present(moved?.secret))).toThrow(KeyError);
    expect(keyring.vault.open(present(kept2?.secret))).toBe('other@example.com');
  });

  it('of passkeys tie a public key to its user, its device and its credential id: exchanged, it proves nothing (SEC-67)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept, keyring });
    const { environmentId } = await arrange(test);
    const passkey = (name: string) => {
      const owner = aUser(environmentId);
      const [credentialId, publicKey] = [Buffer.from(`credential of ${name}`), Buffer.from(`key of ${name}`)];
      const details = { credentialId: credentialId.toString('base64url') };
      return aDevice(owner, { type: 'FIDO2', details, secret: sealedCredential({ credentialId, publicKey }) });
    };
    const [mine, second, theirs] = [passkey('mine'), passkey('second'), passkey('theirs')];
    const ours = { ...second, userId: mine.userId };
    for (const [userId, devices] of [[mine.userId, [mine, ours]] as const, [theirs.userId, [theirs]] as const])
      await commit(test.store, environmentId, ...insertUser(aUser(environmentId, { id: userId }), devices));
    await test[Symbol.asyncDispose]();

    const keyAfter = async (tampering: string): Promise<string> => {
      await raw(kept.database, tampering);
      await using again = await openTestStore({ ...kept, keyring });
      const { devices } = await again.store.load({ environmentId, user: mine.userId });
      const device = present(devices.find(({ id }) => id === mine.id));
      return publicKeyOf(device, keyring.vault.open).toString();
    };
    const secretOf = (id: string) => `update devices set secret = (select secret from devices where id = '${id}')`;
    const credentialIn = ({ details }: typeof mine) => String(details['credentialId']);
    // A control: untouched, it is there.
    expect(await keyAfter('select id from devices')).toBe('key of mine');
    await expect(
      keyAfter(`update devices set document = replace(document, '${credentialIn(mine)}', '${credentialIn(theirs)}')
        where id = '${mine.id}' returning id`),
    ).rejects.toThrow('does not fit its row');
    for (const other of [theirs, ours])
      await expect(keyAfter(`${secretOf(other.id)} where id = '${mine.id}' returning id`)).rejects.toThrow(KeyError);
  });

  it('are stored again as they were, not sealed anew', async () => {
    await using kept = await keptDatabase(kind);
    const cells = () => raw(kept.database, 'select secret from devices');
    const first = await openTestStore({ ...kept, keyring });
    const { environmentId, user, policyId } = await arrange(first);
    const flow = aOneTimeFlow({ environmentId, policyId }, user, 'key');
    await commit(first.store, environmentId, { kind: 'insert', entity: 'deviceAuthentication', value: flow });
    await first[Symbol.asyncDispose]();
    const before = await cells();
    const second = await openTestStore({ ...kept, keyring });
    await second.store.transact({ environmentId, deviceAuthentication: flow.id }, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'deviceAuthentication', value: present(snapshot.deviceAuthentication) },
        { kind: 'update', entity: 'factors', value: present(snapshot.factors) },
        { kind: 'put', entity: 'device', value: present(snapshot.devices[0]) },
      ],
    }));
    await second[Symbol.asyncDispose]();
    expect(await cells()).toEqual(before);
  });

  it('are sealed for their new place when a decision carries them there', async () => {
    await using kept = await keptDatabase(kind);
    await using test = await openTestStore({ ...kept, keyring });
    const { environmentId, user } = await arrange(test);
    const copy = aDevice(user, { createdAt: 9_999_999_999_999 });
    await test.store.transact({ environmentId, user: user.id }, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'factors', value: present(snapshot.factors) },
        { kind: 'put', entity: 'device', value: { ...copy, secret: present(snapshot.devices[0]?.secret) } },
      ],
    }));
    const { devices } = await test.store.load({ environmentId, user: user.id });
    expect(devices.map((device) => keyring.vault.open(present(device.secret)))).toEqual([
      'someone@example.com',
      'someone@example.com',
    ]);
  });

  it('a row that does not decode is a fault that names it', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept, keyring });
    const { environmentId, flow } = await arrange(test);
    await test[Symbol.asyncDispose]();
    for (const damage of ['{', '[]', '{"policyId":"x"}']) {
      await raw(kept.database, `update device_authentications set document = '${damage}' returning id`);
      await using again = await openTestStore({ ...kept, keyring });
      const load = again.store.load({ environmentId, deviceAuthentication: flow.id });
      await expect(load).rejects.toThrow(StorageFault);
      await expect(load).rejects.toThrow(flow.id);
    }
  });
});
