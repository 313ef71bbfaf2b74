import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { Redacted } from '../../kernel/sealed.js';

/** A document without its write-only members, and those members, by their paths, as one secret. */
export interface Parted {
  readonly body: JsonObject;
  readonly secret?: Redacted<string>;
}

/** Takes the write-only members out of a document (SEC-66). `paths` as in `ManagedResource.writeOnly`. */
export function partSecrets(document: JsonObject, paths: readonly string[] = []): Parted {
  const taken: Record<string, Json> = {};
  const patterns = paths.map((path) => path.split('.'));
  const body = withoutMembers(document, patterns, '', taken);
  if (!isJsonObject(body)) throw new TypeError('a document is not an object');
  return Object.keys(taken).length === 0 ? { body } : { body, secret: new Redacted(JSON.stringify(taken)) };
}

/** The members behind a secret that `partSecrets` made, by their dotted paths. */
export function readSecrets(secret: string): JsonObject {
  const members: unknown = JSON.parse(secret);
  if (!isJsonObject(members)) throw new TypeError('a secret does not decode');
  return members;
}

/** A document with the members that a secret holds of it at these paths, where they were. */
export function withSecrets(body: JsonObject, secret: string, paths: readonly string[]): JsonObject {
  const patterns = paths.map((path) => path.split('.'));
  let whole: Json = body;
  for (const [path, member] of Object.entries(readSecrets(secret))) {
    const steps = path.split('.');
    const isAsked = patterns.some(
      (pattern) => pattern.length === steps.length && pattern.every((step, at) => step === '*' || step === steps[at]),
    );
    if (isAsked) whole = withMember(whole, steps, member);
  }
  if (!isJsonObject(whole)) throw new TypeError('a document is not an object');
  return whole;
}

function withMember(value: Json, [step, ...below]: readonly string[], member: Json): Json {
  if (step === undefined) return member;
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === step ? withMember(item, below, member) : item));
  if (!isJsonObject(value)) return value;
  return { ...value, [step]: withMember(value[step] ?? {}, below, member) };
}

type Pattern = readonly string[];

function withoutMembers(value: Json, patterns: readonly Pattern[], path: string, taken: Record<string, Json>): Json {
  if (patterns.length === 0) return value;
  const below = (name: string): readonly Pattern[] =>
    patterns.filter(([head]) => head === name || head === '*').map((pattern) => pattern.slice(1));
  const place = (name: string): string => (path === '' ? name : `${path}.${name}`);
  if (Array.isArray(value))
    return value.map((item, index) => withoutMembers(item, below(String(index)), place(String(index)), taken));
  if (!isJsonObject(value)) return value;
  const kept: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const inner = below(name);
    if (inner.some((pattern) => pattern.length === 0)) taken[place(name)] = member;
    else kept[name] = withoutMembers(member, inner, place(name), taken);
  }
  return kept;
}
