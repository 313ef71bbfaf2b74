import { spawn } from 'node:child_process';
import { pinnedTo } from './machine.js';

/** After `SIGTERM`; a server drains within it. */
const STOP_MILLIS = 15_000;
const START_MILLIS = 120_000;

const running = new Set();
// However the bench ends, nothing of it stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

/**
 * Starts a process on the core of its role. `ready(child)` resolves once it serves, with whatever there is to know about it; the
 * result has that, the pid and `stop`. A process that ends before rejects.
 */
export async function startProcess({ role, command, env = {}, stdio = ['ignore', 'pipe', 'inherit'], ready }) {
  const [program, ...args] = pinnedTo(role, command);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio });
  running.add(child);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal);
    });
  });
  let timer;
  const early = ended.then((code) => {
    throw new Error(`${command.join(' ')} ended with ${code} before it was ready`);
  });
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${command.join(' ')} was not ready in time`)), START_MILLIS);
  });
  // What loses the race below is of no interest any more.
  early.catch(() => {});
  const facts = await Promise.race([ready(child), early, late]).finally(() => clearTimeout(timer));
  return {
    ...facts,
    pid: child.pid,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_MILLIS);
      await ended;
      clearTimeout(force);
    },
  };
}

/** For `ready`: the first line that the process prints, as JSON. */
export function firstLine(child) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      try {
        resolve(JSON.parse(text.slice(0, end)));
      } catch (error) {
        reject(error);
      }
    });
  });
}
