import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './machine.js';

export const RESULTS = fileURLToPath(new URL('../results/', import.meta.url));

/**
 * Prints tables, `{ title, rows }`, and the figures to reach, and writes everything with the raw results as one JSON file: where
 * `--json` says, else `bench/results/<command>.json`.
 */
export async function report(bench, command, { tables, goals = [], results }) {
  const machine = describeMachine(bench.folder);
  const databases = await bench.databases();
  console.log(`\n${command}: node ${machine.node}, ${machine.cores} cores (${machine.cpu}), ${machine.pinning}`);
  console.log(`a flush takes ${machine.flushMillis} ms${databases ? `; ${databases}` : ''}`);
  for (const { title, rows } of tables) {
    console.log(`\n${title}`);
    print(rows);
  }
  if (goals.length > 0) {
    console.log('\nfigures to reach (median of the rounds, least–greatest)');
    print(goals);
  }
  for (const line of bench.skipped) console.log(`\n${line}`);
  const file = bench.options.json ?? `${RESULTS}${command}.json`;
  mkdirSync(dirname(file), { recursive: true });
  const at = new Date().toISOString();
  const content = {
    command,
    at,
    machine,
    databases,
    options: bench.options,
    tables,
    goals,
    skipped: bench.skipped,
    results,
  };
  writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`\nwritten to ${file}`);
}

/** A table in plain text. Columns that no row fills are left out. */
function print(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) =>
    rows.some((row) => row[column] !== undefined),
  );
  const cells = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const isNumber = columns.map((column) =>
    rows.every((row) => row[column] === undefined || typeof row[column] === 'number'),
  );
  for (const row of cells)
    console.log(
      row
        .map((text, at) => (isNumber[at] ? text.padStart(widths[at]) : text.padEnd(widths[at])))
        .join('  ')
        .trimEnd(),
    );
}

const cell = (value) => (value === undefined ? '–' : String(value));
