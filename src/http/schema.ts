import type { TSchema } from 'typebox';

/** The keywords of JSON Schema that TypeBox builds our schemas from, as data. Everything that reads a schema reads it as this. */
export interface SchemaNode {
  readonly type?: string;
  readonly anyOf?: readonly SchemaNode[];
  readonly allOf?: readonly SchemaNode[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
}

export function schemaNode(schema: TSchema): SchemaNode {
  // A TypeBox schema is a plain JSON Schema object; its type only hides the keywords.
  return schema as unknown as SchemaNode;
}

/** The way back, for a schema that was made out of another. */
export function typeboxSchema(node: SchemaNode): TSchema {
  return node as TSchema;
}

/** The values of an enumeration, however it is written: `enum`, `const`, or a union of constants. `undefined` for anything else. */
export function enumeration(node: SchemaNode): readonly unknown[] | undefined {
  if (node.enum) return node.enum;
  if (node.const !== undefined) return [node.const];
  if (!node.anyOf) return undefined;
  const branches = node.anyOf.map(enumeration);
  return branches.every((branch) => branch !== undefined) ? branches.flat() : undefined;
}

/** Object schemas that hold together, as one: closed checking must see all members at once. */
export function mergedSchema(nodes: readonly SchemaNode[]): SchemaNode {
  const flat = nodes.map((node) => (node.allOf ? mergedSchema(node.allOf) : node));
  return {
    type: 'object',
    properties: Object.assign({}, ...flat.map((node) => node.properties ?? {})),
    required: flat.flatMap((node) => node.required ?? []),
  };
}

/** The schema with every object closed to members that it does not list. */
export function closedSchema(node: SchemaNode): SchemaNode {
  if (node.allOf) return closedSchema(mergedSchema(node.allOf));
  const { anyOf, items, properties, additionalProperties, patternProperties } = node;
  const each = (nodes: Readonly<Record<string, SchemaNode>>): Record<string, SchemaNode> =>
    Object.fromEntries(Object.entries(nodes).map(([name, inner]) => [name, closedSchema(inner)]));
  return {
    ...node,
    ...(anyOf ? { anyOf: anyOf.map(closedSchema) } : {}),
    ...(items ? { items: closedSchema(items) } : {}),
    ...(patternProperties ? { patternProperties: each(patternProperties) } : {}),
    ...(properties
      ? { properties: each(properties), ...(additionalProperties === undefined ? { additionalProperties: false } : {}) }
      : {}),
  };
}
