import { oneOf } from '../../kernel/document-schema.js';
import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { namedId } from '../../kernel/keys.js';
import type { Environment } from '../model.js';

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });

/** The writable members of a bill of materials: what an environment is said to consist of (wire: `00` §7.1). Types that nobody knows are kept. */
export const BillOfMaterialsDocument = Type.Object({
  solutionType: Type.Optional(oneOf('CUSTOMER', 'WORKFORCE', 'CIAM_TRIAL', 'WF_TRIAL')),
  products: Type.Array(
    Type.Object({
      type: text(64),
      description: Type.Optional(Type.String({ maxLength: 1_024 })),
      console: Type.Optional(Type.Object({ href: Type.Optional(text(2_048)) })),
      deployment: Type.Optional(Type.Object({ id: text(64) })),
      tags: Type.Optional(Type.Array(text(64), { maxItems: 20 })),
      bookmarks: Type.Optional(Type.Array(Type.Object({ name: text(50), href: text(2_048) }), { maxItems: 5 })),
    }),
    { minItems: 1, maxItems: 100 },
  ),
});

const FACTORY: JsonObject = { products: [{ type: 'PING_ONE_BASE' }, { type: 'PING_ONE_MFA' }] };

/** A bill of materials as it is shown: as it was sent, each product with an id that stays the same while its place and type do. */
export function shownBillOfMaterials({ id, billOfMaterials }: Pick<Environment, 'id' | 'billOfMaterials'>): JsonObject {
  const document = billOfMaterials?.document ?? FACTORY;
  const { products } = document;
  return Array.isArray(products)
    ? {
        ...document,
        products: products.map((product, at) => ({ id: productId(id, product, at), ...asObject(product) })),
      }
    : document;
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

function productId(environmentId: Uuid, product: unknown, at: number): Uuid {
  return namedId(environmentId, `product/${String(asObject(product)['type'])}/${at}`);
}
