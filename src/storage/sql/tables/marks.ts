import { integer } from '../row.js';
import { ask, type Script, statement } from '../statement.js';

const selectMark = statement('row', 'select value from marks where name = :name');

/** In one statement that is atomic under the row's lock: whoever comes with less changes nothing. */
const raise = statement(
  'count',
  `insert into marks (name, value) values (:name, cast(:value as bigint))
   on conflict (name) do update set value = excluded.value where marks.value < excluded.value`,
);

/** Puts a mark where it is to be, unless it stands higher, and gives where it stands then. */
export function* raiseMark(name: string, value: number): Script<number> {
  yield* ask(raise, { name, value });
  return integer((yield* ask(selectMark, { name })).rows[0] ?? [], 0);
}
