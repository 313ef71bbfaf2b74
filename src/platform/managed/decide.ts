import { knownDocument } from '../../kernel/document-schema.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Decided, Snapshot, Write } from '../../storage/port.js';
import type { DocumentKind, DocumentRef, Environment, EnvironmentId, StoredDocument } from '../model.js';
import type { ManagedRejection } from './rejection.js';
import type { Candidate, ManagedResource, Others, Target } from './resource.js';
import { partSecrets } from './secrets.js';

/** A document that is to be there, new or in the place of what is there now. */
export interface PutDocument {
  readonly environmentId: EnvironmentId;
  readonly id: Uuid;
  readonly parent?: string;
  /** Fits the resource's schema. */
  readonly document: JsonObject;
  /** `replace`: it must be there; `create`: it is new; `either`: a resource that an environment has once. */
  readonly as: 'create' | 'replace' | 'either';
}

export interface RemoveDocument {
  readonly environmentId: EnvironmentId;
  readonly id: Uuid;
  readonly parent?: string;
}

type Put = Outcome<StoredDocument, ManagedRejection>;

/** Everything that a command on this resource may look at, in one load. `below` is the kind of its parent, when that is a document. */
export function refsOf(resource: ManagedResource, target: Target, below?: DocumentKind): readonly DocumentRef[] {
  const { id, parent } = target;
  return [
    { kind: resource.kind, id },
    ...(below && parent !== undefined ? [{ kind: below, id: parent as Uuid } as const] : []),
    ...resource.rules.flatMap((rule) => rule.reads?.(target) ?? []),
  ];
}

/** Writes a document, with whatever changes with it; guarded, as every document, by the environment's configuration version. */
export function putDocument(resource: ManagedResource, snapshot: Snapshot, command: PutDocument): Decided<Put> {
  const { environmentId, id, parent } = command;
  const document = knownDocument(resource.schema, command.document);
  const malformed = resource.rules.flatMap((rule) => rule.check?.(document) ?? []);
  if (malformed.length > 0) return refuse({ kind: 'InvalidDocument', problems: malformed });
  const { environment, now } = snapshot;
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const others = othersIn(snapshot, environment);
  const current = currentOf(resource, others, id, parent);
  if (command.as === 'replace' && !current) return refuse(missing(resource, environment, command));
  const candidate: Candidate = {
    environment,
    now,
    id,
    ...(parent === undefined ? {} : { parent }),
    document,
    ...(current ? { current } : {}),
  };
  const problems = resource.rules.flatMap((rule) => rule.problems?.(candidate, others) ?? []);
  if (problems.length > 0) return refuse({ kind: 'InvalidDocument', problems });
  for (const rule of resource.rules) {
    const refusal = rule.refuses?.(candidate, others);
    if (refusal) return refuse({ kind: 'Refused', refusal });
  }
  const hidden = [...(resource.writeOnly ?? []), ...(resource.sealed ?? [])];
  const { body, secret: members } = partSecrets(completed(resource, candidate, others), hidden);
  const secret = resource.seals ? resource.seals(candidate, members) : members;
  const value: StoredDocument = {
    environmentId,
    kind: resource.kind,
    id,
    ...(parent === undefined ? {} : { parent }),
    body,
    ...(secret ? { secret } : {}),
    createdAt: current?.createdAt ?? (command.as === 'either' ? environment.createdAt : now),
    updatedAt: Math.max(now, current?.updatedAt ?? now),
  };
  const changed = resource.rules.flatMap((rule) => rule.changes?.(candidate, others) ?? []);
  const moved = resource.rules.flatMap((rule) => rule.moves?.(candidate, others) ?? []);
  return { writes: [...moved.map(update), ...[...changed, value].map(put)], outcome: accept(value) };
}

/** Deletes a document, and what stands below it. */
export function removeDocument(resource: ManagedResource, snapshot: Snapshot, command: RemoveDocument): Decided<Put> {
  const { environmentId, id, parent } = command;
  const { environment } = snapshot;
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const others = othersIn(snapshot, environment);
  const current = currentOf(resource, others, id, parent);
  if (!current) return refuse(missing(resource, environment, command));
  for (const rule of resource.rules) {
    const refusal = rule.keeps?.(current, others);
    if (refusal) return refuse({ kind: 'Refused', refusal });
  }
  const mended = resource.rules.flatMap((rule) => rule.mends?.(current, others) ?? []);
  const gone = [current, ...resource.rules.flatMap((rule) => rule.takesAlong?.(current, others) ?? [])];
  return { writes: [...mended.map(put), ...gone.map(remove)], outcome: accept(current) };
}

/** What is built in is there, and stays as it is. */
function missing(
  { builtIn }: ManagedResource,
  environment: Environment,
  { id, parent }: { readonly id: Uuid; readonly parent?: string },
): ManagedRejection {
  const isBuiltIn = builtIn?.(environment, parent).some((made) => made.id === id) ?? false;
  return isBuiltIn ? { kind: 'Refused', refusal: { rule: 'ReadOnly' } } : { kind: 'NotFound' };
}

function completed(resource: ManagedResource, candidate: Candidate, others: Others): JsonObject {
  let { document } = candidate;
  for (const rule of resource.rules) if (rule.completes) document = rule.completes({ ...candidate, document }, others);
  return document;
}

function othersIn({ documents, now, directory }: Snapshot, environment: Environment): Others {
  return {
    of(kind, parent) {
      const found = new Map<Uuid, StoredDocument>();
      for (const document of documents)
        if (document.kind === kind && (parent === undefined || document.parent === parent))
          found.set(document.id, document);
      return [...found.values()].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    environment,
    now,
    ...(directory ? { directory } : {}),
  };
}

function currentOf(
  { kind }: ManagedResource,
  others: Others,
  id: Uuid,
  parent: string | undefined,
): StoredDocument | undefined {
  return others.of(kind).find((stored) => stored.id === id && stored.parent === parent);
}

const update = (value: Environment): Write => ({ kind: 'update', entity: 'environment', value });
const put = (value: StoredDocument): Write => ({ kind: 'put', entity: 'document', value });
const remove = ({ environmentId, kind, id }: StoredDocument): Write => ({
  kind: 'delete',
  entity: 'document',
  value: { environmentId, kind, id },
});

function refuse(rejection: ManagedRejection): Decided<{ readonly ok: false; readonly rejection: ManagedRejection }> {
  return { writes: [], outcome: reject(rejection) };
}
