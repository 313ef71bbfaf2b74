import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { Problem } from '../../config/problem.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { contradictions } from './contradictions.js';
import type { SeedFile } from './schema.js';
import { schemaComplaints } from './schema-complaints.js';

/** Where in the file, and what; `path` as in `environments[0].users[2].email`, taken apart. */
export interface Complaint {
  readonly path: readonly (string | number)[];
  readonly what: string;
  readonly remedy: string;
}

/** YAML or JSON (which YAML contains) → seed, or every problem with its line. Pure. */
export function readSeed(text: string): Outcome<SeedFile, readonly Problem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  if (document.errors.length > 0)
    return reject(
      document.errors.map(({ pos, message }) => ({
        where: `line ${lines.linePos(pos[0]).line}`,
        what: `is not YAML or JSON: ${message}.`,
        remedy: 'Mend the syntax; indentation counts in YAML.',
      })),
    );
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  const fits = schemaComplaints(value);
  if (!fits.ok) return reject(fits.rejection.map((complaint) => locate(document, lines, complaint)));
  const wrong = contradictions(fits.value);
  return wrong.length > 0 ? reject(wrong.map((complaint) => locate(document, lines, complaint))) : accept(fits.value);
}

/** The line of the value, or of the nearest thing around it that is there. */
function locate(document: Document, lines: LineCounter, { path, what, remedy }: Complaint): Problem {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line } = lines.linePos(node.range[0]);
      return { where: `line ${line}, ${pathText(path)}`, what, remedy };
    }
  }
  return { where: `line 1, ${pathText(path)}`, what, remedy };
}

function pathText(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the whole file';
  return path.map((step, at) => (typeof step === 'number' ? `[${step}]` : at === 0 ? step : `.${step}`)).join('');
}
