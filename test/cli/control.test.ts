import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { CONTROL_SOCKET, connectControl, openControl } from '../../src/app/control.js';
import { silentLogger } from '../../src/kernel/log.js';
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
    await using _control = await openControl(path, KEYS, silentLogger);
    expect(modes).toEqual([0o600]);
    expect(process.umask()).toBe(0);
    const keys = await connectControl(path);
    expect(await keys?.rotateMaster()).toBe(3);
  } finally {
    listen.mockRestore();
    process.umask(before);
    rmSync(folder, { recursive: true });
  }
});
