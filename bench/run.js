/**
 * `npm run bench [-- <command>]`: what Postern does per second beside what this machine could do (`docs/performance.md`).
 * Figures of a shared machine mean something only as ratios of one run; the warm-up lets everything compile what it runs.
 */
import { parseArgs } from 'node:util';
import { assertion } from './commands/assertion.js';
import { growth } from './commands/growth.js';
import { open } from './commands/open.js';
import { profile } from './commands/profile.js';
import { slowDisk } from './commands/slow-disk.js';
import { start } from './commands/start.js';
import { starts } from './commands/starts.js';
import { throughput } from './commands/throughput.js';
import { withBench } from './harness/bench.js';

const COMMANDS = { throughput, assertion, growth, open, start, starts, 'slow-disk': slowDisk, profile };
const {
  values: options,
  positionals: [command = 'throughput'],
} = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    'warm-up': { type: 'string', default: '8' },
    connections: { type: 'string', default: '32' },
    only: { type: 'string' },
    json: { type: 'string' },
    users: { type: 'string', default: '100000' },
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    'flush-millis': { type: 'string', default: '2' },
    folder: { type: 'string' },
    against: { type: 'string' },
    realtime: { type: 'boolean' },
    'log-level': { type: 'string', default: 'warn' },
  },
});

try {
  const run = COMMANDS[command];
  if (!run) throw new Error(`there is no command ${command}; there are ${Object.keys(COMMANDS).join(', ')}`);
  await withBench(options, run);
} catch (error) {
  console.error(`bench: ${error.stack}`);
  process.exitCode = 1;
}
