import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { placesAt } from './places.js';

/** What becomes of a list of which nothing is left: it stays, or goes as if it had never been sent. */
export type Emptied = 'stays' | 'goes';

/**
 * A document without what names this id at `path`, in which `*` stands for every entry of an array: without the entry of the last
 * such array, or, on a path without one, without the member that the path begins with. The same document when nothing names it.
 */
export function withoutReference(document: JsonObject, path: string, id: Uuid, emptied: Emptied): JsonObject {
  const steps = path.split('.');
  const end = Math.max(steps.lastIndexOf('*'), 0) + 1;
  const within = ['value', ...steps.slice(end)].join('.');
  const names = (value: Json): boolean => placesAt({ value }, within).some((place) => place.value === id);

  const leftOf = (value: Json, at: number): Json | undefined => {
    if (at === end) return names(value) ? undefined : value;
    if (steps[at] !== '*') return isJsonObject(value) ? leftOfMembers(value, at) : value;
    if (!Array.isArray(value)) return value;
    const left = value.map((item: Json) => leftOf(item, at + 1));
    if (left.every((item, index) => item === value[index])) return value;
    const kept = left.filter((item) => item !== undefined);
    return kept.length === 0 && emptied === 'goes' ? undefined : kept;
  };
  const leftOfMembers = (value: JsonObject, at: number): JsonObject => {
    const step = steps[at] ?? '';
    const { [step]: member, ...rest } = value;
    if (member === undefined) return value;
    const left = leftOf(member, at + 1);
    if (left === member) return value;
    return left === undefined ? rest : { ...value, [step]: left };
  };
  return leftOfMembers(document, 0);
}
