import type TypeBox from 'typebox';
import type { TArray, TObject, TProperties, TSchema } from 'typebox';

/** The marks of a schema, kept where JSON does not show them: on the wire of documentation there is JSON Schema and nothing else. */
const OPTIONAL = Symbol('optional');

type Options = Readonly<Record<string, unknown>>;
/** The words that this module says; TypeBox knows many more. */
type Words = Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'IsArray'
  | 'IsObject'
  | 'Literal'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
  | 'Unsafe'
>;

/**
 * JSON Schema by TypeBox's words and with its types, so that `Static` tells what fits, made by a few lines of ours: TypeBox's
 * builder is 300 modules, a fifth of a start, for what is written down here. A test holds both to the same result.
 */
export const Type: Words = {
  Array: (items: TSchema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: (options?: Options) => ({ type: 'boolean', ...options }),
  Enum: (values: readonly string[], options?: Options) => ({ enum: values, ...options }),
  Integer: (options?: Options) => ({ type: 'integer', ...options }),
  IsArray: (schema: unknown): schema is TArray => isNode(schema) && schema['type'] === 'array',
  IsObject: (schema: unknown): schema is TObject => isNode(schema) && schema['properties'] !== undefined,
  Literal: (value: unknown, options?: Options) => ({ type: typeof value, const: value, ...options }),
  Object: (properties: TProperties, options?: Options) => {
    const required = Object.keys(properties).filter((name) => !(OPTIONAL in (properties[name] ?? {})));
    return { type: 'object', ...(required.length > 0 ? { required } : {}), properties, ...options };
  },
  Optional: (schema: TSchema) => Object.defineProperty({ ...schema }, OPTIONAL, { value: true }),
  Record: (_names: TSchema, members: TSchema) => ({ type: 'object', patternProperties: { '^.*$': members } }),
  String: (options?: Options) => ({ type: 'string', ...options }),
  Union: (anyOf: readonly TSchema[], options?: Options) => ({ anyOf, ...options }),
  Unknown: (options?: Options) => ({ ...options }),
  Unsafe: (schema: TSchema) => schema,
  // TypeBox says in types what is in a schema by marks that only it can make; what is here says the same without them.
} as unknown as Words;

function isNode(schema: unknown): schema is Options {
  return typeof schema === 'object' && schema !== null;
}
