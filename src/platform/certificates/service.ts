import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Requester } from '../../audit/record.js';
import type { Clock } from '../../kernel/clock.js';
import { days } from '../../kernel/duration.js';
import type { JsonObject } from '../../kernel/json.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { Redacted } from '../../kernel/sealed.js';
import type { ManagedRejection } from '../managed/rejection.js';
import type { ManagedService, Place } from '../managed/service.js';
import type { StoredDocument } from '../model.js';
import { certificates } from './certificate.js';
import { certificateIn } from './files.js';
import { changedKeys, keys, type MadeKey } from './key.js';
import { parseName, writtenName } from './name.js';
import { storedFacts } from './stored.js';
import { readCertificate, SIGNATURE_ALGORITHMS, selfSigned } from './x509.js';

/** Names of curves by the bits of their keys. */
const CURVES: Readonly<Record<number, string>> = { 224: 'secp224r1', 256: 'P-256', 384: 'P-384', 521: 'P-521' };
const newKeyPair = promisify(generateKeyPair);

interface KeyParts {
  readonly managed: ManagedService;
  readonly random: Pick<Random, 'bytes'>;
  readonly clock: Clock;
}

/** The commands of managed resources on keys: making one takes a while, beside the event loop. */
export function createKeyService({ managed, random, clock }: KeyParts): ManagedService {
  // One at a time: long keys would take the threads away from what every request needs.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function made(document: JsonObject): Promise<MadeKey | undefined> {
    const { subjectDN, issuerDN = subjectDN, keyLength, algorithm, validityPeriod, serialNumber } = document;
    const [subject, issuer] = [parseName(String(subjectDN)), parseName(String(issuerDN))];
    const signatureAlgorithm = SIGNATURE_ALGORITHMS.find((name) => name === document['signatureAlgorithm']);
    if (!subject || !issuer || !signatureAlgorithm) return undefined;
    const key = await inTurn(() => generate(String(algorithm), Number(keyLength)));
    // Whole seconds are all that a certificate can say (RFC 5280 §4.1.2.5).
    const from = Math.floor(clock.now() / 1000) * 1000;
    const der = selfSigned({
      serialNumber: serialNumber === undefined ? newSerial(random) : BigInt(Number(serialNumber)),
      subject,
      issuer,
      from,
      until: from + days(Number(validityPeriod)),
      signatureAlgorithm,
      key,
    });
    const facts = readCertificate(der);
    if (!facts) throw new TypeError('a certificate that was just made does not read');
    return {
      privateKey: new Redacted(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
      facts: storedFacts(facts, der),
    };
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

/** Positive, and small enough for every reader of JSON. */
const newSerial = (random: Pick<Random, 'bytes'>): bigint => BigInt(random.bytes(6).readUIntBE(0, 6) + 1);

async function generate(algorithm: string, keyLength: number): Promise<KeyObject> {
  if (algorithm === 'RSA') return (await newKeyPair('rsa', { modulusLength: keyLength })).privateKey;
  return (await newKeyPair('ec', { namedCurve: CURVES[keyLength] ?? '' })).privateKey;
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
