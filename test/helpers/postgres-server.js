// Runs one throw-away PostgreSQL for as long as its owner lives:
// node postgres-server.js <directory> <owner's process id> [setting=value …].
// A process of its own, because the test files that share the server come and go.

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from './postgres-cluster.js';

const [directory, owner, settings] = [process.argv[2] ?? '', Number(process.argv[3]), process.argv.slice(4)];
const publish = (name, content) => {
  writeFileSync(join(directory, `${name}.part`), content);
  renameSync(join(directory, `${name}.part`), join(directory, name));
};

async function start() {
  const cluster = await createCluster(directory, settings);
  const server = await cluster.start();
  publish('url', cluster.url);
  return server;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

process.on('SIGINT', () => {
  // Ctrl-C reaches the whole group; the owner's end is what counts.
});
try {
  const server = await start();
  const watch = setInterval(() => {
    if (isAlive(owner)) return;
    clearInterval(watch);
    // At once: nobody will read this data again.
    server.kill('SIGQUIT');
  }, 250);
  server.once('exit', () => {
    clearInterval(watch);
    rmSync(directory, { recursive: true, force: true });
  });
} catch (error) {
  publish('error', `${error.stack}\n${error.stderr ?? ''}`);
  process.exitCode = 1;
}
