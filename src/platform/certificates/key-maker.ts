import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '../../kernel/clock.js';
import { days } from '../../kernel/duration.js';
import type { Random } from '../../kernel/random.js';
import { Redacted } from '../../kernel/sealed.js';
import { type CertificateTerms, selfSigned } from './x509.js';

/** Names of curves by the bits of their keys. */
const CURVES: Readonly<Record<number, string>> = { 224: 'secp224r1', 256: 'P-256', 384: 'P-384', 521: 'P-521' };
const newKeyPair = promisify(generateKeyPair);

/** What a key is to be, and what its certificate says. */
export interface KeyTerms extends Pick<CertificateTerms, 'subject' | 'issuer' | 'signatureAlgorithm'> {
  readonly algorithm: string;
  /** Bits. */
  readonly keyLength: number;
  /** Days from now. */
  readonly validityPeriod: number;
  /** Absent: one is drawn. */
  readonly serialNumber?: bigint;
}

/** A private key as PKCS #8, PEM, and the certificate that it signs itself, DER. */
export interface OwnedKey {
  readonly privateKey: Redacted<string>;
  readonly certificate: Buffer;
}

export interface KeyMaker {
  /** Takes a while, beside the event loop. */
  make(terms: KeyTerms): Promise<OwnedKey>;
}

export interface KeyMakerParts {
  readonly random: Pick<Random, 'bytes'>;
  readonly clock: Clock;
}

/** Makes keys one at a time: long ones would take the threads away from what every request needs. */
export function createKeyMaker({ random, clock }: KeyMakerParts): KeyMaker {
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }
  return {
    async make({ algorithm, keyLength, validityPeriod, serialNumber = newSerial(random), ...terms }) {
      const key = await inTurn(() => generate(algorithm, keyLength));
      // Whole seconds are all that a certificate can say (RFC 5280 §4.1.2.5).
      const from = Math.floor(clock.now() / 1000) * 1000;
      const certificate = selfSigned({ ...terms, serialNumber, from, until: from + days(validityPeriod), key });
      return { privateKey: new Redacted(pkcs8Of(key)), certificate };
    },
  };
}

/** A private key as it is sealed (RFC 5958), PEM. */
export const pkcs8Of = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Positive, and small enough for every reader of JSON. */
const newSerial = (random: Pick<Random, 'bytes'>): bigint => BigInt(random.bytes(6).readUIntBE(0, 6) + 1);

async function generate(algorithm: string, keyLength: number): Promise<KeyObject> {
  if (algorithm === 'RSA') return (await newKeyPair('rsa', { modulusLength: keyLength })).privateKey;
  return (await newKeyPair('ec', { namedCurve: CURVES[keyLength] ?? '' })).privateKey;
}
