import { type Millis, monotonicMillis } from '../../../kernel/clock.js';
import { StoreError } from '../../store-error.js';
import { type Guard, inLockOrder } from '../write-set.js';

/** Units that may stand in one line; a longer one answers at once, so that one attacked flow does not slow its neighbours. */
const LINE_UNITS = 256;

/** What a line is for: a row that units guard. `shared`: this unit only expects it, as others may at the same time. */
export interface LineKey extends Pick<Guard, 'entity' | 'environmentId' | 'id'> {
  readonly shared: boolean;
}

/** The line's name: one per row. */
export const lineOf = ({ entity, environmentId, id }: Omit<LineKey, 'shared'>): string =>
  `${entity}/${environmentId}/${id}`;

interface Waiting {
  readonly shared: boolean;
  readonly go: (isHead: boolean) => void;
}

/**
 * One line per row, first come, first served, within this process: its units never fight each other for a row, so what is left
 * to the database's guards are other processes (`design.md` §12). Whoever writes the row stands at the head until it has done;
 * whoever only expects it passes once nobody is at the head, and the next one need not wait for it.
 */
export class Lines {
  /** Present while a writer is at the head: those behind it. */
  readonly #lines = new Map<string, Waiting[]>();

  /** Takes the head of a line nobody stands in, or passes it. */
  tryEnter(name: string, shared: boolean): boolean {
    if (this.#lines.has(name)) return false;
    if (!shared) this.#lines.set(name, []);
    return true;
  }

  /**
   * Waits for the head of a line; `false`: it passed, or the line broke up. Throws `StoreError` when the line is full, or when
   * `deadline` (monotonic) passes first.
   */
  async enter(name: string, shared: boolean, deadline: Millis): Promise<boolean> {
    const line = this.#lines.get(name);
    if (!line) return this.tryEnter(name, shared) && !shared;
    if (line.length >= LINE_UNITS) throw new StoreError('busy', `too many units wait for ${name}`);
    return new Promise<boolean>((resolve, reject) => {
      const waiting: Waiting = {
        shared,
        go(isHead) {
          clearTimeout(timer);
          resolve(isHead);
        },
      };
      const timer = setTimeout(
        () => {
          line.splice(line.indexOf(waiting), 1);
          reject(new StoreError('unavailable', `the wait for ${name} took too long`));
        },
        Math.max(0, deadline - monotonicMillis()),
      );
      line.push(waiting);
    });
  }

  /** Lets the next writer go, and all who stand before it. */
  leave(name: string): void {
    const line = this.#lines.get(name);
    for (let next = line?.shift(); next; next = line?.shift()) {
      next.go(!next.shared);
      if (!next.shared) return;
    }
    this.#lines.delete(name);
  }

  /** Lets everyone go, none of them at the head: whoever was there has found that nothing is to be written any more. */
  breakUp(name: string): void {
    const line = this.#lines.get(name) ?? [];
    this.#lines.delete(name);
    for (const { go } of line) go(false);
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
      const name = lineOf(key);
      if (this.#held.has(name)) continue;
      if (!this.#lines.tryEnter(name, key.shared)) return false;
      if (!key.shared) this.#held.set(name, key);
    }
    return true;
  }

  /**
   * Gives up every line and stands in all of these and those, in the one order in which everybody does. Tells whether it is at the
   * head of those that it writes to; not so where a line broke up.
   */
  async enter(keys: readonly LineKey[], deadline: Millis): Promise<boolean> {
    const wanted = new Map([...keys, ...this.#held.values()].map((key) => [lineOf(key), key]));
    this.leave();
    let isHead = true;
    for (const [name, key] of [...wanted].sort(([, a], [, b]) => inLockOrder(a, b))) {
      if (await this.#lines.enter(name, key.shared, deadline)) this.#held.set(name, key);
      else if (!key.shared) isHead = false;
    }
    return isHead;
  }

  leave(): void {
    for (const name of this.#held.keys()) this.#lines.leave(name);
    this.#held.clear();
  }

  /** Leaves, and sends those who wait to look for themselves, all at once. */
  breakUp(): void {
    for (const name of this.#held.keys()) this.#lines.breakUp(name);
    this.#held.clear();
  }
}
