/**
 * The load generator, a process of its own: node main.js <plan>, where the plan is JSON: `host`, `port`, `flow` (`flows.js`) and
 * `load`: `{ kind: 'closed', connections, seconds, warmUp }` or `{ kind: 'open', rate, connections, spin, seconds, warmUp }`.
 * Tells its parent when it begins and ends to measure, and then the result.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop } from './closed.js';
import { flowOf } from './flows.js';
import { openLoop } from './open.js';
import { createTally } from './tally.js';

const plan = JSON.parse(process.argv[2]);
const fail = (error) => {
  console.error(`generator: ${error.message}`);
  process.exit(1);
};
const tally = createTally();
const loop = plan.load.kind === 'open' ? openLoop : closedLoop;
const end = loop(plan, flowOf(plan), tally, fail);
await delay(plan.load.warmUp * 1_000);
process.send({ event: 'measuring' });
tally.start();
await delay(plan.load.seconds * 1_000);
tally.stop();
process.send({ event: 'measured' });
await end();
process.send({ event: 'result', result: tally.result() }, () => process.disconnect());
