import type { AuditEvent, Requester } from '../../audit/record.js';
import type { Refusals } from '../../audit/refusals.js';
import { createTrail, telling } from '../../audit/trail.js';
import type { EventSink } from '../../events.js';
import type { Uuid } from '../../kernel/ids.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Decided, Snapshot, Store, Write } from '../../storage/port.js';
import { putDocument, refsOf, removeDocument } from '../managed/decide.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedService } from '../managed/service.js';
import type { EnvironmentId, StoredDocument } from '../model.js';
import { imageContent } from './content.js';
import { fileIdOf, images } from './image.js';

type Result = Outcome<StoredDocument, ManagedRejection>;

/** Images are uploaded and deleted with their files, and read as other documents are. */
export interface ImageService extends ManagedService {
  upload(environmentId: EnvironmentId, bytes: Buffer, by?: Requester): Promise<Result>;
}

interface ImageParts {
  readonly store: Pick<Store, 'transact'>;
  readonly managed: ManagedService;
  readonly random: Pick<Random, 'uuid'>;
  readonly events: EventSink;
  readonly refusals?: Refusals;
}

/** The commands of managed resources on images, with what happens to the bytes. */
export function createImageService({ managed, random, ...parts }: ImageParts): ImageService {
  const trail = createTrail(parts);
  const image = images();

  function transact(
    environmentId: EnvironmentId,
    id: Uuid,
    change: 'CREATED' | 'DELETED',
    by: Requester | undefined,
    decide: (snapshot: Snapshot) => Decided<Result>,
  ): Promise<Result> {
    const documents = refsOf(image, change === 'CREATED' ? { id, document: {} } : { id });
    return trail.transact<StoredDocument, ManagedRejection>({ environmentId, documents }, by, (snapshot) =>
      telling(decide(snapshot), (): readonly AuditEvent[] => [
        { type: `${image.noun}.${change}`, environmentId, detail: { id } },
      ]),
    );
  }

  return {
    ...managed,
    async upload(environmentId, bytes, by) {
      const kept = await imageContent(bytes);
      if (!kept.ok) return reject({ kind: 'InvalidDocument', problems: kept.rejection });
      const { content, ...facts } = kept.value;
      const [id, fileId] = [random.uuid(), random.uuid()];
      const value = { environmentId, id: fileId, imageId: id, type: facts.type, content };
      const written = images({ fileId, ...facts });
      return transact(environmentId, id, 'CREATED', by, (snapshot) =>
        withFile(putDocument(written, snapshot, { environmentId, id, document: {}, as: 'create' }), () => ({
          kind: 'insert',
          entity: 'imageFile',
          value,
        })),
      );
    },
    remove: (_, { environmentId }, id, by) =>
      transact(environmentId, id, 'DELETED', by, (snapshot) =>
        withFile(removeDocument(image, snapshot, { environmentId, id }), (stored) => ({
          kind: 'delete',
          entity: 'imageFile',
          value: { environmentId, id: fileIdOf(stored) },
        })),
      ),
  };
}

/** The decision with what it writes of the file. */
function withFile(decided: Decided<Result>, write: (stored: StoredDocument) => Write): Decided<Result> {
  const { writes, outcome } = decided;
  return outcome.ok ? { writes: [...writes, write(outcome.value)], outcome } : decided;
}
