/** Parsed JSON, as far as types can say it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A copy of `target` with what `patch` says: `null` removes a member, objects are changed member by member (RFC 7396). */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...target };
  for (const [key, member] of Object.entries(patch)) {
    const present = Object.hasOwn(merged, key) ? merged[key] : undefined;
    if (member === null) delete merged[key];
    else merged[key] = isJsonObject(member) ? mergePatch(isJsonObject(present) ? present : {}, member) : member;
  }
  return merged;
}

/** A copy without members that are `null`, at any depth: in a `PUT` or `POST` they count as omitted (`00` §2.4). */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isJsonObject(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) if (member !== null) kept[key] = withoutNulls(member);
  return kept;
}
