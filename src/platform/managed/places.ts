import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';

/** Values in a document, each with its own dotted path. */
export interface Place {
  readonly target: string;
  readonly value: Json;
}

/** What stands at a dotted path in which `*` is every entry of an array; nothing where a member is missing. */
export function placesAt(document: JsonObject, path: string): readonly Place[] {
  let places: readonly Place[] = [{ target: '', value: document }];
  for (const step of path.split('.')) places = places.flatMap((place) => below(place, step));
  return places;
}

function below({ target, value }: Place, step: string): readonly Place[] {
  if (step === '*')
    return Array.isArray(value) ? value.map((item, index) => ({ target: `${target}[${index}]`, value: item })) : [];
  const member = isJsonObject(value) ? value[step] : undefined;
  return member === undefined ? [] : [{ target: target === '' ? step : `${target}.${step}`, value: member }];
}
