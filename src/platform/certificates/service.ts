import type { Requester } from '../../audit/record.js';
import type { JsonObject } from '../../kernel/json.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedService, Place } from '../managed/service.js';
import type { StoredDocument } from '../model.js';
import { certificates } from './certificate.js';
import { certificateIn } from './files.js';
import { changedKeys, keys, type MadeKey } from './key.js';
import type { KeyMaker } from './key-maker.js';
import { parseName, writtenName } from './name.js';
import { storedFacts } from './stored.js';
import { readCertificate, SIGNATURE_ALGORITHMS } from './x509.js';

interface KeyParts {
  readonly managed: ManagedService;
  readonly keyMaker: KeyMaker;
}

/** The commands of managed resources on keys. */
export function createKeyService({ managed, keyMaker }: KeyParts): ManagedService {
  async function made(document: JsonObject): Promise<MadeKey | undefined> {
    const { subjectDN, issuerDN = subjectDN, keyLength, algorithm, validityPeriod, serialNumber } = document;
    const [subject, issuer] = [parseName(String(subjectDN)), parseName(String(issuerDN))];
    const signatureAlgorithm = SIGNATURE_ALGORITHMS.find((name) => name === document['signatureAlgorithm']);
    if (!subject || !issuer || !signatureAlgorithm) return undefined;
    const { privateKey, certificate } = await keyMaker.make({
      algorithm: String(algorithm),
      keyLength: Number(keyLength),
      subject,
      issuer,
      signatureAlgorithm,
      validityPeriod: Number(validityPeriod),
      ...(serialNumber === undefined ? {} : { serialNumber: BigInt(Number(serialNumber)) }),
    });
    const facts = readCertificate(certificate);
    if (!facts) throw new TypeError('a certificate that was just made does not read');
    return { privateKey, facts: storedFacts(facts, certificate) };
  }

  return {
    ...managed,
    async create(resource, place, document, by) {
      const isRight = resource.rules.every((rule) => (rule.check?.(document) ?? []).length === 0);
      return managed.create(isRight ? keys(await made(document)) : resource, place, document, by);
    },
    replace: (_, place, id, document, by) => managed.replace(changedKeys, place, id, document, by),
  };
}

/** Certificates are imported, and read and deleted as other documents are. */
export interface CertificateService extends ManagedService {
  import(
    place: Place,
    file: Buffer,
    usageType: string,
    by?: Requester,
  ): Promise<Outcome<StoredDocument, ManagedRejection>>;
}

export function createCertificateService(managed: ManagedService): CertificateService {
  return {
    ...managed,
    async import(place, file, usageType, by) {
      const der = certificateIn(file);
      const facts = der && readCertificate(der);
      if (!der || !facts) {
        const message = 'must be an X.509 certificate with an RSA or EC key, as PEM, DER or PKCS #7';
        return reject({ kind: 'InvalidDocument', problems: [{ problem: 'invalid', target: 'file', message }] });
      }
      const [subjectDN, issuerDN] = [writtenName(facts.subject), writtenName(facts.issuer)];
      const name = facts.subject.findLast(({ type }) => type === 'CN')?.value ?? subjectDN;
      const stored = { name, subjectDN, issuerDN, ...storedFacts(facts, der) };
      return managed.create(certificates(stored), place, { usageType }, by);
    },
  };
}
