import type { Requester } from '../../audit/record.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedService, Place } from '../managed/service.js';
import type { StoredDocument } from '../model.js';
import { certificates } from './certificate.js';
import { certificateIn, NO_CERTIFICATE } from './files.js';
import { commonNameIn, writtenName } from './name.js';
import { storedFacts } from './stored.js';
import { readCertificate } from './x509.js';

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
        const problem = { problem: 'invalid', target: 'file', message: NO_CERTIFICATE } as const;
        return reject({ kind: 'InvalidDocument', problems: [problem] });
      }
      const [subjectDN, issuerDN] = [writtenName(facts.subject), writtenName(facts.issuer)];
      const name = commonNameIn(facts.subject) ?? subjectDN;
      const stored = { name, subjectDN, issuerDN, ...storedFacts(facts, der) };
      return managed.create(certificates(stored), place, { usageType }, by);
    },
  };
}
