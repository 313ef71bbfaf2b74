import type { FieldProblem } from '../../kernel/field-problem.js';
import { parseUuid, type Uuid } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Candidate, ManagedResource, Others, Rule } from '../../platform/managed/resource.js';
import { atMost, checked } from '../../platform/managed/rules.js';
import type { Environment, StoredDocument } from '../../platform/model.js';
import { certificateOf, type MetadataEntry, metadataIdOf } from '../../webauthn/metadata/entry.js';

const KIND = 'fidoDeviceMetadata';
/** They are read with the configuration, statements and all. */
const MOST = 100;
const IDENTIFIERS = 'attestationCertificateKeyIdentifiers';
const ROOTS = 'attestationRootCertificates';
/** What authenticators say that do not tell their model. */
const NO_MODEL = '00000000-0000-0000-0000-000000000000';

/** Characters of the longest text in a statement: its icon. */
export const LONGEST_STATEMENT_TEXT = 65_536;

/** An authenticator of an environment's own (wire: `20` §15): a FIDO2 model by its AAGUID, or a U2F model by keys of its makers. */
const FidoDeviceMetadataDocument = Type.Object({
  aaguid: Type.Optional(Type.String({ pattern: '^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' })),
  [IDENTIFIERS]: Type.Optional(
    Type.Array(Type.String({ pattern: '^[0-9a-fA-F]{40}$' }), { minItems: 1, maxItems: 100 }),
  ),
  metadataStatement: Type.Record(Type.String(), Type.Unknown()),
});

/**
 * Authenticators that are known (wire: `20` §15): those of the metadata service, which stay as they are, and those that an environment has
 * added. Each has the id that its own identifiers give it, so that none is there twice.
 */
export function fidoDevicesMetadata(published: () => readonly MetadataEntry[]): ManagedResource {
  const builtIn = (environment: Environment) => published().map((entry) => publishedDocument(entry, environment));
  return {
    kind: KIND,
    schema: FidoDeviceMetadataDocument,
    noun: 'FIDO_METADATA',
    idOf,
    builtIn,
    rules: [checked(problemsOf), atMost(KIND, MOST), knownOnce(builtIn)],
  };
}

function idOf(document: JsonObject): Uuid | undefined {
  const { aaguid } = document;
  const id = metadataIdOf(typeof aaguid === 'string' ? aaguid.toLowerCase() : undefined, identifiersOf(document));
  return id === undefined ? undefined : parseUuid(id);
}

/** An entry as if it were stored; whether it is certified stands beside what an environment's own would have. */
function publishedDocument({ model, statement }: MetadataEntry, { id, createdAt }: Environment): StoredDocument {
  const { aaguid, keyIdentifiers, certified } = model;
  return {
    environmentId: id,
    kind: KIND,
    // Metadata ids are UUIDs by their making.
    id: model.id as Uuid,
    body: {
      ...(aaguid === undefined ? { [IDENTIFIERS]: [...keyIdentifiers] } : { aaguid }),
      metadataStatement: statement,
      custom: false,
      certified,
    },
    createdAt,
    updatedAt: createdAt,
  };
}

/** One kind of identifier, and a statement of the same model whose certificates can be read. */
function problemsOf(document: JsonObject): readonly FieldProblem[] {
  const { aaguid, metadataStatement: statement } = document;
  const identifiers = document[IDENTIFIERS];
  if (aaguid === undefined && identifiers === undefined) return [{ problem: 'required', target: 'aaguid' }];
  if (aaguid !== undefined && identifiers !== undefined)
    return [{ problem: 'invalid', target: IDENTIFIERS, message: 'is for U2F authenticators, which have no aaguid' }];
  if (aaguid === NO_MODEL) return [{ problem: 'invalid', target: 'aaguid', message: 'is no model’s' }];
  if (!isJsonObject(statement)) return [];
  const own = statement['aaguid'];
  const isOther =
    aaguid !== undefined && own !== undefined && String(own).toLowerCase() !== String(aaguid).toLowerCase();
  return [
    ...(isOther
      ? [{ problem: 'invalid', target: 'metadataStatement.aaguid', message: 'must be the aaguid' } as const]
      : []),
    ...rootProblems(statement),
  ];
}

function rootProblems(statement: JsonObject): readonly FieldProblem[] {
  const target = `metadataStatement.${ROOTS}`;
  const roots = statement[ROOTS];
  if (roots === undefined) return [{ problem: 'required', target }];
  if (!Array.isArray(roots)) return [{ problem: 'invalid', target, message: 'must be an array' }];
  return roots.flatMap((root, index): FieldProblem[] =>
    typeof root === 'string' && certificateOf(root).length > 0
      ? []
      : [{ problem: 'invalid', target: `${target}[${index}]`, message: 'must be a certificate, DER in Base64' }],
  );
}

/** No model, and no key of its makers, stands in two entries. */
function knownOnce(builtIn: (environment: Environment) => readonly StoredDocument[]): Rule {
  return {
    reads: () => [{ kind: KIND }],
    problems({ id, document, environment }: Candidate, others: Others) {
      const keys = new Set(identifiersOf(document));
      const holder = [...others.of(KIND), ...builtIn(environment)].find(
        (other) => other.id === id || identifiersOf(other.body).some((key) => keys.has(key)),
      );
      const target = keys.size > 0 ? IDENTIFIERS : 'aaguid';
      return holder ? [{ problem: 'taken', target, existingId: holder.id }] : [];
    },
  };
}

function identifiersOf(document: JsonObject): readonly string[] {
  const identifiers = document[IDENTIFIERS];
  return Array.isArray(identifiers) ? identifiers.map((identifier) => String(identifier).toLowerCase()) : [];
}
