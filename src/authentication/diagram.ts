import type { Status } from './model.js';
import { type Arrow, BEGINNINGS, SETTLEMENT, TABLE } from './table.js';

const TERMINAL: readonly Status[] = ['COMPLETED', 'FAILED'];

/** The state machine as a mermaid diagram, drawn from the table; `README.md` shows it and a test keeps it fresh. */
export function renderDiagram(): string {
  const lines = BEGINNINGS.map((arrow) => line('[*]', arrow));
  for (const [status, row] of Object.entries(TABLE)) {
    const cells: readonly { readonly leadsTo: readonly Arrow[] }[] = Object.values(row);
    for (const arrow of cells.flatMap(({ leadsTo }) => leadsTo)) lines.push(line(status, arrow));
    if (cells.length > 0) lines.push(line(status, SETTLEMENT));
  }
  for (const status of TERMINAL) lines.push(`${status} --> [*]`);
  return ['stateDiagram-v2', ...lines.map((text) => `  ${text}`)].join('\n');
}

function line(from: string, { to, when }: Arrow): string {
  // A colon would end the label.
  return `${from} --> ${to}: ${when.replaceAll(': ', ', ')}`;
}
