import { composition } from './app/composition.js';
import { runCommand } from './cli/run.js';

/** argv → exit code, set on the process, which ends by itself once nothing holds it. */
export async function main(args: readonly string[]): Promise<void> {
  process.exitCode = await runCommand(args, composition);
}
