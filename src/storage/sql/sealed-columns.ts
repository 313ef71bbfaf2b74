import { Sealed, type SealedPlace } from '../../kernel/sealed.js';
import { optionalText, text } from './row.js';
import { type Call, call, type Row, statement, type Value } from './statement.js';
import { devicePlace } from './tables/devices.js';
import { documentPlace } from './tables/documents.js';
import { inboxPlace } from './tables/inbox.js';
import { oathTokenPlace } from './tables/oath-tokens.js';
import { outboxPlace } from './tables/outbox.js';

/** Where sealed values are: the environment and `keys` find the row, `place` is what its value is bound to. */
interface Column {
  readonly table: string;
  readonly column: string;
  /** Of the primary key, behind the environment. */
  readonly keys: readonly [string] | readonly [string, string];
  readonly place: (environmentId: string, first: string, second: string) => SealedPlace;
}

/** Every sealed column there is; a test compares it with what the tables seal. */
const COLUMNS: readonly Column[] = [
  { table: 'documents', column: 'secret', keys: ['kind', 'id'], place: documentPlace },
  { table: 'devices', column: 'secret', keys: ['user_id', 'id'], place: devicePlace },
  { table: 'oath_tokens', column: 'secret', keys: ['id'], place: oathTokenPlace },
  { table: 'outbox', column: 'content', keys: ['id'], place: outboxPlace },
  { table: 'inbox_messages', column: 'content', keys: ['id'], place: inboxPlace },
];

/** A walk along the primary key, in pages. */
export interface SealedColumn {
  readonly table: string;
  /** Rows behind `after`, with or without a value. */
  page(environmentId: string, after: RowKey, limit: number, lock: boolean): Call;
  read(environmentId: string, row: Row): { readonly key: RowKey; readonly value: Sealed | undefined };
  /** Exchanges the value, unless it is another by now. */
  exchange(environmentId: string, key: RowKey, before: Sealed, after: string): Call;
}

/** What stands behind the environment in a row's key; the second is empty where there is none. */
export type RowKey = readonly [first: string, second: string];
/** Before the first row. */
export const FIRST_ROW: RowKey = ['', ''];

/**
 * `lock` is what the dialect puts behind a page that is about to be written: it passes over rows that a unit is writing, so that
 * the walk never waits for a unit while it holds rows itself.
 */
export function sealedColumns(lock: string): readonly SealedColumn[] {
  return COLUMNS.map(({ table, column, keys, place }) => {
    const [first, second] = keys;
    const [behind, order, cells] = second
      ? [`(${first}, ${second}) > (:first, :second)`, `${first}, ${second}`, `${first}, ${second}`]
      : [`${first} > :first`, first, `${first}, ''`];
    const list = `select ${cells}, ${column} from ${table} where environment_id = :environment and ${behind}
      order by ${order} limit cast(:limit as bigint)`;
    const plain = statement('rows', list);
    const locking = statement('rows', `${list} ${lock}`);
    const update = statement(
      'count',
      `update ${table} set ${column} = :after where environment_id = :environment and ${first} = :first
       ${second ? `and ${second} = :second` : ''} and ${column} = :before`,
    );
    const keyed = (environment: string, [a, b]: RowKey): Record<string, Value> => ({
      environment,
      first: a,
      second: b,
    });
    return {
      table,
      page: (environment, after, limit, locks) =>
        call(locks ? locking : plain, { ...keyed(environment, after), limit }),
      read(environment, row) {
        const key: RowKey = [text(row, 0), text(row, 1)];
        const sealed = optionalText(row, 2);
        return { key, value: sealed === undefined ? undefined : new Sealed(sealed, place(environment, ...key)) };
      },
      exchange: (environment, key, before, after) =>
        call(update, { ...keyed(environment, key), before: before.text, after }),
    };
  });
}
