import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../bin/build.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const BUNDLE = fileURLToPath(new URL('../../dist/bundle', import.meta.url));

/** What a file loads at once; what it imports when it is needed, and what it takes types from, is not among it. */
const DECLARATION = /^\s*(?:import|export)\s+(?!type\s)(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** Files and packages that are loaded before the first line of the entry runs. */
function loadedBy(
  entry: string,
  folder = SRC,
): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [join(folder, entry)];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (files.has(relative(folder, file))) continue;
    files.add(relative(folder, file));
    const content = readFileSync(file, 'utf8');
    // A bundle's imports come first, each in its line; behind them are texts that look like some.
    const head = folder === BUNDLE ? (/^(?:(?:\/\/|import ).*\n)*/.exec(content)?.[0] ?? '') : content;
    for (const [, target = ''] of head.matchAll(DECLARATION))
      if (target.startsWith('.'))
        waiting.push(join(dirname(file), folder === SRC ? target.replace(/\.js$/, '.ts') : target));
      else if (!target.startsWith('node:')) packages.add(target);
  }
  return { files, packages };
}

// A start is mostly loading: a third of a millisecond for each module, and a package may have hundreds.
describe('what every start loads', () => {
  const command = loadedBy('main.ts');
  const server = loadedBy('app.ts');
  const files = new Set([...command.files, ...server.files]);
  const packages = new Set([...command.packages, ...server.packages]);

  it('is no package that only some servers need, and of TypeBox its compiler alone', () => {
    expect([...packages].filter((name) => !name.startsWith('jose/')).sort()).toEqual([
      'fastify',
      'pino',
      'typebox/format',
      'typebox/schema',
    ]);
  });

  it('is the server, without the dialects of the databases and the reader of seed files', () => {
    expect(files).toContain('http/dispatch.ts');
    expect(files).toContain('storage/sql/open.ts');
    expect([...files].filter((name) => /dialects\/|seed\/read|tracing/.test(name))).toEqual([]);
  });

  it('is few files, once bundled, and no other packages than before', () => {
    ensureBuilt();
    const [app = ''] = readdirSync(BUNDLE).filter((name) => /^app-.*\.js$/.test(name));
    const bundled = [loadedBy('main.js', BUNDLE), loadedBy(app, BUNDLE)];
    expect(new Set(bundled.flatMap(({ files: some }) => [...some])).size).toBeLessThan(30);
    expect(new Set(bundled.flatMap(({ packages: some }) => [...some]))).toEqual(
      new Set([...packages].filter((name) => !name.startsWith('typebox/'))),
    );
    expect(bundled[0]?.packages).not.toContain('fastify');
  });

  it('is no server where none is started', () => {
    expect(command.files).not.toContain('app.ts');
    expect(command.packages).not.toContain('fastify');
  });
});
