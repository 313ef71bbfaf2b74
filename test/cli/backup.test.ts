import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../src/app/backup.js';
import type { DatabaseConfig } from '../../src/config/config.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { raw } from '../contract/raw.js';
import { addEnvironment, addUser, present } from '../contract/world.js';
import { openTestStore } from '../helpers/store.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-backup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const databaseIn = (directory: string) => ({
  kind: 'sqlite' as const,
  directory,
  file: join(directory, 'postern.db'),
});
const taken = (database: DatabaseConfig, target = join(folder, 'copy.db')): Promise<number> =>
  backUp({ database }, target);

describe('postern backup of what nobody serves (SEC-77)', () => {
  it('has what a server left in its log when it was killed', async () => {
    await using test = await openTestStore();
    const { database } = test;
    const served = present(database.kind === 'sqlite' ? database.file : undefined);
    const world = await addEnvironment(test.store);
    const { user } = await addUser(test.store, world);
    // The files as a process that dies leaves them.
    for (const end of ['', '-wal']) copyFileSync(`${served}${end}`, join(folder, `postern.db${end}`));
    const users = `select id from users where id = '${user.id}'`;
    copyFileSync(served, join(folder, 'without-its-log.db'));
    await expect(raw({ kind: 'sqlite', file: join(folder, 'without-its-log.db') }, users)).rejects.toThrow();

    const bytes = await taken(databaseIn(folder));
    expect(bytes).toBeGreaterThan(0);
    const copy = { kind: 'sqlite', file: join(folder, 'copy.db') } as const;
    expect(await raw(copy, users)).toEqual([{ id: user.id }]);
    expect(readdirSync(folder)).not.toContain('copy.db.part');
    // A store opens it: every key is there, wrapped.
    await using restored = await openTestStore({ database: copy, keyring: test.keyring });
    expect((await restored.store.load({ environmentId: world.environmentId, user: user.id })).user?.id).toBe(user.id);
  });

  it('is thrown away when the copy is not whole', async () => {
    const database = databaseIn(folder);
    {
      await using test = await openTestStore({ database: { kind: 'sqlite', file: database.file } });
      await addEnvironment(test.store);
    }
    const content = readFileSync(database.file);
    content.fill(0xff, 4_096 * 3, 4_096 * 12);
    writeFileSync(database.file, content);
    await expect(taken(database)).rejects.toThrow('the copy is not a whole database');
    expect(readdirSync(folder)).toEqual(['postern.db']);
  });

  it.each([
    ['there is none', 'there is no database at'],
    ['it is no database', 'file is not a database'],
  ])('is refused when %s', async (what, message) => {
    if (what === 'it is no database') writeFileSync(join(folder, 'postern.db'), 'x'.repeat(8_192));
    await expect(taken(databaseIn(folder))).rejects.toThrow(message);
    expect(readdirSync(folder)).not.toContain('copy.db');
  });

  it.each([
    ['copy.db', 'is there already'],
    ['copy.db.part', 'is of a backup that did not end'],
  ])('does not touch a %s that is there', async (name, message) => {
    writeFileSync(join(folder, name), 'mine');
    await expect(taken(databaseIn(folder))).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([name]);
  });

  it.each([
    [{ kind: 'sqlite', file: ':memory:' } as const, 'in memory has no file'],
    [{ kind: 'postgres', url: new Redacted('postgres://nowhere'), poolSize: 2 } as const, 'docs/operations.md'],
  ])('is not for %j', async (database, message) => {
    await expect(taken(database)).rejects.toThrow(message);
  });
});
