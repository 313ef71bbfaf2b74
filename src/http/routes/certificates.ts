import type { Clock } from '../../kernel/clock.js';
import { certificates } from '../../platform/certificates/certificate.js';
import type { CertificateService } from '../../platform/certificates/service.js';
import { UNSHOWN } from '../../platform/certificates/stored.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { pathIn, placeOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedView, viewSchema } from '../managed/view.js';
import { MULTIPART_TYPE } from '../multipart-reader.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, type Route, reply } from '../route.js';
import { readImport } from './certificate-form.js';
import { certificateMembers, withSerialNumbers } from './certificate-view.js';

/** Certificates that an environment has imported. */
export function certificatesRoutes(service: CertificateService, clock: Clock): Route[] {
  const definition: ManagedDefinition = {
    resource: certificates(),
    id: 'certificate',
    one: 'a certificate',
    many: 'certificates',
    // Where applications name them; the public clients tell of the rest.
    source: '00 §9.2',
    collection: 'certificates',
    path: '/environments/:envId/certificates',
    parameter: 'certificateId',
    permission: { read: 'applications:read', write: 'applications:write' },
    timestamps: 'none',
    hides: UNSHOWN,
    adds: certificateMembers(() => clock.now()),
    // Released clients look for these texts.
    missing: (id, environmentId) => `Certificate not found for id: ${id} and environmentId: ${environmentId}`,
    texts: { StillReferenced: 'Certificate must not be in use' },
    without: ['create', 'update'],
  };
  const { id, one, source, path, permission } = definition;
  return [
    defineRoute({
      id: `${id}.create`,
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
        const made = await service.import(placeOf(definition, call), form.file, form.usageType, call.by);
        return made.ok
          ? reply(201, managedView(definition, pathIn(path, call), made.value, call.links))
          : managedError(made.rejection);
      },
    }),
    ...managedRoutes(definition, service),
  ].map(withSerialNumbers);
}
