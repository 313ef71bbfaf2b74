import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's own folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A folder below `compat/.cache`, which Git ignores: what the clients install, build and leave behind. */
export function cacheFolder(...names) {
  const path = join(root, 'compat', '.cache', ...names);
  mkdirSync(path, { recursive: true });
  return path;
}
