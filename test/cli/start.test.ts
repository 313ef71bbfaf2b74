import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** What a file loads at once; what it imports when it is needed, and what it takes types from, is not among it. */
const DECLARATION = /^\s*(?:import|export)\s+(?!type\s)(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

/** Files and packages that are loaded before the first line of `main.ts` runs. */
function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [join(SRC, entry)];
  for (let file = waiting.pop(); file; file = waiting.pop()) {
    if (files.has(relative(SRC, file))) continue;
    files.add(relative(SRC, file));
    for (const [, target = ''] of readFileSync(file, 'utf8').matchAll(DECLARATION))
      if (target.startsWith('.')) waiting.push(join(dirname(file), target.replace(/\.js$/, '.ts')));
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

  it('is no server where none is started', () => {
    expect(command.files).not.toContain('app.ts');
    expect(command.packages).not.toContain('fastify');
  });
});
