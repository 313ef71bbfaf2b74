import { StorageFault } from '../fault.js';
import type { Call, Result, Statement } from '../statement.js';
import { eachOf, manyOf, rowsFormOf } from './postgres-rows.js';

/** The calls of one statement. */
interface Group {
  readonly statement: Statement;
  readonly calls: Call[];
  /** Of selects: where a call with the same values stands. */
  readonly known: Map<string, number>;
}

/** Where a call's result is to be found. */
export interface Place {
  readonly group: number;
  readonly at: number;
}

/**
 * Calls of many units, sent in one flush: those of one statement as one call for many rows if it has that form, and a question
 * that several ask once. Statements go in the order in which they were first added.
 */
export class Round {
  readonly #groups: Group[] = [];
  readonly #byStatement = new Map<Statement, number>();

  add(call: Call): Place {
    const { statement, values } = call;
    let group = this.#byStatement.get(statement);
    if (group === undefined) {
      group = this.#groups.push({ statement, calls: [], known: new Map() }) - 1;
      this.#byStatement.set(statement, group);
    }
    const { calls, known } = this.#group(group);
    if (!isQuestion(statement)) return { group, at: calls.push(call) - 1 };
    const key = JSON.stringify(values);
    let at = known.get(key);
    if (at === undefined) {
      at = calls.push(call) - 1;
      known.set(key, at);
    }
    return { group, at };
  }

  /** What to send. */
  calls(): readonly Call[] {
    return this.#groups.flatMap((group) => {
      const form = formOf(group);
      return form ? [manyOf(form, group.calls)] : group.calls;
    });
  }

  /** Gives each place its result, out of what `calls` were answered with. */
  answers(results: readonly Result[]): (place: Place) => Result {
    let sent = 0;
    const byGroup = this.#groups.map((group) => {
      const form = formOf(group);
      const from = sent;
      sent += form ? 1 : group.calls.length;
      return form ? eachOf(form, present(results[from]), group.calls.length) : results.slice(from, sent);
    });
    return ({ group, at }) => present(byGroup[group]?.[at]);
  }

  #group(index: number): Group {
    const group = this.#groups[index];
    if (!group) throw new StorageFault('a round has lost a group of calls');
    return group;
  }
}

/** A single call goes as it is. */
const formOf = ({ statement, calls }: Group) => (calls.length > 1 ? rowsFormOf(statement) : undefined);

/** Changes nothing: two who ask it at the same instant may share the answer. */
const isQuestion = ({ yields, text }: Statement): boolean =>
  (yields === 'row' || yields === 'rows') && text.startsWith('select ');

function present(result: Result | undefined): Result {
  if (!result) throw new StorageFault('a statement gave no result');
  return result;
}
