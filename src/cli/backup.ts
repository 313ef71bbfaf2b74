import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError } from './terminal.js';

/** `postern backup FILE`: a copy of the embedded database, verified, taken while the server serves (SEC-77). */
export async function backup({ loaded: { config }, words }: Invocation, composition: Composition): Promise<void> {
  const [target] = words;
  if (target === undefined || target === '')
    throw new CommandError('say where to: `postern backup FILE`, a file that is not there yet.');
  const bytes = await composition.backUp(config, target);
  composition.terminal.out(
    `Copied and verified ${bytes} bytes. To open it takes the master key of its server, which is not in it.`,
  );
}
