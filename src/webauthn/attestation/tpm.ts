import { createHash } from 'node:crypto';
import { algorithmOf, verifySignature } from '../algorithm.js';
import { type Certificate, directoryNameOf } from '../certificate.js';
import { importPublicKey } from '../cose-key.js';
import { oidOf, readInside, readWhole, SEQUENCE } from '../der.js';
import {
  type AttestationContext,
  type AttestationProof,
  bytesIn,
  chainIn,
  hasExactly,
  namesAaguid,
  toBeSigned,
} from './statement.js';
import { publicAreaOf, readCertifyInfo } from './tpm-structures.js';

const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const ATTESTATION_KEY = '2.23.133.8.3';
/** Manufacturer, model and version of a TPM (TCG EK profile §3.2.9). */
const TPM_ATTRIBUTES = ['2.23.133.2.1', '2.23.133.2.2', '2.23.133.2.3'];

/** WebAuthn L3 §8.3: the TPM certifies that it holds the credential's key, and that it does so for this ceremony. */
export function tpm(context: AttestationContext): AttestationProof | undefined {
  const { statement, key, attested } = context;
  const alg = statement.get('alg');
  const [sig, certInfo, pubArea] = ['sig', 'certInfo', 'pubArea'].map((name) => bytesIn(statement, name));
  if (!hasExactly(statement, ['ver', 'alg', 'x5c', 'sig', 'certInfo', 'pubArea'])) return undefined;
  if (statement.get('ver') !== '2.0' || typeof alg !== 'number' || !sig || !certInfo || !pubArea) return undefined;
  const area = publicAreaOf(pubArea);
  const info = readCertifyInfo(certInfo);
  const hash = algorithmOf(alg)?.hash;
  if (!area || !info || !hash) return undefined;

  if (!importPublicKey(area.jwk)?.equals(key.key)) return undefined;
  if (!info.extraData.equals(createHash(hash).update(toBeSigned(context)).digest())) return undefined;
  if (!info.name.equals(area.name)) return undefined;

  const chain = chainIn(statement);
  if (!chain || !isAttestationKey(chain[0]) || !namesAaguid(chain[0], attested.aaguid)) return undefined;
  return verifySignature(alg, chain[0].publicKey, certInfo, sig) ? { kind: 'certified', chain } : undefined;
}

/** WebAuthn L3 §8.3.1. Which manufacturers there are is for the trust anchors to say. */
function isAttestationKey({ version, subject, extensions, x509 }: Certificate): boolean {
  const alternative = extensions.get(SUBJECT_ALTERNATIVE_NAME);
  const name = alternative && directoryNameOf(alternative);
  const usage = extensions.get(EXTENDED_KEY_USAGE);
  const usages = usage && readInside(readWhole(usage.value), SEQUENCE)?.map(oidOf);
  return (
    version === 3 &&
    subject.size === 0 &&
    TPM_ATTRIBUTES.every((oid) => (name?.get(oid) ?? '') !== '') &&
    usages?.includes(ATTESTATION_KEY) === true &&
    !x509.ca
  );
}
