import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Source files with every change in them, each behind a switch, and the list of the changes. The mutators are those of
 * `@stryker-mutator/instrumenter`: conditions, comparisons, arithmetic, booleans, texts, calls, blocks, literals, patterns.
 */
export async function instrument(tool, root, files) {
  const entry = join(tool, 'node_modules', '@stryker-mutator', 'instrumenter', 'dist', 'src', 'index.js');
  const { Instrumenter } = await import(pathToFileURL(entry).href);
  const silent = { debug() {}, info() {}, isDebugEnabled: () => false };
  const sources = files.map((name) => ({ name, content: readFileSync(join(root, name), 'utf8'), mutate: true }));
  const result = await new Instrumenter(silent).instrument(sources, {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
  });
  return {
    code: Object.fromEntries(result.files.map(({ name, content }) => [join(root, name), content])),
    mutants: result.mutants.map(({ id, fileName, location, replacement, mutatorName }) =>
      described(sources, { id, file: fileName, location, replacement, mutator: mutatorName }),
    ),
  };
}

/** A mutant with the text that it changes. Lines begin at 1, as editors have it. */
function described(sources, { id, file, location: { start, end }, replacement, mutator }) {
  const lines = (sources.find(({ name }) => name === file)?.content ?? '').split('\n');
  const first = lines[start.line] ?? '';
  const was =
    start.line === end.line
      ? first.slice(start.column, end.column)
      : [
          first.slice(start.column),
          ...lines.slice(start.line + 1, end.line),
          (lines[end.line] ?? '').slice(0, end.column),
        ].join('\n');
  return { id, file, at: start.line + 1, line: first.trim(), was, becomes: replacement, mutator };
}
