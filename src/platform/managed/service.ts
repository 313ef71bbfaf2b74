import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Digests, Vault } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Decision, Plan, Snapshot, Store } from '../../storage/port.js';
import { createCursors, creationKey, type Listing, type ListRequest, listPage, pageOf } from '../listing.js';
import type { DocumentKind, Environment, EnvironmentId, StoredDocument } from '../model.js';
import { putDocument, refsOf, removeDocument } from './decide.js';
import type { ManagedRejection } from './rejection.js';
import type { ManagedResource, SingletonResource, Target } from './resource.js';
import { withSecrets } from './secrets.js';

type Result<T> = Promise<Outcome<T, ManagedRejection>>;

/** Where documents of a resource are: in an environment, and below a parent when the resource has one. */
export interface Place {
  readonly environmentId: EnvironmentId;
  readonly parent?: string;
  /** When the parent is a document itself, its kind: without it nothing stands below it. */
  readonly parentKind?: DocumentKind;
}

/** What a list needs to know of its resource. */
type Listed = Pick<ManagedResource, 'kind' | 'builtIn' | 'isParent' | 'sealed'>;

/** The commands that all resources which are documents have; changes are on record as done `by` whom. */
export interface ManagedService {
  /** By creation; those that `isListed` says yes to. */
  list(
    resource: Listed,
    place: Place,
    list: ListRequest,
    isListed: (stored: StoredDocument) => boolean,
  ): Result<Listing<StoredDocument>>;
  read(resource: ManagedResource, place: Place, id: Uuid): Result<StoredDocument>;
  create(resource: ManagedResource, place: Place, document: JsonObject, by?: Requester): Result<StoredDocument>;
  replace(
    resource: ManagedResource,
    place: Place,
    id: Uuid,
    document: JsonObject,
    by?: Requester,
  ): Result<StoredDocument>;
  remove(resource: ManagedResource, place: Place, id: Uuid, by?: Requester): Result<StoredDocument>;
  /** The one of its environment. */
  readOnly(resource: SingletonResource, environmentId: EnvironmentId): Result<StoredDocument>;
  replaceOnly(
    resource: SingletonResource,
    environmentId: EnvironmentId,
    document: JsonObject,
    by?: Requester,
  ): Result<StoredDocument>;
  /** Back to the factory's, or gone when it can be absent. */
  resetOnly(resource: SingletonResource, environmentId: EnvironmentId, by?: Requester): Result<StoredDocument>;
}

export interface ManagedServiceParts {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly random: Pick<Random, 'uuid'>;
  readonly digests: Pick<Digests, 'cursor'>;
  /** Opens what is sealed and shown nevertheless. */
  readonly vault: Pick<Vault, 'open'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

export function createManagedService(parts: ManagedServiceParts): ManagedService {
  const { store, random, vault } = parts;
  const trail = createTrail(parts);
  const cursors = createCursors(parts.digests);

  /** As it was sent: with what is sealed beside it only because of what it is. */
  const shown = (sealed: readonly string[] | undefined, stored: StoredDocument): StoredDocument =>
    sealed && stored.secret ? { ...stored, body: withSecrets(stored.body, vault.open(stored.secret), sealed) } : stored;

  const transact = async (
    { noun, sealed }: ManagedResource,
    change: 'CREATED' | 'UPDATED' | 'DELETED',
    plan: Plan,
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => Decision<Outcome<StoredDocument, ManagedRejection>>,
  ): Result<StoredDocument> => {
    const outcome = await trail.transact<StoredDocument, ManagedRejection>(plan, by, (snapshot) =>
      telling(decide(snapshot), ({ environmentId, id }): readonly AuditEvent[] => [
        { type: `${noun}.${change}`, environmentId, detail: { id } },
      ]),
    );
    return outcome.ok ? accept(shown(sealed, outcome.value)) : outcome;
  };

  const put = (
    resource: ManagedResource,
    { environmentId, parent, parentKind }: Place,
    id: Uuid,
    document: JsonObject,
    as: 'create' | 'replace' | 'either',
    by: Requester | undefined,
  ): Result<StoredDocument> => {
    const target = { id, document, ...(parent === undefined ? {} : { parent }) };
    const plan = planOf(resource, environmentId, target, parentKind);
    return transact(resource, as === 'create' ? 'CREATED' : 'UPDATED', plan, by, (snapshot) =>
      withParent(resource, snapshot, parent, parentKind, () =>
        putDocument(resource, snapshot, { environmentId, as, ...target }),
      ),
    );
  };

  const remove = (
    resource: ManagedResource,
    { environmentId, parent, parentKind }: Place,
    id: Uuid,
    by: Requester | undefined,
  ): Result<StoredDocument> => {
    const target = { id, ...(parent === undefined ? {} : { parent }) };
    const plan = planOf(resource, environmentId, target, parentKind);
    return transact(resource, 'DELETED', plan, by, (snapshot) =>
      withParent(resource, snapshot, parent, parentKind, () =>
        removeDocument(resource, snapshot, { environmentId, ...target }),
      ),
    );
  };

  const readOne = async (
    resource: ManagedResource,
    { environmentId, parent, parentKind }: Place,
    id: Uuid,
  ): Result<StoredDocument> => {
    const { kind } = resource;
    const above = parentRefs(parent, parentKind);
    const { environment, documents } = await store.load({ environmentId, documents: [{ kind, id }, ...above] });
    if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
    const all = [...(resource.builtIn?.(environment, parent) ?? []), ...documents];
    const found = all.find((stored) => stored.kind === kind && stored.id === id && stored.parent === parent);
    return found && isThere(resource, documents, parent, parentKind)
      ? accept(shown(resource.sealed, found))
      : reject({ kind: 'NotFound' });
  };

  return {
    async list(resource, { environmentId, parent, parentKind }, list, isListed) {
      const { kind, sealed } = resource;
      const above = parentRefs(parent, parentKind);
      const snapshot = await store.load({
        environmentId,
        documents: [{ kind, ...(parent === undefined ? {} : { parent }) }, ...above],
      });
      const { environment, documents } = snapshot;
      if (!environment) return reject({ kind: 'EnvironmentNotFound', environmentId });
      if (!isThere(resource, documents, parent, parentKind)) return reject({ kind: 'NotFound' });
      const stored = documents.filter((each) => each.kind === kind && each.parent === parent);
      const all = [...(resource.builtIn?.(environment, parent) ?? []), ...stored].sort(byCreation);
      return listPage(cursors, [environmentId, kind, parent ?? ''], list, async (request) =>
        pageOf(
          all.filter(isListed).map((stored) => shown(sealed, stored)),
          request,
          creationKey,
        ),
      );
    },
    read: readOne,
    create: (resource, place, document, by) =>
      put(resource, place, resource.idOf?.(document) ?? random.uuid(), document, 'create', by),
    replace: (resource, place, id, document, by) => put(resource, place, id, document, 'replace', by),
    remove,
    async readOnly(resource, environmentId) {
      const found = await readOne(resource, { environmentId }, environmentId);
      if (found.ok || found.rejection.kind !== 'NotFound' || !resource.factory) return found;
      // Nobody has changed it yet, or the environment is older than the resource.
      const { environment } = await store.load({ environmentId });
      return environment
        ? accept(asMade(resource, resource.factory, environment))
        : reject({ kind: 'EnvironmentNotFound', environmentId });
    },
    replaceOnly: (resource, environmentId, document, by) =>
      put(resource, { environmentId }, environmentId, document, 'either', by),
    resetOnly: (resource, environmentId, by) =>
      resource.factory
        ? put(resource, { environmentId }, environmentId, resource.factory(), 'either', by)
        : remove(resource, { environmentId }, environmentId, by),
  };
}

/** What an environment has of a resource that it has once, as long as nobody has changed it. */
const asMade = (
  { kind }: SingletonResource,
  factory: () => JsonObject,
  { id, createdAt }: Environment,
): StoredDocument => ({ environmentId: id, kind, id, body: factory(), createdAt, updatedAt: createdAt });

const byCreation = (a: StoredDocument, b: StoredDocument): number => (creationKey(a) < creationKey(b) ? -1 : 1);

/** All that a command on this resource may look at. */
function planOf(resource: ManagedResource, environmentId: EnvironmentId, target: Target, below?: DocumentKind): Plan {
  const documents = refsOf(resource, target, below);
  const directory = resource.directory?.(target);
  return directory ? { environmentId, documents, directory } : { environmentId, documents };
}

const parentRefs = (parent: string | undefined, kind: DocumentKind | undefined) =>
  // A parent that is a document is named by its id.
  kind && parent !== undefined ? [{ kind, id: parent as Uuid } as const] : [];

/** Whether there is what something stands below: a document, or a name. */
function isThere(
  { isParent }: Listed,
  documents: readonly StoredDocument[],
  parent: string | undefined,
  kind: DocumentKind | undefined,
): boolean {
  if (parent === undefined) return true;
  if (isParent) return isParent(parent);
  return !kind || documents.some((stored) => stored.kind === kind && stored.id === parent);
}

/** Nothing stands below what is not there. */
function withParent(
  resource: Listed,
  { documents, environment }: Snapshot,
  parent: string | undefined,
  kind: DocumentKind | undefined,
  decide: () => Decision<Outcome<StoredDocument, ManagedRejection>>,
): Decision<Outcome<StoredDocument, ManagedRejection>> {
  if (environment && !isThere(resource, documents, parent, kind))
    return { writes: [], outcome: reject({ kind: 'NotFound' }) };
  return decide();
}
