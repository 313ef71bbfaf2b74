import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openControl } from '../../src/app/control.js';
import { connectControl } from '../../src/app/control-client.js';
import { CONTROL_SOCKET } from '../../src/app/control-words.js';
import { silentLogger } from '../../src/kernel/log.js';
import type { BackupSource } from '../../src/storage/backup-port.js';
import type { KeyAdmin } from '../../src/storage/keys-port.js';

const KEYS: KeyAdmin = {
  status: async () => [],
  rotate: async () => ({ newKeys: 1, resealed: 2, refused: 0, left: 0 }),
  rotateMaster: async () => 3,
};

it('the control socket is the owner’s alone from the moment it exists (SEC-68)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  const path = join(folder, CONTROL_SOCKET);
  const before = process.umask(0);
  const modes: number[] = [];
  const listen = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...given: unknown[]) {
    listen.mockRestore();
    Reflect.apply(this.listen, this, given);
    modes.push(statSync(path).mode & 0o777);
    return this;
  });
  try {
    await using _control = await openControl(path, { keys: KEYS, backups: undefined }, silentLogger);
    expect(modes).toEqual([0o600]);
    expect(process.umask()).toBe(0);
    const control = await connectControl(path);
    expect(await control?.keys.rotateMaster()).toBe(3);
  } finally {
    listen.mockRestore();
    process.umask(before);
    rmSync(folder, { recursive: true });
  }
});

it('an asker that breaks off while it is answered ends nothing but its request (SEC-58)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  const path = join(folder, CONTROL_SOCKET);
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  let isAsked = false;
  const keys: KeyAdmin = {
    ...KEYS,
    async rotate({ onProgress } = {}) {
      isAsked = true;
      await left;
      // Nobody has told the server yet that nobody is there.
      for (let seen = 0; seen < 1_000; seen++) onProgress?.({ environmentId: '', table: '', seen, resealed: 0 });
      return KEYS.rotate();
    },
  };
  try {
    await using _control = await openControl(path, { keys, backups: undefined }, silentLogger);
    const asker = createConnection(path);
    asker.on('error', () => {});
    asker.write('"keys.rotate"\n');
    await vi.waitFor(() => expect(isAsked).toBe(true));
    asker.destroy();
    leave();
    await once(asker, 'close');
    const control = await connectControl(path);
    expect(await control?.keys.rotateMaster()).toBe(3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a backup over the control socket (SEC-77)', () => {
  /** A socket in a folder of its own, over a source that says what was asked of it. */
  async function arrange() {
    const folder = mkdtempSync(join(tmpdir(), 'control-'));
    const path = join(folder, CONTROL_SOCKET);
    const asked: string[] = [];
    let ended = (): void => {};
    const end = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const backups: BackupSource = {
      async begin() {
        asked.push('begin');
        return {
          pageSize: 4_096,
          async changed() {
            asked.push('changed');
            return asked.includes('hold') ? [] : [1, 7];
          },
          async hold() {
            asked.push('hold');
          },
          async [Symbol.asyncDispose]() {
            asked.push('end');
            ended();
          },
        };
      },
    };
    const server = await openControl(path, { keys: KEYS, backups }, silentLogger);
    const control = await connectControl(path);
    if (!control) throw new Error('nobody listens');
    return { folder, asked, end, server, control };
  }

  it('is one conversation, and ends with its connection', async () => {
    const { folder, asked, end, server, control } = await arrange();
    try {
      const backup = await control.beginBackup();
      expect(backup.pageSize).toBe(4_096);
      expect(await backup.changed()).toEqual([1, 7]);
      await backup.hold();
      expect(await backup.changed()).toEqual([]);
      await backup[Symbol.asyncDispose]();
      await end;
      expect(asked).toEqual(['begin', 'changed', 'hold', 'changed', 'end']);
    } finally {
      await server[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    }
  });

  it('is over when the server goes: what was copied until then is not taken for a database', async () => {
    const { folder, asked, server, control } = await arrange();
    try {
      const backup = await control.beginBackup();
      await backup.hold();
      await server[Symbol.asyncDispose]();
      await expect(backup.changed()).rejects.toThrow('the server ended before it was done');
      expect(asked).toEqual(['begin', 'hold', 'end']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
