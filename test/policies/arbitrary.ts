import fc from 'fast-check';
import { enumeration, type SchemaNode, schemaNode } from '../../src/http/schema.js';
import type { UnitRange } from '../../src/kernel/document-schema.js';
import type { Json, JsonObject } from '../../src/kernel/json.js';
import { isPolicyDocument, PolicyDocument } from '../../src/policies/device-authentication/policy-document.js';
import { documentProblems } from '../../src/policies/rules.js';
import { NATIVE_APP } from './world.js';

/** A value as a client sends it, with members nobody knows, and the same without them. */
export interface Sent<T = Json> {
  readonly sent: T;
  readonly known: T;
}

const constant = (value: Json): fc.Arbitrary<Sent> => fc.constant({ sent: value, known: value });
const plain = (values: fc.Arbitrary<Json>): fc.Arbitrary<Sent> =>
  values.map((value) => ({ sent: value, known: value }));

/** Any value of a schema: optional members present or not, members in any order, unknown members among them. */
function anyOf(node: SchemaNode & { readonly 'x-ranges'?: readonly UnitRange[] }): fc.Arbitrary<Sent> {
  const values = enumeration(node);
  if (values) return fc.constantFrom(...values.map(String)).chain(constant);
  if (node['x-ranges'])
    return fc
      .constantFrom(...node['x-ranges'])
      .chain(([timeUnit, min, max]) => plain(fc.integer({ min, max }).map((duration) => ({ duration, timeUnit }))));
  switch (node.type) {
    case 'boolean':
      return plain(fc.boolean());
    case 'integer':
      return plain(fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? 100 }));
    case 'string':
      return node.pattern ? constant(NATIVE_APP) : plain(fc.string({ minLength: 1, maxLength: 20 }));
    case 'array':
      return fc
        .array(anyOf(node.items ?? {}), { maxLength: 3 })
        .map((items) => ({ sent: items.map(({ sent }) => sent), known: items.map(({ known }) => known) }));
    default:
      return node.patternProperties
        ? plain(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string(), { maxKeys: 3 }))
        : objectOf(node);
  }
}

interface Member {
  readonly key: string;
  readonly value: Sent | undefined;
  readonly isKnown: boolean;
}

function objectOf(node: SchemaNode): fc.Arbitrary<Sent> {
  const members = Object.entries(node.properties ?? {}).map(([key, property]): fc.Arbitrary<Member> => {
    const value = anyOf(property);
    const present = node.required?.includes(key) ? value : fc.option(value, { nil: undefined });
    return present.map((chosen) => ({ key, value: chosen, isKnown: true }));
  });
  const unknown = fc
    .option(plain(fc.jsonValue({ maxDepth: 1 }).map((value) => JSON.parse(JSON.stringify(value)))), { nil: undefined })
    .map((value): Member => ({ key: 'somethingElse', value, isKnown: false }));
  const ranks = fc.array(fc.nat(), { minLength: members.length + 1, maxLength: members.length + 1 });
  return fc.tuple(fc.tuple(unknown, ...members), ranks).map(([all, order]) => {
    const shuffled = all
      .map((member, index) => ({ ...member, rank: order[index] ?? 0 }))
      .sort((a, b) => a.rank - b.rank);
    const sent: Record<string, Json> = {};
    const known: Record<string, Json> = {};
    for (const { key, value, isKnown } of shuffled) {
      if (!value) continue;
      sent[key] = value.sent;
      if (isKnown) known[key] = value.known;
    }
    return { sent, known };
  });
}

/** Any document that a client may send and the server takes, whatever combination of members it has. */
export const policyDocuments: fc.Arbitrary<Sent<JsonObject & PolicyDocument>> = anyOf(schemaNode(PolicyDocument))
  .map(({ sent, known }) => ({ sent: withoutConflicts(sent), known: withoutConflicts(known) }))
  .filter(
    (drawn): drawn is Sent<JsonObject & PolicyDocument> =>
      isPolicyDocument(drawn.sent) && isPolicyDocument(drawn.known) && documentProblems(drawn.known).length === 0,
  );

/** The members that exclude others, or refer to resources that do not exist in this release, out of the way. */
function withoutConflicts(value: Json): JsonObject {
  const document: Record<string, Json> = JSON.parse(JSON.stringify(value));
  if (document['desktop'] || document['yubikey']) delete document['whatsApp'];
  delete document['notificationsPolicy'];
  const at = (place: Json | undefined, key: string): Json | undefined => Reflect.get(Object(place), key);
  Reflect.deleteProperty(Object(document['fido2']), 'fido2PolicyId');
  const applications = at(document['mobile'], 'applications');
  for (const application of Array.isArray(applications) ? applications : []) {
    Reflect.deleteProperty(application, 'ipPairingConfiguration');
    Reflect.deleteProperty(application, 'newRequestDurationConfiguration');
  }
  return document;
}
