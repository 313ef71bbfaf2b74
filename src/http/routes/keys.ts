import type { Clock } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Outcome } from '../../kernel/outcome.js';
import { pemOf, pkcs7Of } from '../../platform/certificates/files.js';
import { changedKeys, keys } from '../../platform/certificates/key.js';
import type { KeyService } from '../../platform/certificates/key-service.js';
import { certificateOf, UNSHOWN } from '../../platform/certificates/stored.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { ManagedService, Place } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import type { WireError } from '../errors.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { environmentOf, pathIn, placeOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedView, viewSchema } from '../managed/view.js';
import { MULTIPART_TYPE } from '../multipart-reader.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, type Reply, type Route, reply } from '../route.js';
import { readFile, readImport } from './certificate-form.js';
import { certificateMembers, withSerialNumbers } from './certificate-view.js';

const PEM = 'application/x-x509-ca-cert';
const PKCS7 = 'application/x-pkcs7-certificates';
const PKCS10 = 'application/pkcs10';
const PEM_FILE = 'application/x-pem-file';

/** Keys of an environment, with their certificates. */
export function keysRoutes(service: KeyService, clock: Clock): Route[] {
  const definition: ManagedDefinition = {
    resource: keys(),
    id: 'key',
    one: 'a key',
    many: 'keys',
    // Where applications name them; the public clients tell of the rest.
    source: '00 §9.2',
    collection: 'keys',
    path: '/environments/:envId/keys',
    parameter: 'keyId',
    permission: { read: 'applications:read', write: 'applications:write' },
    timestamps: 'none',
    hides: UNSHOWN,
    adds: certificateMembers(() => clock.now()),
    // Released clients look for these texts.
    missing: (id, environmentId) => `Key not found for id: ${id} and environmentId: ${environmentId}`,
    texts: { StillReferenced: 'The Key must not be in use' },
    replacement: changedKeys.schema,
  };
  const { id, one, source, path, permission, missing, texts } = definition;
  const shown = (outcome: Outcome<StoredDocument, ManagedRejection>, call: Call, status: number): Reply | WireError =>
    outcome.ok
      ? reply(status, managedView(definition, pathIn(path, call), outcome.value, call.links))
      : managedError(outcome.rejection, texts);
  /** On the one that the path names. */
  const onKey =
    (use: (call: Call, place: Place, keyId: Uuid) => Promise<Reply | WireError>) =>
    async (call: Call<'envId' | 'keyId'>): Promise<Reply | WireError> => {
      const { envId, keyId } = call.params;
      const answer = await use(call, placeOf(definition, call), keyId);
      const isMissing = answer.kind === 'error' && answer.name === 'NOT_FOUND' && !answer.message;
      return isMissing && missing ? { ...answer, message: missing(keyId, envId) } : answer;
    };
  const certify = {
    summary: 'Import the answer to a certificate signing request',
    source,
    base: 'api',
    path: '/environments/:envId/keys/:keyId/csr',
    accepts: MULTIPART_TYPE,
    asBytes: true,
    permission: permission.write,
    replies: { 200: viewSchema(definition) },
    handle: onKey(async (call, place, keyId) => {
      const form = readFile(call);
      if ('kind' in form) return form;
      return shown(await service.certify(place, keyId, form.file, call.by), call, 200);
    }),
  } as const;
  const routes = [
    ...managedRoutes(definition, service).map((route) => (route.id === 'key.read' ? exporting(route, service) : route)),
    defineRoute({
      id: `${id}.import`,
      summary: `Import ${one}`,
      source,
      method: 'POST',
      base: 'api',
      path,
      accepts: MULTIPART_TYPE,
      asBytes: true,
      permission: permission.write,
      replies: { 201: viewSchema(definition) },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const form = readImport(call);
        if ('kind' in form) return form;
        const { file, password, usageType } = form;
        return shown(await service.import(placeOf(definition, call), file, password, usageType, call.by), call, 201);
      },
    }),
    defineRoute({
      id: `${id}.csr.export`,
      summary: 'Export a certificate signing request',
      source,
      method: 'GET',
      base: 'api',
      path: '/environments/:envId/keys/:keyId/csr',
      permission: permission.read,
      replies: { 200: null },
      files: [PEM_FILE, PKCS10],
      handle: onKey(async (call, place, keyId) => {
        const made = await service.signingRequest(place, keyId);
        if (!made.ok) return managedError(made.rejection);
        const isDer = call.header('accept') === PKCS10;
        const file = isDer ? made.value : Buffer.from(pemOf(made.value, 'CERTIFICATE REQUEST'));
        return reply(200, file, { 'content-type': isDer ? PKCS10 : PEM_FILE });
      }),
    }),
    // The reference has it by `PUT`, the public clients by `POST`.
    defineRoute({ ...certify, id: `${id}.csr.import`, method: 'POST' }),
    defineRoute({ ...certify, id: `${id}.csr.import.put`, method: 'PUT' }),
  ];
  return routes.map(withSerialNumbers);
}

/** Reads a key, or its certificate as a file when `Accept` names the type of one. */
function exporting(route: Route, service: ManagedService): Route {
  return {
    ...route,
    files: [PEM, PKCS7],
    async handle(call: Call) {
      const type = [PEM, PKCS7].find((each) => call.header('accept') === each);
      const { keyId } = call.params;
      if (type === undefined || keyId === undefined) return route.handle(call);
      const found = await service.read(keys(), { environmentId: environmentOf(call) }, keyId);
      if (!found.ok) return route.handle(call);
      const der = certificateOf(found.value);
      return reply(200, type === PEM ? Buffer.from(pemOf(der)) : pkcs7Of(der), { 'content-type': type });
    },
  };
}
