import { appendFileSync } from 'node:fs';

/** The full length of the evidence runs; the default is a short form of each. */
export const FULL = process.env['POSTERN_EVIDENCE'] === 'full';
export const rounds = (short: number, full: number): number => (FULL ? full : short);

/** Where `bin/evidence.js` collects figures. */
const FILE = process.env['POSTERN_EVIDENCE_FIGURES'];

/** Says what a run has measured, and hands it to the table of `docs/reliability.md` when `npm run evidence` asked for it. */
export function figure(evidence: string, what: string, value: string): void {
  console.info(`${evidence} | ${what} | ${value}`);
  if (FILE) appendFileSync(FILE, `${JSON.stringify({ evidence, what, figure: value })}\n`);
}

/** The value below which this share of the numbers lies; 0 for none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
