import type { TProperties, TSchema } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { EnvironmentId, StoredDocument } from '../../platform/model.js';
import { LinkView, Reference } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { type SchemaNode, schemaNode, typeboxSchema } from '../schema.js';
import type { ManagedDefinition, SingletonDefinition } from './definition.js';

type Definition = ManagedDefinition | SingletonDefinition;

const isCollection = (definition: Definition): definition is ManagedDefinition => 'collection' in definition;

/** The schema of the resource as it is shown: as it is sent, without what is never shown, with the server's own members, and `more`. */
export function viewSchema(definition: Definition, more: TProperties = {}): TSchema {
  const { resource, timestamps, adds } = definition;
  const member = isCollection(definition) ? definition.parent?.member : undefined;
  const own: TProperties = {
    _links: Type.Object({
      self: LinkView,
      environment: LinkView,
      ...(member === undefined ? {} : { [member]: LinkView }),
    }),
    ...(isCollection(definition) ? { id: Type.String() } : {}),
    environment: Reference,
    ...(member === undefined ? {} : { [member]: Reference }),
    ...adds?.schema,
    ...(isCollection(definition) ? definition.gathers?.schema : {}),
    ...(timestamps === 'both' ? { createdAt: Type.String() } : {}),
    ...(timestamps === 'none' ? {} : { updatedAt: Type.String() }),
    ...more,
  };
  const around = (node: SchemaNode): TSchema =>
    node.anyOf ? Type.Union(node.anyOf.map(around)) : Type.Object({ ...optionalAll(node), ...own });
  return around(
    shown(
      schemaNode(resource.schema),
      (resource.writeOnly ?? []).map((path) => path.split('.')),
    ),
  );
}

/** The members of an object schema, each as optional as it was. */
function optionalAll({ properties = {}, required = [] }: SchemaNode): TProperties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, node]) => {
      const schema = typeboxSchema(node);
      return [name, required.includes(name) ? schema : Type.Optional(schema)];
    }),
  );
}

/** A schema without the members at these paths. */
function shown(node: SchemaNode, hidden: readonly (readonly string[])[]): SchemaNode {
  if (hidden.length === 0) return node;
  const below = (name: string): readonly (readonly string[])[] =>
    hidden.filter(([head]) => head === name || head === '*').map((path) => path.slice(1));
  const { anyOf, items, properties, required } = node;
  const kept = Object.entries(properties ?? {}).filter(([name]) => !below(name).some((path) => path.length === 0));
  return {
    ...node,
    ...(anyOf ? { anyOf: anyOf.map((branch) => shown(branch, hidden)) } : {}),
    ...(items ? { items: shown(items, below('*')) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(kept.map(([name, member]) => [name, shown(member, below(name))])),
          required: (required ?? []).filter((name) => kept.some(([known]) => known === name)),
        }
      : {}),
  };
}

/** What a response shows of each of these that stands elsewhere. */
export async function gathered(
  { gathers }: ManagedDefinition,
  environmentId: EnvironmentId,
  shown: readonly StoredDocument[],
): Promise<(one: StoredDocument) => JsonObject> {
  return gathers && shown.length > 0 ? gathers.members(environmentId, shown) : () => ({});
}

function without(body: JsonObject, hidden: readonly string[] = []): JsonObject {
  return hidden.length === 0
    ? body
    : Object.fromEntries(Object.entries(body).filter(([name]) => !hidden.includes(name)));
}

/** A resource as it is shown: the document as it was sent, and the server's own members (`00` §3.3, `30` §0.2). */
export function managedView(definition: Definition, path: string, stored: StoredDocument, links: Links): JsonObject {
  const { timestamps, adds } = definition;
  const { environmentId, id, parent, body } = stored;
  const environment = `/environments/${environmentId}`;
  const member = isCollection(definition) ? definition.parent?.member : undefined;
  return {
    _links: {
      self: { ...links.api(isCollection(definition) ? `${path}/${id}` : path) },
      environment: { ...links.api(environment) },
      // A parent with a member of its own stands one segment above the collection.
      ...(member === undefined ? {} : { [member]: { ...links.api(path.slice(0, path.lastIndexOf('/'))) } }),
    },
    ...(isCollection(definition) ? { id } : {}),
    environment: { id: environmentId },
    ...(member === undefined || parent === undefined ? {} : { [member]: { id: parent } }),
    ...without(body, definition.hides),
    ...adds?.members(stored),
    ...(timestamps === 'both' ? { createdAt: toTimestamp(stored.createdAt) } : {}),
    ...(timestamps === 'none' ? {} : { updatedAt: toTimestamp(stored.updatedAt) }),
  };
}
