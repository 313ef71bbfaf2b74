import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { activitiesOf } from '../../src/audit/activity.js';
import { uuidOf } from '../../src/kernel/ids.js';
import { createKeyring, KeyError, type Keyring } from '../../src/kernel/keys.js';
import { Redacted, Sealed, type SealedPlace } from '../../src/kernel/sealed.js';
import { openTestStore, TEST_TIME, type TestStore, testClock, testKeyring } from '../helpers/store.js';
import { dump, KINDS, keptDatabase, raw } from './raw.js';
import { aDevice, addEnvironment, aMessage, aUser, commit, insertUser, present, uuid, type World } from './world.js';

const key = (): Redacted<Buffer> => new Redacted(randomBytes(32));
/** Where this schema keeps sealed values; the first test finds out whether there are others. */
const COLUMNS = [
  ['documents', 'secret'],
  ['devices', 'secret'],
  ['outbox', 'content'],
  ['inbox_messages', 'content'],
] as const;

/** An environment with a value in every sealed column, some of them several times. */
async function everySecret({ store }: TestStore, users = 3): Promise<World & { readonly owners: readonly string[] }> {
  const world = await addEnvironment(store);
  const { environmentId } = world;
  const owners: string[] = [];
  for (let n = 0; n < users; n++) {
    const user = aUser(environmentId);
    owners.push(user.id);
    await commit(
      store,
      environmentId,
      ...insertUser(user, [aDevice(user, { secret: new Redacted(`owner-${n}@example.com`) })]),
      {
        kind: 'append',
        entity: 'outbox',
        value: aMessage(environmentId, user.id, { content: new Redacted(`code ${n}`) }),
      },
    );
    await store.inbox.append({
      id: uuid(),
      createdAt: 1,
      channel: 'SMS',
      to: '+15551230789',
      body: `body ${n}`,
      otp: '171717',
      environmentId,
      userId: user.id,
      deadline: 2,
    });
  }
  return { ...world, owners };
}

const secretOf = async ({ store, keyring }: TestStore, environmentId: World['environmentId'], user: string) => {
  const { devices } = await store.load({ environmentId, user: user as World['environmentId'] });
  return keyring.vault.open(present(devices[0]?.secret));
};
const valuesBy = async ({ store }: Pick<TestStore, 'store'>, environmentId: string) =>
  Object.fromEntries(
    (await store.keys.status())
      .filter((state) => state.environmentId === environmentId)
      .map(({ generation, state, values }) => [`${generation} ${state}`, values]),
  );

describe.each(KINDS)('data keys on %s', (kind) => {
  it('seal every protected value, one key per environment, each value naming its own (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const { environmentId } = await everySecret(test);
    await test[Symbol.asyncDispose]();
    for (const [table, column] of COLUMNS) {
      const cells = await raw(kept.database, `select ${column} as cell from ${table} where ${column} is not null`);
      expect(cells.length).toBeGreaterThan(0);
      for (const { cell } of cells) expect(cell).toMatch(/^2\.1\.[A-Za-z0-9_-]{38,}$/);
    }
    const keys = await raw(kept.database, 'select environment_id, generation from data_keys order by environment_id');
    expect(keys.map((row) => [row['environment_id'], Number(row['generation'])])).toEqual([
      ['', 1],
      [environmentId, 1],
    ]);
    const contents = JSON.parse(await dump(kept.database)) as unknown[];
    const sealed = JSON.stringify(contents).match(/"2\.\d+\.[A-Za-z0-9_-]{38,}"/g) ?? [];
    expect(sealed).toHaveLength(1 + 3 * 3);
  });

  it.each(COLUMNS)(
    'a ciphertext of %s.%s opens in no other row, column, environment or generation, and that is told (SEC-66)',
    async (table, column) => {
      await using kept = await keptDatabase(kind);
      const refused: SealedPlace[] = [];
      const master = key();
      const keyring = createKeyring(master, (place) => void refused.push(place));
      await using test = await openTestStore({ ...kept, keyring });
      const [one, other] = [await everySecret(test), await everySecret(test)];
      await test.store.keys.rotate();
      const place: SealedPlace = { table, column, environmentId: one.environmentId, row: 'u1/d1' };
      const text = keyring.vault.seal('secret', place);
      expect(keyring.vault.open(new Sealed(text, place))).toBe('secret');
      const elsewhere: SealedPlace[] = [
        { ...place, row: 'u2/d1' },
        { ...place, column: 'other' },
        { ...place, table: table === 'devices' ? 'outbox' : 'devices' },
        { ...place, environmentId: other.environmentId },
      ];
      for (const where of elsewhere)
        expect(() => keyring.vault.open(new Sealed(text, where))).toThrow(/altered or moved/);
      const body = text.slice('2.2.'.length);
      for (const downgraded of [`2.1.${body}`, `2.0.${body}`, `AQAAAA${body}`])
        expect(() => keyring.vault.open(new Sealed(downgraded, place))).toThrow(KeyError);
      expect(refused).toEqual([...elsewhere, place, place, place]);
    },
  );

  it('are found by a process that has not seen the environment, whichever way the value comes (SEC-68)', async () => {
    if (kind === 'sqlite') return;
    await using kept = await keptDatabase(kind);
    await using first = await openTestStore({ ...kept, keyring: testKeyring() });
    await using second = await openTestStore({ ...kept, keyring: testKeyring() });
    const { environmentId, owners } = await everySecret(first);
    const secrets = (documents: Awaited<ReturnType<typeof second.store.documents>>): string[] =>
      documents.map(({ secret }) => second.keyring.vault.open(present(secret)));
    expect(secrets(await second.store.documents(environmentId, { kind: 'signingKey' }))).toEqual(['{"d":"private"}']);
    for (const round of [1, 2]) {
      expect(await secretOf(second, environmentId, owners[0] ?? '')).toBe('owner-0@example.com');
      expect((await second.store.inbox.after(0, 9)).map(({ message }) => message.body)).toContain('body 0');
      first.clock.advance(60_000);
      second.clock.advance(60_000);
      const claimed = await (round === 1 ? second : first).store.outbox.claim(1, 1_000);
      expect(claimed).toHaveLength(1);
      for (const { content } of claimed)
        expect((round === 1 ? second : first).keyring.vault.open(content)).toMatch(/^code/);
      await first.store.keys.rotate();
    }
    expect(await secretOf(second, environmentId, owners[1] ?? '')).toBe('owner-1@example.com');
    const user = aUser(environmentId);
    await second.store.transact({ environmentId, username: user.username }, () => ({
      outcome: undefined,
      writes: insertUser(user, [aDevice(user)]),
    }));
    const [cell] = await raw(kept.database, `select secret from devices where user_id = '${user.id}'`);
    expect(cell?.['secret']).toMatch(/^2\.3\./);
  });

  it('are replaced, every value sealed anew, and the old key retired (SEC-68)', async () => {
    await using kept = await keptDatabase(kind);
    await using test = await openTestStore({ ...kept });
    const { environmentId, owners } = await everySecret(test);
    expect(await valuesBy(test, environmentId)).toEqual({ '1 current': 10 });
    const seen: number[] = [];
    const result = await test.store.keys.rotate({ onProgress: (progress) => seen.push(progress.resealed) });
    expect(result).toEqual({ newKeys: 1, resealed: 10, refused: 0, left: 0 });
    expect(seen.at(-1)).toBe(10);
    expect(await valuesBy(test, environmentId)).toEqual({ '1 retired': 0, '2 current': 10 });
    for (const [n, owner] of owners.entries())
      expect(await secretOf(test, environmentId, owner)).toBe(`owner-${n}@example.com`);
  });

  it('are on record as they are made, retired and wrapped anew, once each (00 §11.4, SEC-72)', async () => {
    await using kept = await keptDatabase(kind);
    const [old, next] = [key(), key()];
    const first = await openTestStore({ ...kept, keyring: createKeyring(old) });
    const { environmentId } = await everySecret(first);
    await first.store.keys.rotate();
    await first.store.keys.rotate();
    await first[Symbol.asyncDispose]();
    const keyring = createKeyring([next, old]);
    await using test = await openTestStore({ ...kept, keyring, clock: testClock(TEST_TIME + 1) });
    const masterKey = keyring.vault.keys.masterId;
    await test.store.keys.rotateMaster();
    await test.store.keys.rotateMaster();
    while ((await test.store.audit.seal(environmentId, 100, () => {})) > 0);
    const blocks = await test.store.audit.blocksFrom(environmentId, 0, 100);
    const events = blocks.flatMap(activitiesOf).map(({ event }) => event);
    const purpose = 'data';
    expect(
      events.filter(({ detail }) => detail?.['purpose'] === purpose).map(({ type, detail }) => [type, detail]),
    ).toEqual([
      ['KEY.CREATED', { purpose, generation: 2 }],
      ['KEY.UPDATED', { purpose, generation: 1, state: 'retired' }],
      ['KEY.CREATED', { purpose, generation: 3 }],
      ['KEY.UPDATED', { purpose, generation: 2, state: 'retired' }],
      ...[1, 2, 3].map((generation) => ['KEY.UPDATED', { purpose, generation, masterKey }]),
    ]);
  });

  it('a rotation that is interrupted goes on where it was, with the key it had made (SEC-68)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const { environmentId, owners } = await everySecret(test, 150);
    const interrupt = new AbortController();
    const interrupted = test.store.keys.rotate({
      signal: interrupt.signal,
      onProgress: ({ resealed }) => {
        if (resealed > 100) interrupt.abort();
      },
    });
    await expect(interrupted).rejects.toThrow(/abort/);
    const half = await valuesBy(test, environmentId);
    expect(half['1 replaced']).toBeGreaterThan(50);
    expect(half['2 current']).toBeGreaterThan(50);
    expect(await secretOf(test, environmentId, owners[149] ?? '')).toBe('owner-149@example.com');
    await test[Symbol.asyncDispose]();
    await using again = await openTestStore({ ...kept });
    expect(await again.store.keys.rotate()).toMatchObject({ newKeys: 0, resealed: half['1 replaced'], left: 0 });
    expect(await valuesBy(again, environmentId)).toEqual({ '1 retired': 0, '2 current': 451 });
    expect(await secretOf(again, environmentId, owners[0] ?? '')).toBe('owner-0@example.com');
  });

  it('a value that does not open is reported, stays, and keeps its key', async () => {
    await using kept = await keptDatabase(kind);
    const master = key();
    const first = await openTestStore({ ...kept, keyring: createKeyring(master) });
    const { environmentId, owners } = await everySecret(first);
    await first[Symbol.asyncDispose]();
    const [mine = '', theirs = ''] = owners;
    await raw(
      kept.database,
      `update devices set secret = (select secret from devices where user_id = '${theirs}') where user_id = '${mine}' returning id`,
    );
    const refused: SealedPlace[] = [];
    const keyring = createKeyring(master, (place) => void refused.push(place));
    await using test = await openTestStore({ ...kept, keyring });
    expect(await test.store.keys.rotate()).toMatchObject({ resealed: 9, refused: 1, left: 1 });
    expect(refused[0]).toMatchObject({ table: 'devices', environmentId, row: expect.stringContaining(mine) });
    expect(await valuesBy(test, environmentId)).toEqual({ '1 replaced': 1, '2 current': 9 });
    await expect(secretOf(test, environmentId, mine)).rejects.toThrow(KeyError);
    expect(await secretOf(test, environmentId, theirs)).toBe('owner-1@example.com');
  });

  it('a value loaded under a replaced key is stored again under the new one', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const { environmentId, owners } = await everySecret(test, 1);
    const [user = ''] = owners;
    const before = await sealedContact(test, environmentId, user);
    await test.store.keys.rotate();
    await test.store.transact({ environmentId, user: user as World['environmentId'] }, (snapshot) => ({
      outcome: undefined,
      writes: [
        { kind: 'update', entity: 'factors', value: present(snapshot.factors) },
        { kind: 'put', entity: 'device', value: { ...present(snapshot.devices[0]), secret: before } },
      ],
    }));
    await test[Symbol.asyncDispose]();
    const [cell] = await raw(kept.database, 'select secret from devices');
    expect(cell?.['secret']).toMatch(/^2\.2\./);
  });

  it('a code that was issued under a replaced pepper is still judged right and wrong (SEC-04)', async () => {
    await using kept = await keptDatabase(kind);
    await using test = await openTestStore({ ...kept });
    const { environmentId } = await addEnvironment(test.store);
    await test.store.load({ environmentId });
    const { digests } = test.keyring;
    const issued = digests.code([environmentId, 'flow', '123456']);
    await test.store.keys.rotate();
    expect(digests.code([environmentId, 'flow', '123456'], issued)).toBe(issued);
    expect(digests.code([environmentId, 'flow', '123457'], issued)).not.toBe(issued);
    expect(digests.code([environmentId, 'flow', '123456'])).toMatch(/^2\./);
    expect(issued).toMatch(/^1\./);
  });
});

/** The sealed contact as it is loaded now. */
async function sealedContact({ store }: TestStore, environmentId: World['environmentId'], user: string) {
  const { devices } = await store.load({ environmentId, user: user as World['environmentId'] });
  return present(devices[0]?.secret);
}

describe.each(KINDS)('master keys on %s', (kind) => {
  const open = (database: Awaited<ReturnType<typeof keptDatabase>>, keyring: Keyring) =>
    openTestStore({ ...database, keyring });

  it('another one is refused at the start, with the remedy, and nothing is changed (SEC-68)', async () => {
    await using kept = await keptDatabase(kind);
    const right = key();
    await using first = await open(kept, createKeyring(right));
    const { environmentId, owners } = await everySecret(first);
    await first[Symbol.asyncDispose]();
    const before = await dump(kept.database);
    await expect(open(kept, createKeyring(key()))).rejects.toThrow(KeyError);
    await expect(open(kept, createKeyring(key()))).rejects.toThrow(/wrapped with master key [0-9a-f]{16}.*give both/);
    if (kind === 'postgres') expect(await dump(kept.database)).toBe(before);
    await using again = await open(kept, createKeyring(right));
    expect(await secretOf(again, environmentId, owners[0] ?? '')).toBe('owner-0@example.com');
  });

  it('are replaced while both are given; then the old one can go (SEC-68)', async () => {
    await using kept = await keptDatabase(kind);
    const [old, next] = [key(), key()];
    const first = await open(kept, createKeyring(old));
    const { environmentId, owners } = await everySecret(first);
    const contact = first.keyring.digests.contact(environmentId, 'a@b.example');
    await first[Symbol.asyncDispose]();
    const both = await open(kept, createKeyring([next, old]));
    expect(await secretOf(both, environmentId, owners[0] ?? '')).toBe('owner-0@example.com');
    const later = await everySecret(both);
    expect(await both.store.keys.rotateMaster()).toBe(2);
    expect(await both.store.keys.rotateMaster()).toBe(0);
    expect(new Set((await both.store.keys.status()).map(({ masterId }) => masterId)).size).toBe(1);
    await both[Symbol.asyncDispose]();
    await expect(open(kept, createKeyring(old))).rejects.toThrow(KeyError);
    await using after = await open(kept, createKeyring(next));
    expect(await secretOf(after, environmentId, owners[0] ?? '')).toBe('owner-0@example.com');
    expect(await secretOf(after, later.environmentId, later.owners[2] ?? '')).toBe('owner-2@example.com');
    expect(after.keyring.digests.contact(environmentId, 'a@b.example')).toBe(contact);
  });

  it('a data key that was moved to another environment, or altered, does not unwrap (SEC-66)', async () => {
    await using kept = await keptDatabase(kind);
    const test = await openTestStore({ ...kept });
    const [one, other] = [await everySecret(test), await everySecret(test)];
    await test[Symbol.asyncDispose]();
    await raw(
      kept.database,
      `update data_keys set wrapped = (select wrapped from data_keys where environment_id = '${other.environmentId}')
       where environment_id = '${one.environmentId}' returning generation`,
    );
    await using again = await openTestStore({ ...kept });
    await expect(secretOf(again, one.environmentId, one.owners[0] ?? '')).rejects.toThrow(
      /does not open: the row was altered/,
    );
    expect(await secretOf(again, other.environmentId, other.owners[0] ?? '')).toBe('owner-0@example.com');
  });
});

describe.each(KINDS)('a database from before data keys on %s', (kind) => {
  /** As values were sealed then: under a key derived from the master key, in a format of its own. */
  function sealedThen(master: Buffer, text: string, place: SealedPlace): string {
    const derived = Buffer.from(
      hkdfSync('sha256', master, Buffer.alloc(0), `postern:v1:seal:${place.environmentId}`, 32),
    );
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', derived, nonce);
    cipher.setAAD(Buffer.from(`postern:v1:${place.table}:${place.column}:${place.environmentId}:${place.row}`));
    const body = Buffer.concat([cipher.update(text), cipher.final()]);
    return Buffer.concat([Buffer.from([1, 9, 9, 9, 9]), nonce, body, cipher.getAuthTag()]).toString('base64url');
  }

  it('opens as it is, keeps its contact hashes, and is sealed anew by a rotation', async () => {
    await using kept = await keptDatabase(kind);
    const master = randomBytes(32);
    const first = await openTestStore({ ...kept, keyring: createKeyring(new Redacted(master)) });
    const { environmentId, owners } = await everySecret(first, 2);
    const [user = ''] = owners;
    const device = present((await first.store.load({ environmentId, user: uuidOf(user) })).devices[0]);
    await first[Symbol.asyncDispose]();
    const place = { table: 'devices', column: 'secret', environmentId, row: `${user}/${device.id}` };
    const before = sealedThen(master, 'from@before.example', place);
    await raw(kept.database, `update devices set secret = '${before}' where id = '${device.id}' returning id`);
    const sealed = ['documents where secret is not null', 'inbox_messages', 'outbox', 'data_keys'];
    for (const table of sealed) await raw(kept.database, `delete from ${table} returning environment_id`);

    const keyring = createKeyring(new Redacted(master));
    // Of two keys, none is taken for its own: with the wrong one, no contact would be found again.
    const both = createKeyring([new Redacted(randomBytes(32)), new Redacted(master)]);
    await expect(openTestStore({ ...kept, keyring: both })).rejects.toThrow(
      /start once with the one that it was made with/,
    );
    expect(await raw(kept.database, 'select environment_id from data_keys')).toEqual([]);
    const code = keyring.digests.code([environmentId, 'flow', '123456']);
    const contact = keyring.digests.contact(environmentId, 'a@b.example');
    expect(code).toMatch(/^[A-Za-z0-9_-]{43}$/);
    await using test = await openTestStore({ ...kept, keyring });
    expect(await secretOf(test, environmentId, user)).toBe('from@before.example');
    expect(keyring.digests.contact(environmentId, 'a@b.example')).toBe(contact);
    expect(keyring.digests.code([environmentId, 'flow', '123456'], code)).toBe(code);
    expect(await valuesBy(test, environmentId)).toEqual({ '0 replaced': 1, '1 current': 1 });
    // The other device's key went with the table.
    expect(await test.store.keys.rotate()).toMatchObject({ resealed: 1 });
    expect(await secretOf(test, environmentId, user)).toBe('from@before.example');
  });
});
