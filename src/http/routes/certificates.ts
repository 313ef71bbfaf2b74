import type { Clock } from '../../kernel/clock.js';
import { fits } from '../../kernel/document-schema.js';
import { certificates } from '../../platform/certificates/certificate.js';
import type { CertificateService } from '../../platform/certificates/service.js';
import { UNSHOWN, UsageType } from '../../platform/certificates/stored.js';
import { invalid, invalidData, required, type WireError, wireError } from '../errors.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { pathIn, placeOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedView, viewSchema } from '../managed/view.js';
import { MULTIPART_TYPE, readMultipart } from '../multipart-reader.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, type Route, reply } from '../route.js';
import { certificateMembers, withSerialNumbers } from './certificate-view.js';

const isUsage = fits(UsageType);

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
        const form = formOf(call);
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

/** The two parts that an import has. */
function formOf(call: Call): { readonly file: Buffer; readonly usageType: string } | WireError {
  const parts = Buffer.isBuffer(call.body) && readMultipart(call.header('content-type') ?? '', call.body);
  if (!parts) return wireError('INVALID_REQUEST');
  const [file, usage] = [parts.get('file'), parts.get('usageType')];
  if (!file || !usage)
    return invalidData(...(file ? [] : [required('file')]), ...(usage ? [] : [required('usageType')]));
  const usageType = usage.toString('utf8');
  return isUsage(usageType) ? { file, usageType } : invalidData(invalid('usageType', 'is not valid'));
}
