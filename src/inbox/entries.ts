import { KEYS, type Key, valueUnder } from './keys.js';
import { INBOX_CAPACITY, type InboxEntry } from './port.js';

/** Entries beyond the capacity that are kept until the next clearing out, so that not every arrival costs one. */
const SLACK = 1_000;

/** What to look for: every value must be there. */
export type Wanted = ReadonlyMap<Key, string>;

/** Entries in the order of their sequence, with an index over what they are looked for by. */
export class Entries {
  #all: InboxEntry[] = [];
  #byValue = new Map<string, InboxEntry[]>();

  get oldest(): InboxEntry | undefined {
    return this.#all[0];
  }

  /** In order, each later than all before. */
  add(entries: readonly InboxEntry[]): void {
    this.#all.push(...entries);
    this.#index(entries);
    if (this.#all.length > INBOX_CAPACITY + SLACK) this.#keep(this.#all.slice(-INBOX_CAPACITY));
  }

  /** Forgets those before a sequence. */
  dropBefore(sequence: number): void {
    this.#keep(this.#all.slice(firstAfter(this.#all, sequence - 1)));
  }

  clear(): void {
    this.#keep([]);
  }

  /** Those after a sequence that have all the values, oldest first. */
  after(sequence: number, wanted: Wanted = new Map()): readonly InboxEntry[] {
    const key = KEYS.find((each) => wanted.has(each));
    const candidates = key === undefined ? this.#all : (this.#byValue.get(`${key}:${wanted.get(key)}`) ?? []);
    const later = candidates.slice(firstAfter(candidates, sequence));
    if (wanted.size <= 1) return later;
    return later.filter(({ message }) => [...wanted].every(([each, value]) => valueUnder(message, each) === value));
  }

  #keep(entries: InboxEntry[]): void {
    this.#all = entries;
    this.#byValue = new Map();
    this.#index(entries);
  }

  #index(entries: readonly InboxEntry[]): void {
    for (const entry of entries)
      for (const key of KEYS) {
        const value = valueUnder(entry.message, key);
        if (value === undefined) continue;
        const place = `${key}:${value}`;
        const list = this.#byValue.get(place);
        if (list) list.push(entry);
        else this.#byValue.set(place, [entry]);
      }
  }
}

/** Index of the first entry after a sequence, by halving. */
function firstAfter(entries: readonly InboxEntry[], sequence: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((entries[middle]?.sequence ?? 0) <= sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
