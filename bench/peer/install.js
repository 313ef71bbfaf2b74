import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = fileURLToPath(new URL('../.cache/peer/', import.meta.url));
const stamp = join(cache, '.installed');
let installed;

/**
 * The path of the peer's server, installed beside it: exactly what the lock file says, into a folder that is neither ours nor in
 * Git. Rejects, saying why, when npm cannot get it.
 */
export function installPeer() {
  installed ??= install();
  return installed;
}

async function install() {
  mkdirSync(cache, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'server.js'])
    copyFileSync(join(here, file), join(cache, file));
  const lock = readFileSync(join(here, 'package-lock.json'), 'utf8');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    console.error('installing better-auth for comparison …');
    rmSync(stamp, { force: true });
    try {
      await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund'], { cwd: cache });
    } catch (error) {
      const [line] = String(error.stderr || error.message)
        .split('\n')
        .filter((text) => /npm (error|ERR!)/.test(text));
      throw new Error(`better-auth could not be installed: ${line ?? error.message}`);
    }
    writeFileSync(stamp, lock);
  }
  return join(cache, 'server.js');
}
