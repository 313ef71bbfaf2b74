import type { Requester } from '../../audit/record.js';
import { createTrail, type TrailParts, telling } from '../../audit/trail.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { Environment, EnvironmentId, StoredDocument } from '../../platform/model.js';
import type { Decision, Snapshot, Store, Write } from '../../storage/port.js';
import { keyOf } from './template-contents.js';

type Result<T> = Promise<Outcome<T, ManagedRejection>>;

/** What is done to the contents of a template at once; changes are on record as done `by` whom (wire: `30` §9.1). */
export interface TemplateService {
  /** Whose templates they are: these are as old as it is. */
  environment(environmentId: EnvironmentId): Result<Environment>;
  /** The contents of a variant get another: those that changed. */
  renameVariant(of: Variant, name: string, by?: Requester): Result<readonly StoredDocument[]>;
  /** The contents of a variant go: those that went. */
  removeVariant(of: Variant, by?: Requester): Result<readonly StoredDocument[]>;
}

/** Contents of one template with one variant, in any case. */
export interface Variant {
  readonly environmentId: EnvironmentId;
  readonly template: string;
  readonly variant: string;
}

export function createTemplateService(parts: TrailParts & { readonly store: Pick<Store, 'load'> }): TemplateService {
  const trail = createTrail(parts);
  const change = (
    of: Variant,
    by: Requester | undefined,
    type: 'CONTENT.UPDATED' | 'CONTENT.DELETED',
    decide: (contents: readonly StoredDocument[], snapshot: Snapshot) => Decided,
  ): Result<readonly StoredDocument[]> => {
    const { environmentId, template } = of;
    const documents = [{ kind: 'templateContent', parent: template } as const];
    return trail.transact({ environmentId, documents }, by, (snapshot) =>
      telling(
        snapshot.environment
          ? decide(contentsOf(snapshot, of), snapshot)
          : { writes: [], outcome: reject({ kind: 'EnvironmentNotFound', environmentId } as const) },
        (changed) => changed.map(({ id }) => ({ type, environmentId, detail: { id } })),
      ),
    );
  };
  return {
    async environment(environmentId) {
      const { environment } = await parts.store.load({ environmentId });
      return environment ? accept(environment) : reject({ kind: 'EnvironmentNotFound', environmentId });
    },
    renameVariant: (of, name, by) =>
      change(of, by, 'CONTENT.UPDATED', (found, snapshot) => renamed(found, name, snapshot)),
    removeVariant: (of, by) => change(of, by, 'CONTENT.DELETED', removed),
  };
}

type Decided = Decision<Outcome<readonly StoredDocument[], ManagedRejection>>;

function contentsOf({ documents }: Snapshot, { template, variant }: Variant): readonly StoredDocument[] {
  const wanted = variant.toLowerCase();
  return documents.filter(
    ({ kind, parent, body }) =>
      kind === 'templateContent' && parent === template && String(body['variant'] ?? '').toLowerCase() === wanted,
  );
}

/** All of them, or none when one of them would be a second of its kind (`30` §9.4). */
function renamed(contents: readonly StoredDocument[], variant: string, { documents, now }: Snapshot): Decided {
  const changed = contents.map((content) => ({
    ...content,
    body: { ...content.body, variant },
    updatedAt: Math.max(now, content.updatedAt),
  }));
  for (const { id, parent, body } of changed) {
    const holder = documents.find(
      (other) =>
        other.kind === 'templateContent' &&
        other.parent === parent &&
        !changed.some((content) => content.id === other.id) &&
        keyOf(other.body) === keyOf(body),
    );
    if (holder && holder.id !== id) {
      const problems = [{ problem: 'taken', target: 'variant', existingId: holder.id } as const];
      return { writes: [], outcome: reject({ kind: 'InvalidDocument', problems }) };
    }
  }
  const writes = changed.map((value): Write => ({ kind: 'put', entity: 'document', value }));
  return { writes, outcome: accept(changed) };
}

function removed(contents: readonly StoredDocument[]): Decided {
  const writes = contents.map(
    ({ environmentId, kind, id }): Write => ({
      kind: 'delete',
      entity: 'document',
      value: { environmentId, kind, id },
    }),
  );
  return { writes, outcome: accept(contents) };
}
