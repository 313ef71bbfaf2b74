import type { Instant } from '../../kernel/clock.js';
import { oneOf } from '../../kernel/document-schema.js';
import { days } from '../../kernel/duration.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Rule } from '../managed/resource.js';
import type { DocumentKind, StoredDocument } from '../model.js';
import { commonNameIn, spokenName } from './name.js';
import type { CertificateFacts } from './x509.js';

/** What a key or a certificate is for. */
export const UsageType = oneOf('ENCRYPTION', 'SIGNING', 'SSL/TLS', 'ISSUANCE', 'OUTBOUND_MTLS');

/** Members of a stored key or certificate that are not shown as they are stored. */
export const UNSHOWN: readonly string[] = ['certificate'];

/** What is stored of a certificate, beside what it is called and used for: its facts, and itself. */
export function storedFacts(facts: CertificateFacts, der: Buffer): JsonObject {
  const { algorithm, keyLength, signatureAlgorithm, serialNumber, from, until } = facts;
  return {
    algorithm,
    keyLength,
    signatureAlgorithm,
    serialNumber,
    startsAt: from,
    expiresAt: until,
    validityPeriod: Math.round((until - from) / days(1)),
    certificate: der.toString('base64'),
  };
}

/** The same of a key whose names are those of its certificate. */
export function namedFacts(facts: CertificateFacts, der: Buffer): JsonObject {
  const { subject, issuer } = facts;
  return {
    name: keyNameOf(facts),
    subjectDN: spokenName(subject),
    issuerDN: spokenName(issuer),
    ...storedFacts(facts, der),
  };
}

/** What a key is called after its certificate: the subject, and the issuer when that is another, as the public clients' tests have it. */
export function keyNameOf({ subject, issuer }: Pick<CertificateFacts, 'subject' | 'issuer'>): string {
  const [own, others] = [subject, issuer].map((name) => commonNameIn(name) ?? spokenName(name));
  return spokenName(subject) === spokenName(issuer) ? `${own}` : `${own} (${others})`;
}

/** The certificate of a key, or the one that was imported, DER. */
export function certificateOf({ body }: Pick<StoredDocument, 'body'>): Buffer {
  return Buffer.from(String(body['certificate']), 'base64');
}

/** From so long before its end on a certificate is said to expire. */
const SOON = days(30);

/** How a certificate stands. Nobody revokes one here. */
export function statusOf({ body }: Pick<StoredDocument, 'body'>, now: Instant): string {
  const [from, until] = [Number(body['startsAt']), Number(body['expiresAt'])];
  if (now < from) return 'NOT_YET_VALID';
  if (now >= until) return 'EXPIRED';
  return now >= until - SOON ? 'EXPIRING' : 'VALID';
}

/** Of those with one use at most one is the default; it moves to whoever asks for it, and can be given up. */
export function oneDefaultOfUsage(kind: DocumentKind): Rule {
  return {
    reads: () => [{ kind }],
    changes: ({ document, id, now }, others) =>
      others
        .of(kind)
        .filter(({ id: other, body }) => other !== id && body['default'] === true && document['default'] === true)
        .filter(({ body }) => body['usageType'] === document['usageType'])
        .map((former) => ({
          ...former,
          body: { ...former.body, default: false },
          updatedAt: Math.max(now, former.updatedAt),
        })),
  };
}
