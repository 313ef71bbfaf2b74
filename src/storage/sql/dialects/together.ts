import type { Call, Result, Script } from '../statement.js';
import { Round } from './postgres-round.js';

/** What became of a script. */
export type Driven<T> =
  | { readonly status: 'fulfilled'; readonly value: T }
  | { readonly status: 'rejected'; readonly reason: unknown };

interface Running<T> {
  readonly index: number;
  readonly script: Script<T>;
  readonly asked: readonly Call[];
}

/**
 * Drives scripts side by side: what all of them ask at the same step goes in one flush, calls of one statement as one where they
 * can. `done` is called for each script as it ends; one that throws hurts only itself. An error of `ask` is thrown, and those that
 * were under way never end.
 */
export async function driveTogether<T>(
  scripts: readonly Script<T>[],
  ask: (calls: readonly Call[]) => Promise<readonly Result[]>,
  done: (index: number, driven: Driven<T>) => void,
): Promise<void> {
  const goOn = (index: number, script: Script<T>, results?: readonly Result[]): Running<T>[] => {
    try {
      const step = results ? script.next(results) : script.next();
      if (!step.done) return [{ index, script, asked: step.value }];
      done(index, { status: 'fulfilled', value: step.value });
    } catch (reason) {
      done(index, { status: 'rejected', reason });
    }
    return [];
  };
  let running = scripts.flatMap((script, index) => goOn(index, script));
  while (running.length > 0) {
    const round = new Round();
    const places = running.map(({ asked }) => asked.map((call) => round.add(call)));
    const answers = round.answers(await ask(round.calls()));
    running = running.flatMap(({ index, script }, n) => goOn(index, script, places[n]?.map(answers)));
  }
}
