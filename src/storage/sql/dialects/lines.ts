import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';
import { type Guard, inLockOrder } from '../write-set.js';

/** Units that may stand in one line; a longer one answers at once, so that one attacked flow does not slow its neighbours. */
const LINE_UNITS = 256;

/** What a line is for: a row that units guard. */
export type LineKey = Pick<Guard, 'entity' | 'environmentId' | 'id'>;

const nameOf = ({ entity, environmentId, id }: LineKey): string => `${entity}/${environmentId}/${id}`;

/**
 * One line per row, first come, first served, within this process: its units never fight each other for a row, so what is left
 * to the database's guards are other processes (`design.md` §12).
 */
export class Lines {
  /** Present while someone is at the head; the functions let the next ones go. */
  readonly #lines = new Map<string, (() => void)[]>();

  /** Takes the head of a line nobody stands in. */
  tryEnter(name: string): boolean {
    if (this.#lines.has(name)) return false;
    this.#lines.set(name, []);
    return true;
  }

  /** Waits for the head of a line. Throws `StoreError` when the line is full, or when `deadline` (monotonic) passes first. */
  async enter(name: string, deadline: Millis): Promise<void> {
    const line = this.#lines.get(name);
    if (!line) {
      this.#lines.set(name, []);
      return;
    }
    if (line.length >= LINE_UNITS) throw new StoreError('busy', `too many units wait for ${name}`);
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(
        () => {
          line.splice(line.indexOf(go), 1);
          reject(new StoreError('unavailable', `the wait for ${name} took too long`));
        },
        Math.max(0, deadline - monotonicMillis()),
      );
      line.push(go);
    });
  }

  leave(name: string): void {
    const next = this.#lines.get(name)?.shift();
    if (next) next();
    else this.#lines.delete(name);
  }
}

/** The lines that one unit is at the head of. */
export class Standing {
  readonly #lines: Lines;
  readonly #held = new Map<string, LineKey>();

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  /** Takes what is free of these lines; `false` when some are not. Never waits, so it cannot wait in a circle. */
  tryEnter(keys: readonly LineKey[]): boolean {
    for (const key of keys) {
      const name = nameOf(key);
      if (this.#held.has(name)) continue;
      if (!this.#lines.tryEnter(name)) return false;
      this.#held.set(name, key);
    }
    return true;
  }

  /** Gives up every line and stands in all of these and those, in the one order in which everybody does. */
  async enter(keys: readonly LineKey[], deadline: Millis): Promise<void> {
    const wanted = new Map([...this.#held.values(), ...keys].map((key) => [nameOf(key), key]));
    this.leave();
    for (const key of [...wanted.values()].sort(inLockOrder)) {
      await this.#lines.enter(nameOf(key), deadline);
      this.#held.set(nameOf(key), key);
    }
  }

  leave(): void {
    for (const name of this.#held.keys()) this.#lines.leave(name);
    this.#held.clear();
  }
}
