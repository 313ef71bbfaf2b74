import { settingsText } from '../config/docs.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';

/** `postern config`: the settings in force with their origins; secrets do not print. */
export async function showConfig({ loaded }: Invocation, { terminal }: Composition): Promise<void> {
  terminal.out(`postern ${loaded.config.mode}`);
  terminal.out(settingsText(loaded.settings));
}
