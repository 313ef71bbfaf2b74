import type { JsonObject } from '../../../kernel/json.js';
import type { SealedPlace } from '../../../kernel/sealed.js';
import type { DocumentKind, DocumentRef, EnvironmentId, StoredDocument } from '../../../platform/model.js';
import { SENT_TEMPLATES } from '../../../policies/templates/sent-contents.js';
import { decode, document, integer, optionalText, type SealingVault, sealedFrom, sealInto, text } from '../row.js';
import { type Call, call, type Row, statement, type Value } from '../statement.js';
import { ENVIRONMENT_COLUMNS } from './environments.js';

/** In the order that `toDocument` reads. */
export const DOCUMENT_COLUMNS = [
  'environment_id',
  'kind',
  'id',
  'document',
  'secret',
  'created_at',
  'updated_at',
  'parent',
];
const columns = DOCUMENT_COLUMNS.join(', ');

export const documentPlace = (environmentId: string, kind: string, id: string): SealedPlace => ({
  table: 'documents',
  column: 'secret',
  environmentId,
  row: `${kind}/${id}`,
});

export function toDocument(row: Row, at: number): StoredDocument {
  return decode('documents', row[at + 2], () => {
    const environmentId = text(row, at) as StoredDocument['environmentId'];
    const kind = text(row, at + 1) as DocumentKind;
    const id = text(row, at + 2) as StoredDocument['id'];
    const parent = optionalText(row, at + 7);
    const secret = sealedFrom(row, at + 4, documentPlace(environmentId, kind, id));
    return {
      environmentId,
      kind,
      id,
      ...(parent === undefined ? {} : { parent }),
      body: document<JsonObject>(row, at + 3, []),
      ...(secret ? { secret } : {}),
      createdAt: integer(row, at + 5),
      updatedAt: integer(row, at + 6),
    };
  });
}

export function documentValues(value: StoredDocument, vault: SealingVault): Record<string, Value> {
  const { environmentId, kind, id, parent, secret } = value;
  return {
    environment: environmentId,
    kind,
    id,
    document: JSON.stringify(value.body),
    secret: secret ? sealInto(vault, secret, documentPlace(environmentId, kind, id)) : null,
    createdAt: value.createdAt,
    updatedAt: value.updatedAt,
    parent: parent ?? null,
  };
}

export const putDocument = statement(
  'count',
  `insert into documents (${columns})
   values (:environment, :kind, :id, :document, cast(:secret as text), :createdAt, :updatedAt, cast(:parent as text))
   on conflict (environment_id, kind, id) do update
   set document = excluded.document, secret = excluded.secret, updated_at = excluded.updated_at`,
);

export const deleteDocument = statement(
  'count',
  'delete from documents where environment_id = :environment and kind = :kind and id = :id',
);

export const selectDocument = statement(
  'row',
  `select ${columns} from documents where environment_id = :environment and kind = :kind and id = :id`,
);

export const listDocuments = statement(
  'rows',
  `select ${columns} from documents where environment_id = :environment and kind = :kind order by created_at, id`,
);

export const listDocumentsBelow = statement(
  'rows',
  `select ${columns} from documents where environment_id = :environment and kind = :kind and parent = :parent
   order by created_at, id`,
);

/** Those that the reference names, by creation. */
export function documentsCall(environment: EnvironmentId, { kind, id, parent }: DocumentRef): Call {
  if (id !== undefined) return call(selectDocument, { environment, kind, id });
  return parent === undefined
    ? call(listDocuments, { environment, kind })
    : call(listDocumentsBelow, { environment, kind, parent });
}

/** In an environment that is there. By id alone: ids are unique across environments by their making, and the first by environment wins if they are not. */
export const findDocument = statement(
  'row',
  `select ${DOCUMENT_COLUMNS.map((column) => `d.${column}`).join(', ')}
   from documents d join environments e on e.id = d.environment_id and e.deleted_at is null
   where d.id = :id and d.kind = :kind order by d.environment_id limit 1`,
);

/** The population that a user is in. */
export const selectPopulationOfUser = statement(
  'row',
  `select ${DOCUMENT_COLUMNS.map((column) => `d.${column}`).join(', ')}
   from users u join documents d on d.environment_id = u.environment_id and d.kind = 'population' and d.id = u.population_id
   where u.environment_id = :environment and u.id = :user`,
);

const SENT = SENT_TEMPLATES.map((name) => `'${name}'`).join(', ');

/**
 * What decisions read, whenever an environment is loaded whose configuration has moved; of populations, the language, which few of
 * very many may have.
 */
const CONFIGURING = (
  [
    'deviceAuthenticationPolicy',
    'fido2Policy',
    'fidoDeviceMetadata',
    'language',
    'mfaSettings',
    'notificationsPolicy',
    'population',
    'templateContent',
  ] satisfies DocumentKind[]
)
  .map((kind) => `'${kind}'`)
  .join(', ');

/**
 * An environment and the documents that decisions read (of contents those that are sent), in one statement, so that they and `config_version` are of one instant.
 * No row: no such environment. One row without a document: an environment without any.
 */
export const selectConfiguration = statement(
  'rows',
  `select ${[...ENVIRONMENT_COLUMNS.map((column) => `e.${column}`), ...DOCUMENT_COLUMNS.map((column) => `d.${column}`)].join(', ')}
   from environments e
   left join documents d on d.environment_id = e.id and d.kind in (${CONFIGURING})
     and (d.kind <> 'templateContent' or d.parent in (${SENT}))
     and (d.kind <> 'population' or d.document like '%"preferredLanguage"%')
   where e.id = :environment and e.deleted_at is null order by d.created_at nulls last, d.id nulls last`,
);
