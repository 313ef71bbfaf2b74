import type { Clock } from '../../kernel/clock.js';
import { pemOf, pkcs7Of } from '../../platform/certificates/files.js';
import { changedKeys, keys } from '../../platform/certificates/key.js';
import { certificateOf, UNSHOWN } from '../../platform/certificates/stored.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { environmentOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { type Call, type Route, reply } from '../route.js';
import { certificateMembers, withSerialNumbers } from './certificate-view.js';

const PEM = 'application/x-x509-ca-cert';
const PKCS7 = 'application/x-pkcs7-certificates';

/** Keys of an environment, with their certificates. */
export function keysRoutes(service: ManagedService, clock: Clock): Route[] {
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
    partial: { create: 'Keys are made here; PKCS #12 files are not imported.' },
    replacement: changedKeys.schema,
  };
  return managedRoutes(definition, service).map((route) =>
    withSerialNumbers(route.id === 'key.read' ? exporting(route, service) : route),
  );
}

/** Reads a key, or its certificate as a file when `Accept` names the type of one. */
function exporting(route: Route, service: ManagedService): Route {
  return {
    ...route,
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
