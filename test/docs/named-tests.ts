import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const cache = new Map<string, string>();

/** A file of the repository, by its path from the root; `undefined`: there is none. */
export function repositoryFile(path: string): string | undefined {
  const known = cache.get(path);
  if (known !== undefined) return known;
  const file = fileURLToPath(new URL(path, root));
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  cache.set(path, text);
  return text;
}

/** A test that a page names: `` `test/x.test.ts` "its title" ``. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
}

export function namedTests(markdown: string): readonly NamedTest[] {
  return [...markdown.matchAll(/`(test\/[^`]+\.test\.ts)`\s+"([^"]+)"/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

/**
 * The line of a test's title after those of the suites around it; `undefined` when there is no such test. A test of a table is
 * named by its pattern, one whose title is composed by its beginning.
 */
export function titleInPlace({ file, title }: NamedTest): string | undefined {
  const lines = repositoryFile(file)?.split('\n') ?? [];
  const at = lines.findIndex((line) => beginsTest(line, title));
  if (at < 0) return undefined;
  const around: string[] = [lines[at] ?? ''];
  let depth = indentation(lines[at] ?? '');
  for (const line of lines.slice(0, at).reverse()) {
    // A suite, or the end of the table of one.
    if (indentation(line) >= depth || !/^\s*(?:describe\b|\]\)\()/.test(line)) continue;
    around.unshift(line);
    depth = indentation(line);
  }
  return around.join('\n');
}

/** Whether a line has the title as what a call begins with, or stands by itself as the first argument of one. */
function beginsTest(line: string, title: string): boolean {
  return ["'", '"', '`'].some((quote) => {
    const at = line.indexOf(quote + title);
    const after = line.slice(at + 1 + title.length);
    return at >= 0 && /^\s*(?:.*\()?$/.test(line.slice(0, at)) && (after.startsWith(quote) || after.includes('${'));
  });
}

const indentation = (line: string): number => line.length - line.trimStart().length;
