import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../managed/resource.js';
import { atMost, notReferredToBy } from '../managed/rules.js';
import { UsageType } from './stored.js';

const KIND = 'certificate';
/** Of one environment. */
const MOST_CERTIFICATES = 200;

/** Where applications name certificates. */
export const CERTIFICATE_PLACES = ['spVerification.certificates.*.id', 'spEncryption.certificate.id'] as const;

/** Certificates that were imported: whom applications trust. No section tells of them; the public clients do. */
export function certificates(facts?: JsonObject): ManagedResource {
  return {
    kind: KIND,
    schema: Type.Object({ usageType: UsageType }),
    noun: 'CERTIFICATE',
    rules: [
      atMost(KIND, MOST_CERTIFICATES),
      ...CERTIFICATE_PLACES.map((place) => notReferredToBy('application', place)),
      { completes: ({ document }) => ({ ...document, default: false, ...facts }) },
    ],
  };
}
