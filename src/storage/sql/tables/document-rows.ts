import { decode, document } from '../row.js';
import { type Row, type Statement, statement, type Value } from '../statement.js';

/** Members of a value with the columns that they stand in: texts and integers, and never empty. */
type Columns<C extends string> = Readonly<Record<C, string>>;

/** A table of which each row is a document with a few columns beside it. */
export interface DocumentRows<T> {
  /** In the order that `read` reads; the document is the last. */
  readonly columns: readonly string[];
  read(row: Row): T;
  /** By the names of the members that are columns, and the rest of the value as `document`. */
  values(value: T): Record<string, Value>;
}

/** `members` are those that tell such a document from another; the rest of it was checked when it was written. */
export function documentRows<T extends Readonly<Record<C, string | number>>, C extends keyof T & string>(
  table: string,
  columns: Columns<C>,
  members: readonly Exclude<keyof T & string, C>[],
): DocumentRows<T> {
  const names: readonly string[] = Object.values(columns);
  // The keys of a literal are those that its type names.
  const kept = Object.keys(columns) as C[];
  const body = names.length;
  return {
    columns: [...names, 'document'],
    read: (row) =>
      decode(table, row.slice(0, body).join('/'), () => {
        const cells = kept.map((member, at) => [member, cellOf(row, at)]);
        // Columns are stored as they were typed, and `values` wrote the document.
        return Object.assign(document<Omit<T, C>>(row, body, members), Object.fromEntries(cells)) as T;
      }),
    values(value) {
      const rest = Object.entries(value).filter(([member]) => !Object.hasOwn(columns, member));
      return {
        ...Object.fromEntries(kept.map((member) => [member, value[member]])),
        document: JSON.stringify(Object.fromEntries(rest)),
      };
    },
  };
}

function cellOf(row: Row, at: number): string | number {
  const cell = row[at];
  if (cell === null || cell === undefined) throw new TypeError(`column ${at} is empty`);
  return cell;
}

/** The statements of rows that are found by their whole key and written whole; their parameters are the members of the key. */
export interface RowsByKey {
  readonly get: Statement;
  /** In the place of the one that was there, if one was. */
  readonly put: Statement;
  readonly remove: Statement;
}

/** `body` is the column beside the key, and the parameter of its value. */
export function rowsByKey(table: string, key: Columns<string>, body = 'document'): RowsByKey {
  const names = Object.values(key);
  const ofKey = Object.entries(key).map(([member, column]) => `${column} = :${member}`);
  const row = `${table} where ${ofKey.join(' and ')}`;
  return {
    get: statement('row', `select ${[...names, body].join(', ')} from ${row}`),
    put: statement(
      'count',
      `insert into ${table} (${[...names, body].join(', ')})
       values (${Object.keys(key)
         .map((member) => `:${member}`)
         .join(', ')}, :${body})
       on conflict (${names.join(', ')}) do update set ${body} = excluded.${body}`,
    ),
    remove: statement('count', `delete from ${row}`),
  };
}
