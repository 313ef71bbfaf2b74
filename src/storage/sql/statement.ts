import { sha256 } from '../../kernel/keys.js';
import { StorageFault } from './fault.js';

/** What a parameter may be. Never a boolean or a blob: the databases disagree on both. */
export type Value = string | number | null;
/** One row, by position: the statement's own column list says what stands where. */
export type Row = readonly (string | number | null)[];

/**
 * What comes back: many rows, at most one, the rows it changed (`returning`), or only their number. The embedded database reads
 * one row at half the cost of many.
 */
export type Yields = 'rows' | 'row' | 'returning' | 'count';

/** A statement in the common dialect (`design.md` §4): `:name` parameters, no casts by `::`. Made once, at start-up. */
export interface Statement {
  /** Name of the prepared statement: by content, so two releases behind one pooler never mean different texts by one name. */
  readonly name: string;
  readonly text: string;
  readonly yields: Yields;
  /** In the order of the numbered placeholders that the dialects put in their place. */
  readonly parameters: readonly string[];
}

const PARAMETER = /(?<!:):([a-z][A-Za-z]*)/g;

export function statement(yields: Yields, text: string): Statement {
  const parameters = [...new Set(Array.from(text.matchAll(PARAMETER), (match) => match[1] ?? ''))];
  return { name: `postern_${sha256(text).slice(0, 22)}`, text, yields, parameters };
}

/** The text with numbered placeholders: `?1` on SQLite, `$1` on PostgreSQL. */
export function withPlaceholders(statement: Statement, sign: '?' | '$'): string {
  return statement.text.replace(PARAMETER, (_, name: string) => `${sign}${statement.parameters.indexOf(name) + 1}`);
}

/** A statement and its values, in the order of its parameters. */
export interface Call {
  readonly statement: Statement;
  readonly values: readonly Value[];
}

export function call(statement: Statement, named: Readonly<Record<string, Value>>): Call {
  const values: Value[] = [];
  for (const parameter of statement.parameters) {
    const value = named[parameter];
    if (value === undefined) throw new StorageFault(`no value for :${parameter} in: ${statement.text}`);
    values.push(value);
  }
  return { statement, values };
}

export interface Result {
  readonly rows: readonly Row[];
  /** Rows that a `count` statement changed. */
  readonly count: number;
}

/**
 * Statements in order, each group depending on what the last one gave. The embedded database drives a script in one turn,
 * PostgreSQL sends each group in one flush and awaits it: one text for both.
 */
export type Script<T> = Generator<readonly Call[], T, readonly Result[]>;

/** One statement of a script. */
export function* ask(statement: Statement, named: Readonly<Record<string, Value>>): Script<Result> {
  return only(yield [call(statement, named)]);
}

/** The result of a group of one. */
export function only(results: readonly Result[]): Result {
  const [result] = results;
  if (!result) throw new StorageFault('a statement gave no result');
  return result;
}
