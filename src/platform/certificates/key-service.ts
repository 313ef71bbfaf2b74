import { createPrivateKey } from 'node:crypto';
import type { Requester } from '../../audit/record.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Vault } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import { Redacted } from '../../kernel/sealed.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedService, Place } from '../managed/service.js';
import type { StoredDocument } from '../model.js';
import { certificateIn, NO_CERTIFICATE } from './files.js';
import { certifiedKeys, changedKeys, importedKeys, keys, type MadeKey } from './key.js';
import { type KeyMaker, pkcs8Of } from './key-maker.js';
import { parseName } from './name.js';
import { readPkcs12 } from './pkcs12.js';
import { signingRequest } from './signing-request.js';
import { certificateOf, namedFacts, storedFacts } from './stored.js';
import { readCertificate, SIGNATURE_ALGORITHMS, type SignatureAlgorithm } from './x509.js';

type Result<T> = Promise<Outcome<T, ManagedRejection>>;

/** Keys are made or imported, and read, changed and deleted as other documents are. */
export interface KeyService extends ManagedService {
  /** A PKCS #12 file with a private key and its certificate. */
  import(place: Place, file: Buffer, password: string, usageType: string, by?: Requester): Result<StoredDocument>;
  /** What an authority is asked with for a certificate (RFC 2986), DER. */
  signingRequest(place: Place, id: Uuid): Result<Buffer>;
  /** The authority's answer: a certificate in the place of the one that is there. */
  certify(place: Place, id: Uuid, file: Buffer, by?: Requester): Result<StoredDocument>;
}

interface KeyParts {
  readonly managed: ManagedService;
  readonly keyMaker: KeyMaker;
  readonly vault: Pick<Vault, 'open'>;
}

export function createKeyService({ managed, keyMaker, vault }: KeyParts): KeyService {
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
    async import(place, file, password, usageType, by) {
      const pair = await readPkcs12(file, password);
      const facts = pair && readCertificate(pair.certificate);
      if (!pair || !facts) return noFile(NO_KEYSTORE);
      const privateKey = new Redacted(pkcs8Of(pair.key));
      const imported = importedKeys({ privateKey, facts: namedFacts(facts, pair.certificate) });
      return managed.create(imported, place, { usageType }, by);
    },
    async signingRequest(place, id) {
      const found = await managed.read(keys(), place, id);
      if (!found.ok) return found;
      const { secret, body } = found.value;
      if (!secret) throw new TypeError(`key ${id} has no private half`);
      const key = createPrivateKey(vault.open(secret));
      return accept(await signingRequest(key, certificateOf(found.value), requestedBy(body)));
    },
    async certify(place, id, file, by) {
      const der = certificateIn(file);
      const facts = der && readCertificate(der);
      if (!der || !facts) return noFile(NO_CERTIFICATE);
      return managed.replace(certifiedKeys(namedFacts(facts, der)), place, id, {}, by);
    },
  };
}

const NO_KEYSTORE =
  'must be a PKCS #12 file with an RSA or EC key and its certificate, open or encrypted by PBES2 under this password';

function noFile(message: string): Outcome<never, ManagedRejection> {
  return reject({ kind: 'InvalidDocument', problems: [{ problem: 'invalid', target: 'file', message }] });
}

/** As its certificate is signed, where that is by a key of its own kind: an authority's may be of the other. */
function requestedBy({ algorithm, signatureAlgorithm }: JsonObject): SignatureAlgorithm {
  const suffix = algorithm === 'RSA' ? 'withRSA' : 'withECDSA';
  const fitting = SIGNATURE_ALGORITHMS.filter((name) => name.endsWith(suffix));
  return (
    fitting.find((name) => name === signatureAlgorithm) ?? (algorithm === 'RSA' ? 'SHA256withRSA' : 'SHA256withECDSA')
  );
}
