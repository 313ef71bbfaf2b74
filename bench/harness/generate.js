import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pinnedTo } from './machine.js';
import { usageOf } from './usage.js';

const GENERATOR = fileURLToPath(new URL('../generator/main.js', import.meta.url));

/**
 * Loads a target (`cases/`) as `load` says and resolves with what the generator counted, and what the server and its database
 * spent meanwhile: `cpu`, `mainThreadCpu` and `databaseCpu` in microseconds per completed MFA, `rss` in MiB at the end.
 * `onMeasuring` and `onMeasured` are called at the two ends of what is measured.
 */
export function generate(target, load, { onMeasuring, onMeasured } = {}) {
  const plan = JSON.stringify({ host: target.host, port: target.port, flow: target.flow, load });
  const [program, ...args] = pinnedTo('generator', [process.execPath, GENERATOR, plan]);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    const spent = {};
    let result;
    child.on('message', (message) => {
      if (message.event === 'result') {
        result = message.result;
        return;
      }
      spent[message.event] = { server: usageOf(target.pid), database: usageOf(target.databasePid) };
      if (message.event === 'measuring') onMeasuring?.();
      else onMeasured?.();
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code !== 0 || !result) reject(new Error(`the generator ended with ${code}`));
      else resolve({ ...result, ...costs(spent, result.completed) });
    });
  });
}

function costs({ measuring, measured }, completed) {
  const micros = (who, which = 'seconds') =>
    measuring[who] && measured[who] && completed > 0
      ? ((measured[who][which] - measuring[who][which]) / completed) * 1e6
      : undefined;
  return {
    cpu: micros('server'),
    mainThreadCpu: micros('server', 'mainSeconds'),
    databaseCpu: micros('database'),
    rss: measured.server?.rss,
  };
}
