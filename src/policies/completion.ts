import type { AuditEvent } from '../audit/record.js';
import type { Uuid } from '../kernel/ids.js';
import type { DocumentRef, EnvironmentId, StoredDocument } from '../platform/model.js';
import { givenAttributes } from '../platform/resources/resource-attributes.js';
import type { Decided, Plan, Snapshot, Write } from '../storage/port.js';
import { type FactoryDocument, factoryDocuments, factoryId } from './factory.js';

/** An environment whose content is compared with what a new one has. */
export interface ToComplete {
  readonly environmentId: EnvironmentId;
  /** Of its FIDO policies: the host by which people reach the server. */
  readonly relyingPartyId: string;
  /** The resources that it has, whose attributes are looked at too. */
  readonly resources: readonly Uuid[];
}

/** Everything that tells what an environment of an earlier build lacks. */
export function completionPlan({ environmentId, relyingPartyId, resources }: ToComplete): Plan {
  const factory = factoryDocuments({ environmentId, relyingPartyId });
  const roots = factory.filter(({ parent }) => parent === undefined);
  // An environment has many applications, of which two are the factory's.
  const kinds = new Set(roots.map(({ kind }) => kind).filter((kind) => kind !== 'application'));
  const below = new Map(
    factory.flatMap(({ kind, parent }) => (parent === undefined ? [] : [[`${kind} ${parent}`, { kind, parent }]])),
  );
  for (const parent of resources) below.set(`resourceAttribute ${parent}`, { kind: 'resourceAttribute', parent });
  const documents: readonly DocumentRef[] = [
    ...[...kinds].map((kind) => ({ kind })),
    ...roots
      .filter(({ kind }) => kind === 'application')
      .map((document) => ({ kind: document.kind, id: factoryId(environmentId, document) })),
    ...below.values(),
  ];
  return { environmentId, documents };
}

/**
 * What a new environment has (`30` §0.5) and this one lacks, because an earlier build made it; nothing when it is complete. Of
 * whatever an administrator may delete, something always stays, so a kind of which there is nothing was never there; what nobody
 * may delete is looked for one by one. Pure.
 */
export function completeEnvironment(
  { documents, environment, now }: Snapshot,
  { environmentId, relyingPartyId }: Pick<ToComplete, 'environmentId' | 'relyingPartyId'>,
): Decided<number> {
  if (!environment) return { writes: [], outcome: 0 };
  const factory = factoryDocuments({ environmentId, relyingPartyId });
  const missing = missingFrom(documents, [...factory, ...attributesOfOwn(documents)], environmentId);
  if (missing.length === 0) return { writes: [], outcome: 0 };
  const writes = missing.map((document, at): Write => {
    const { kind, parent, body } = document;
    const value: StoredDocument = {
      environmentId,
      kind,
      id: factoryId(environmentId, document),
      ...(parent === undefined ? {} : { parent }),
      body:
        'default' in body && documents.some((other) => other.kind === kind && other.body['default'] === true)
          ? { ...body, default: false }
          : body,
      createdAt: now + at,
      updatedAt: now + at,
    };
    return { kind: 'put', entity: 'document', value };
  });
  const events: readonly AuditEvent[] = [{ type: 'ENVIRONMENT.UPDATED', environmentId }];
  const record: Write = { kind: 'append', entity: 'audit', value: { environmentId, at: now, by: {}, events } };
  return { writes: [...writes, record], outcome: missing.length };
}

function missingFrom(
  stored: readonly StoredDocument[],
  wanted: readonly FactoryDocument[],
  environmentId: EnvironmentId,
): readonly FactoryDocument[] {
  const families = new Set(stored.map(familyOf));
  const roots = wanted.filter((document) => document.parent === undefined && !families.has(familyOf(document)));
  const parents = new Set<string>([
    ...stored.map(({ id }) => id),
    ...roots.map((document) => factoryId(environmentId, document)),
  ]);
  const children = wanted.filter(
    (document) => document.parent !== undefined && parents.has(document.parent) && !families.has(familyOf(document)),
  );
  return [...roots, ...children];
}

/** What there is one of at least, once a build has known it: by type or locale where none of them can be deleted, else by kind. */
function familyOf({ kind, parent, body }: Pick<FactoryDocument, 'kind' | 'parent' | 'body'>): string {
  if (parent !== undefined) return `${kind} below ${parent}`;
  const { type, locale } = body;
  if (kind === 'application' || kind === 'resource') return `${kind} ${type}`;
  return kind === 'language' ? `${kind} ${String(locale).toLowerCase()}` : kind;
}

/** Resources that an environment has added come with attributes too. */
const attributesOfOwn = (stored: readonly StoredDocument[]): readonly FactoryDocument[] =>
  stored
    .filter(({ kind, body }) => kind === 'resource' && body['type'] === 'CUSTOM')
    .flatMap(({ id: parent }) =>
      givenAttributes('CUSTOM').map(
        (body): FactoryDocument => ({ kind: 'resourceAttribute', parent, name: String(body['name']), body }),
      ),
    );
