import type { TSchema } from 'typebox';
import type { ErrorDetail } from './errors.js';
import { type SchemaNode, schemaNode } from './schema.js';
import { createValidator } from './validation.js';

/** The query as its schema types it, or every bad parameter (`00` §4.2, `INVALID_PARAMETER`). */
export type QueryReader = (search: string) => { readonly query: unknown; readonly details: readonly ErrorDetail[] };

/** Without a schema every parameter is ignored. */
const IGNORED = { query: {}, details: [] };

/** Reads the parameters that the schema lists and ignores the others; one that comes twice, or is not what it should be, is refused. */
export function createQueryReader(schema: TSchema | undefined): QueryReader {
  if (!schema) return () => IGNORED;
  const properties = Object.entries(schemaNode(schema).properties ?? {});
  const validate = createValidator(schema);
  return (search) => {
    const parameters = new URLSearchParams(search);
    const query: Record<string, unknown> = {};
    const details: ErrorDetail[] = [];
    for (const [name, node] of properties) {
      const values = parameters.getAll(name);
      if (values.length > 1) details.push({ code: 'INVALID_PARAMETER', target: name, message: 'must be given once' });
      else if (values[0] !== undefined) query[name] = typed(node, values[0]);
    }
    for (const detail of validate(query)) details.push({ ...detail, code: 'INVALID_PARAMETER' });
    return { query, details };
  };
}

/** A parameter is text; where the schema asks for a number or a boolean and the text is one, it becomes that. */
function typed(node: SchemaNode, text: string): unknown {
  if ((node.type === 'integer' || node.type === 'number') && /^-?[0-9]{1,15}$/.test(text)) return Number(text);
  if (node.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
