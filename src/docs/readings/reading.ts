/** Something the reference leaves open, and how it is answered here. */
export interface Reading {
  readonly text: string;
  /** Section of the reference's description. */
  readonly source: string;
  /** The file below `src` that would change. */
  readonly where: string;
}

export interface ReadingGroup {
  readonly title: string;
  readonly readings: readonly Reading[];
}

type Row = readonly [source: string, text: string];

/** Readings that live in one file. */
export function readingsIn(where: string, rows: readonly Row[]): readonly Reading[] {
  return rows.map(([source, text]) => ({ text, source, where }));
}
