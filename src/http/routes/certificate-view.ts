import { type Instant, toTimestamp } from '../../kernel/clock.js';
import { oneOf } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { statusOf, UsageType } from '../../platform/certificates/stored.js';
import { SIGNATURE_ALGORITHMS } from '../../platform/certificates/x509.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { type Route, reply } from '../route.js';

/** What keys and certificates show alike, whatever their callers have said of them. */
export function certificateMembers(now: () => Instant): NonNullable<ManagedDefinition['adds']> {
  return {
    schema: {
      name: Type.String(),
      algorithm: oneOf('RSA', 'EC'),
      keyLength: Type.Integer(),
      signatureAlgorithm: oneOf(...SIGNATURE_ALGORITHMS),
      subjectDN: Type.String(),
      issuerDN: Type.String(),
      usageType: UsageType,
      validityPeriod: Type.Integer(),
      serialNumber: Type.Integer(),
      default: Type.Boolean(),
      startsAt: Type.String(),
      expiresAt: Type.String(),
      status: oneOf('VALID', 'EXPIRING', 'EXPIRED', 'NOT_YET_VALID'),
      createdAt: Type.String(),
    },
    members: (stored) => ({
      startsAt: toTimestamp(Number(stored.body['startsAt'])),
      expiresAt: toTimestamp(Number(stored.body['expiresAt'])),
      status: statusOf(stored, now()),
      createdAt: toTimestamp(stored.createdAt),
    }),
  };
}

/** A member of a JSON text whose value is digits: inside of a text of JSON its quotes would be escaped. */
const SERIAL = /"serialNumber":"(\d+)"/g;

/**
 * The same route, its serial numbers written as the numbers that they are: they have up to 20 bytes (RFC 5280 §4.1.2.2), which no number
 * of JavaScript holds.
 */
export function withSerialNumbers(route: Route): Route {
  return {
    ...route,
    async handle(call) {
      const answer = await route.handle(call);
      if (answer.kind === 'error' || answer.body === undefined || Buffer.isBuffer(answer.body)) return answer;
      const text = JSON.stringify(answer.body).replace(SERIAL, '"serialNumber":$1');
      return reply(answer.status, Buffer.from(text), { ...answer.headers, 'content-type': 'application/json' });
    },
  };
}
