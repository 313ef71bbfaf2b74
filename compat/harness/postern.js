import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noteAnswered } from './answered.js';
import { root } from './cache.js';

/** The first start of a build compiles it. */
const START_MILLIS = 180_000;
const STOP_MILLIS = 15_000;

/** The names under which the clients that insist on https reach the server. */
export const NAMES = { api: 'api.compat.test', auth: 'auth.compat.test' };

/**
 * Starts `postern dev` in memory and returns the ready file's content, the base URLs clients use, and `stop`. With `tls` it
 * listens on port 443 under `NAMES` and `caFile` names the certificate to trust. Rejects with the server's output when it ends
 * before it is ready.
 */
export async function startPostern({ seed, tls = false, options = [] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'postern-compat-'));
  const readyFile = join(folder, 'ready.json');
  const args = ['dev', '--data', join(folder, 'data'), '--ready-file', readyFile];
  const metricsPort = await freePort();
  args.push('--metrics-port', String(metricsPort));
  if (seed) {
    writeFileSync(join(folder, 'seed.json'), JSON.stringify(seed));
    args.push('--seed', join(folder, 'seed.json'));
  }
  if (tls) args.push('--tls', '--tls-name', NAMES.api, '--tls-name', NAMES.auth, '--port', '443');
  else args.push('--port', '0');
  const child = spawn(process.execPath, [join(root, 'bin', 'postern.js'), ...args, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000);
    });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    await noteAnswered(metricsPort);
    child.kill('SIGINT');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
    await ended;
    clearTimeout(force);
    rmSync(folder, { recursive: true, force: true });
  };
  const started = Date.now();
  while (!existsSync(readyFile)) {
    if (child.exitCode !== null || Date.now() - started > START_MILLIS) {
      await stop();
      throw new Error(`Postern did not start: ${output.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const ready = JSON.parse(readFileSync(readyFile, 'utf8'));
  return { ...ready, stop };
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
