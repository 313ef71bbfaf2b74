import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamp = join(dist, '.built');

/** Newest change below a path, in milliseconds. */
function newest(path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Whether `dist` holds what `src` says. A packed Postern has no `src`, and is always fresh. */
export function isFresh() {
  if (!existsSync(join(root, 'src'))) return true;
  if (!existsSync(stamp)) return false;
  return ['src', 'bin/bundle.js', 'tsconfig.json', 'package.json'].every(
    (name) => newest(join(root, name)) <= statSync(stamp).mtimeMs,
  );
}

/**
 * Compiles `src` to `dist` and bundles it there. It compiles beside and renames, so that a server that starts meanwhile finds the old build or the
 * new one, and so that nothing of a removed file stays behind.
 */
export function build() {
  const started = new Date();
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler))
    throw new Error('the TypeScript compiler is not installed: run `npm ci` (with development dependencies) first');
  const next = join(root, 'node_modules', '.cache', `postern-build-${process.pid}`);
  mkdirSync(next, { recursive: true });
  for (const step of [
    [compiler, '--outDir', next],
    [join(root, 'bin', 'bundle.js'), next],
  ]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, step, { cwd: root, encoding: 'utf8' });
    if (status === 0) continue;
    rmSync(next, { recursive: true, force: true });
    throw new Error(`the build failed:\n${stdout}${stderr}`);
  }
  // As old as the beginning: what was edited while the compiler ran may not be in it.
  writeFileSync(join(next, '.built'), started.toISOString());
  utimesSync(join(next, '.built'), started, started);
  replace(next);
}

function replace(next) {
  const old = `${next}-old`;
  try {
    if (existsSync(dist)) renameSync(dist, old);
    renameSync(next, dist);
  } catch (error) {
    // Another process put its build there first, or `node_modules` is another file system.
    if (error.code !== 'EXDEV' && error.code !== 'ENOTEMPTY' && error.code !== 'ENOENT') throw error;
    cpSync(next, dist, { recursive: true, force: true });
    rmSync(next, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/** Builds when needed; quiet when it succeeds. */
export function ensureBuilt() {
  if (!isFresh()) build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build();
  } catch (error) {
    console.error(`postern: ${error.message}`);
    process.exitCode = 1;
  }
}
