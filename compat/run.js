// npm run compat -- [terraform] [go] [npm]: the public clients against a Postern of this build, one table of what held. Without
// names, all of them. `npm run compat -- acceptance <command>` runs a command beside a prepared Postern (compat/README.md).
// What cannot be run here is skipped, saying why; with --require that is a failure. With --record, the operations that a client was
// answered go into compat/answered.json, which docs/compat.md shows.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeAnswered } from './harness/answered.js';
import { root } from './harness/cache.js';
import { createReport } from './harness/report.js';

const CLIENTS = {
  terraform: () => import('./terraform/run.js'),
  go: () => import('./go/run.js'),
  npm: () => import('./npm/run.js'),
};

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

const args = process.argv.slice(2);
if (args[0] === 'acceptance') {
  const { runAcceptance } = await import('./acceptance/run.js');
  process.exitCode = await runAcceptance(args.slice(1));
} else {
  process.exitCode = await runClients(
    args.filter((arg) => !arg.startsWith('--')),
    { isRequired: args.includes('--require'), records: args.includes('--record') },
  );
}

async function runClients(names, { isRequired, records }) {
  const unknown = names.filter((name) => !Object.hasOwn(CLIENTS, name));
  if (unknown.length > 0) {
    console.error(
      `postern: there is no client named ${unknown.join(', ')}; there are: ${Object.keys(CLIENTS).join(', ')}`,
    );
    return 1;
  }
  const report = createReport();
  for (const name of names.length > 0 ? names : Object.keys(CLIENTS)) {
    const started = Date.now();
    report.say(`\n=== ${name}`);
    const { runClient } = await CLIENTS[name]();
    try {
      await runClient(report);
    } catch (error) {
      report.check(name, 'the run', 'to its end', error.message);
    }
    report.say(`(${((Date.now() - started) / 1000).toFixed(0)} s)`);
    const answered = takeAnswered();
    if (records && answered.length > 0) record(name, answered);
  }
  const { passed, failed, absent, skipped } = report.counts();
  console.log(`\n${report.text()}\n\n${passed} passed, ${failed} failed, ${absent} absent, ${skipped} skipped`);
  return failed > 0 || (isRequired && skipped > 0) ? 1 : 0;
}

function record(client, operations) {
  const file = join(root, 'compat', 'answered.json');
  const all = { ...JSON.parse(readFileSync(file, 'utf8')), [client]: operations };
  writeFileSync(file, `${JSON.stringify(all, undefined, 2)}\n`);
}
