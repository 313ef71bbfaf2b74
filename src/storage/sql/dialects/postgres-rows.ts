import { StorageFault } from '../fault.js';
import { type Call, type Result, type Statement, statement, type Value } from '../statement.js';
import { insertTailRow } from '../tables/audit.js';
import { updateDestination } from '../tables/destinations.js';
import { insertDeviceAuthentication, updateDeviceAuthentication } from '../tables/device-authentications.js';
import { putDevice } from '../tables/devices.js';
import { updateFactors } from '../tables/factors.js';
import { appendOutbox, postponeOutbox, settleOutbox } from '../tables/outbox.js';

/**
 * A statement that does for any number of rows what another does for one, so that a batch costs one statement per shape
 * (`design.md` §4). Its parameters are the other's, as arrays: one text, whatever the number of rows.
 */
export interface RowsForm {
  readonly statement: Statement;
  /** Whether the last column of each row that comes back is the number of its call, from 1. Inserts give nothing back. */
  readonly numbered: boolean;
}

/**
 * The writes that travel in batches (`design.md` §4), in an order that foreign keys allow: factors before their devices. With
 * them, the parameters that are integers and have no cast that says so; all others are text.
 */
export const HOT_WRITES: readonly (readonly [Statement, integers: readonly string[]])[] = [
  [updateFactors, ['version']],
  [putDevice, []],
  [insertDeviceAuthentication, ['expiresAt']],
  [updateDeviceAuthentication, ['version', 'expiresAt']],
  [updateDestination, ['version']],
  [appendOutbox, ['deadline', 'createdAt', 'leaseUntil']],
  [settleOutbox, []],
  [postponeOutbox, []],
  [insertTailRow, ['firstAt', 'lastAt', 'size']],
];

/** The two forms that a hot write may have. */
const INSERT = /^insert into (\w+)\s*\(([^)]*)\)\s*values \(([\s\S]*)\)(\s*on conflict [\s\S]*)?$/;
const UPDATE = /^update (\w+) set ([\s\S]*?)\s+where ([\s\S]*)$/;

const ranks = new Map<Statement, number>(HOT_WRITES.map(([hot], rank) => [hot, rank]));
/** Gone with its statement, if that is ever made for a single store. */
const forms = new WeakMap<Statement, RowsForm>(HOT_WRITES.map(([hot, integers]) => [hot, writeForm(hot, integers)]));

/** The place of a hot write among the statements of a batch; `undefined`: it takes a transaction of its own. */
export const hotRank = (one: Statement): number | undefined => ranks.get(one);

/** The form for many rows of a hot write, or of a statement that selects at most one row; `undefined`: there is none. */
export function rowsFormOf(one: Statement): RowsForm | undefined {
  const known = forms.get(one);
  if (known || one.yields !== 'row' || one.parameters.length === 0 || !one.text.startsWith('select ')) return known;
  const form: RowsForm = {
    // Joined row by row, as the statement alone would be: whatever a planner knows of its tables holds for the many as well.
    statement: statement(
      'rows',
      `select s.*, v.n from ${rowsOf(one, [])} cross join lateral (${bound(one, one.text)}) as s`,
    ),
    numbered: true,
  };
  forms.set(one, form);
  return form;
}

/** One call for many of the same statement. */
export function manyOf(form: RowsForm, calls: readonly Call[]): Call {
  return {
    statement: form.statement,
    values: form.statement.parameters.map((_, index) => arrayOf(calls.map(({ values }) => values[index] ?? null))),
  };
}

/** The result of each of the calls. A write without a number of its own has done all of its rows, or the statement failed. */
export function eachOf({ numbered }: RowsForm, { rows, count }: Result, calls: number): readonly Result[] {
  if (!numbered) {
    if (count !== calls) throw new StorageFault(`an insert of ${calls} rows made ${count}`);
    return Array.from({ length: calls }, () => ONE_ROW);
  }
  const each = Array.from({ length: calls }, () => NO_ROW);
  for (const row of rows) {
    const number = row.at(-1);
    if (typeof number !== 'number' || number < 1 || number > calls)
      throw new StorageFault(`a row came back for call ${number} of ${calls}`);
    each[number - 1] = row.length === 1 ? ONE_ROW : { rows: [row], count: 1 };
  }
  return each;
}

const ONE_ROW: Result = { rows: [], count: 1 };
const NO_ROW: Result = { rows: [], count: 0 };

function writeForm(one: Statement, integers: readonly string[]): RowsForm {
  const rows = rowsOf(one, integers);
  const [, table, columns, values, conflict = ''] = INSERT.exec(one.text) ?? [];
  if (table !== undefined && values !== undefined)
    return {
      statement: statement(
        'count',
        `insert into ${table} (${columns}) select ${bound(one, values)} from ${rows}${conflict}`,
      ),
      numbered: false,
    };
  const [, updated, set = '', where = ''] = UPDATE.exec(one.text) ?? [];
  if (updated === undefined) throw new StorageFault(`no form for many rows is known of: ${one.text}`);
  return {
    statement: statement(
      'returning',
      `update ${updated} set ${bound(one, set)} from ${rows} where ${bound(one, where)} returning v.n`,
    ),
    numbered: true,
  };
}

/** The parameters as a table `v` of one row per call, numbered by `n`. */
function rowsOf({ parameters, text }: Statement, integers: readonly string[]): string {
  const isInteger = (name: string): boolean => integers.includes(name) || text.includes(`cast(:${name} as bigint)`);
  const arrays = parameters.map((name) => `cast(:${name} as ${isInteger(name) ? 'bigint' : 'text'}[])`);
  const columns = parameters.map((name) => `p_${name}`);
  return `unnest(${arrays.join(', ')}) with ordinality as v (${[...columns, 'n'].join(', ')})`;
}

/** A part of a statement's text with a row of `v` in the place of its parameters. */
function bound({ parameters }: Statement, part: string): string {
  return parameters.reduce((text, name) => text.replaceAll(new RegExp(`(?<!:):${name}\\b`, 'g'), `v.p_${name}`), part);
}

const SPECIAL = /["\\]/g;

/** PostgreSQL's text form of an array (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO). */
export function arrayOf(values: readonly Value[]): string {
  return `{${values.map(element).join(',')}}`;
}

function element(value: Value): string | number {
  if (value === null) return 'NULL';
  return typeof value === 'number' ? value : `"${value.replace(SPECIAL, '\\$&')}"`;
}
