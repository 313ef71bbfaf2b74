import type { TSchema } from 'typebox';
import Format from 'typebox/format';
import { compiledLater, fits as fitting } from '../kernel/document-schema.js';
import { isJsonObject } from '../kernel/json.js';
import { type ErrorDetail, empty, invalid, outOfRange, required, tooLong } from './errors.js';
import { closedSchema, enumeration, mergedSchema, type SchemaNode, schemaNode, typeboxSchema } from './schema.js';

/** Details beyond which a request is wrong enough: an answer stays small whatever is sent. */
const MAX_DETAILS = 100;

/** What is wrong with a value, every problem at once; empty = it fits. */
export type Validator = (value: unknown) => readonly ErrorDetail[];

/**
 * A compiled check for the usual case, and our own walk over the schema when it fails: the wire names each bad field by a dotted
 * path and one of six codes (`00` §4.2), which a generic error list does not carry.
 */
export function createValidator(schema: TSchema): Validator {
  const fits = fitting(schema);
  const node = schemaNode(schema);
  return (value) => {
    if (fits(value)) return [];
    const details = explain(node, value, '').slice(0, MAX_DETAILS);
    // A keyword that the walk does not know still refuses the request, without naming the field.
    return details.length > 0 ? details : [{ code: 'INVALID_VALUE', message: 'is not valid' }];
  };
}

/** For what the server itself sends: as `createValidator`, and a member that the schema does not list is a problem too (SEC-46). */
export function createViewCheck(schema: TSchema): Validator {
  const node = schemaNode(schema);
  const fits = compiledLater(() => typeboxSchema(closedSchema(node)));
  return (value) => (fits(value) ? [] : explain(node, value, '', true));
}

const member = (target: string, key: string): string => (target === '' ? key : `${target}.${key}`);

function explain(node: SchemaNode, value: unknown, target: string, isClosed = false): ErrorDetail[] {
  const allowed = enumeration(node);
  if (allowed) return explainEnumeration(allowed, value, target);
  if (node.anyOf) return explainUnion(node.anyOf, value, target, isClosed);
  if (node.allOf) return explain(mergedSchema(node.allOf), value, target, isClosed);
  switch (node.type) {
    case 'object':
      return isJsonObject(value)
        ? explainObject(node, value, target, isClosed)
        : [invalid(target, 'must be an object')];
    case 'array':
      return Array.isArray(value) ? explainArray(node, value, target, isClosed) : [invalid(target, 'must be an array')];
    case 'string':
      return typeof value === 'string' ? explainString(node, value, target) : [invalid(target, 'must be a string')];
    case 'integer':
      return Number.isInteger(value) ? explainNumber(node, value, target) : [invalid(target, 'must be an integer')];
    case 'number':
      return typeof value === 'number' ? explainNumber(node, value, target) : [invalid(target, 'must be a number')];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [invalid(target, 'must be true or false')];
    case 'null':
      return value === null ? [] : [invalid(target, 'must be null')];
    default:
      return [];
  }
}

function explainEnumeration(allowed: readonly unknown[], value: unknown, target: string): ErrorDetail[] {
  if (allowed.includes(value)) return [];
  if (value === '') return [empty(target)];
  const names = allowed.filter((item) => typeof item === 'string');
  return [invalid(target, 'is not one of the allowed values', names.length > 0 ? names : undefined)];
}

/** A union names its problems by the branch that the value comes nearest to. */
function explainUnion(
  branches: readonly SchemaNode[],
  value: unknown,
  target: string,
  isClosed: boolean,
): ErrorDetail[] {
  const wrong = explainDiscriminator(branches, value, target);
  if (wrong) return wrong;
  let nearest: ErrorDetail[] | undefined;
  for (const branch of branches) {
    const details = explain(branch, value, target, isClosed);
    if (details.length === 0) return [];
    if (isMeant(branch, value)) return details;
    if (!nearest || details.length < nearest.length) nearest = details;
  }
  return nearest ?? [];
}

/** Where one constant member tells the branches apart, and it is none of theirs: that is what is wrong, and nothing else can be said. */
function explainDiscriminator(
  branches: readonly SchemaNode[],
  value: unknown,
  target: string,
): ErrorDetail[] | undefined {
  if (!isJsonObject(value)) return undefined;
  const constants = ({ properties = {} }: SchemaNode): string[] =>
    Object.keys(properties).filter((key) => properties[key]?.const !== undefined);
  const [first, ...others] = branches.map(constants);
  const key = first?.find((name) => others.every((names) => names.includes(name)));
  if (key === undefined) return undefined;
  if (!Object.hasOwn(value, key)) return [required(member(target, key))];
  const allowed = branches.map(({ properties }) => properties?.[key]?.const);
  return allowed.includes(value[key]) ? undefined : explainEnumeration(allowed, value[key], member(target, key));
}

/** Whether the value carries every constant member of the branch: then that branch is the one its author had in mind. */
function isMeant(branch: SchemaNode, value: unknown): boolean {
  if (!isJsonObject(value)) return false;
  const constants = Object.entries(branch.properties ?? {}).filter(([, property]) => property.const !== undefined);
  return constants.length > 0 && constants.every(([key, property]) => value[key] === property.const);
}

function explainObject(
  node: SchemaNode,
  value: Readonly<Record<string, unknown>>,
  target: string,
  isClosed: boolean,
): ErrorDetail[] {
  const details = (node.required ?? [])
    .filter((key) => !Object.hasOwn(value, key))
    .map((key) => required(member(target, key)));
  const patterns = Object.entries(node.patternProperties ?? {});
  const rest = node.additionalProperties;
  for (const [key, item] of Object.entries(value)) {
    const property = node.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    const matching = patterns.filter(([pattern]) => new RegExp(pattern, 'u').test(key));
    if (property) details.push(...explain(property, item, member(target, key), isClosed));
    for (const [, schema] of matching) details.push(...explain(schema, item, member(target, key), isClosed));
    if (property || matching.length > 0) continue;
    if (typeof rest === 'object') details.push(...explain(rest, item, member(target, key), isClosed));
    else if (rest === false || (isClosed && rest === undefined && node.properties))
      details.push(invalid(member(target, key), 'is not a known member'));
    if (details.length > MAX_DETAILS) break;
  }
  return details;
}

function explainArray(node: SchemaNode, value: readonly unknown[], target: string, isClosed: boolean): ErrorDetail[] {
  const details: ErrorDetail[] = [];
  if (node.minItems !== undefined && value.length < node.minItems)
    details.push(value.length === 0 ? empty(target) : invalid(target, `must have at least ${node.minItems} entries`));
  if (node.maxItems !== undefined && value.length > node.maxItems) details.push(tooLong(target, node.maxItems));
  if (!node.items) return details;
  for (const [index, item] of value.entries()) {
    details.push(...explain(node.items, item, `${target}[${index}]`, isClosed));
    if (details.length > MAX_DETAILS) break;
  }
  return details;
}

function explainString(node: SchemaNode, value: string, target: string): ErrorDetail[] {
  const length = [...value].length;
  if (node.maxLength !== undefined && length > node.maxLength) return [tooLong(target, node.maxLength)];
  const short = node.minLength !== undefined && length < node.minLength;
  const shaped = node.pattern === undefined || new RegExp(node.pattern, 'u').test(value);
  const formed = node.format === undefined || Format.Test(node.format, value);
  if (!short && shaped && formed) return [];
  if (value === '') return [empty(target)];
  if (short) return [invalid(target, `must have at least ${node.minLength} characters`)];
  const detail = invalid(target, formed ? 'does not match the required pattern' : `is not a valid ${node.format}`);
  return [shaped || node.pattern === undefined ? detail : { ...detail, innerError: { allowedPattern: node.pattern } }];
}

function explainNumber(node: SchemaNode, value: unknown, target: string): ErrorDetail[] {
  const number = Number(value);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
  const low =
    (minimum !== undefined && number < minimum) || (exclusiveMinimum !== undefined && number <= exclusiveMinimum);
  const high =
    (maximum !== undefined && number > maximum) || (exclusiveMaximum !== undefined && number >= exclusiveMaximum);
  if (low || high) return [outsideOf(target, minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum)];
  if (multipleOf !== undefined && number % multipleOf !== 0)
    return [invalid(target, `must be a multiple of ${multipleOf}`)];
  return Number.isFinite(number) ? [] : [invalid(target, 'must be a number')];
}

function outsideOf(target: string, minimum: number | undefined, maximum: number | undefined): ErrorDetail {
  if (minimum !== undefined && maximum !== undefined) return outOfRange(target, minimum, maximum);
  return minimum === undefined
    ? {
        code: 'OUT_OF_RANGE',
        target,
        message: `must be at most ${maximum}`,
        innerError: { rangeMaximumValue: maximum ?? 0 },
      }
    : {
        code: 'OUT_OF_RANGE',
        target,
        message: `must be at least ${minimum}`,
        innerError: { rangeMinimumValue: minimum },
      };
}
