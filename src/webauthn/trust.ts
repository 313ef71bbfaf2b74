import { createHash } from 'node:crypto';
import type { Instant } from '../kernel/clock.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Certificate } from './certificate.js';
import { leadsToAnchor } from './chain.js';
import { readInside, readWhole, SEQUENCE } from './der.js';
import type { CeremonyProblem } from './problem.js';
import type { Registration } from './registration.js';

/** What a policy asks of authenticators (`30` §2.2 `mdsAuthenticatorsRequirements.option`). */
export type AuthenticatorDemand = 'NONE' | 'AUDIT_ONLY' | 'GLOBAL' | 'CERTIFIED' | 'SPECIFIC';

export interface AuthenticatorDemands {
  readonly option: AuthenticatorDemand;
  /** Metadata ids, with `SPECIFIC`. */
  readonly allowed: readonly string[];
}

/** A model of authenticator, as metadata describes it (FIDO MDS 3.1 §3.1.1, §3.1.3). */
export interface AuthenticatorModel {
  /** The metadata id (`20` §15). */
  readonly id: string;
  /** Of FIDO2 models, as a UUID. */
  readonly aaguid?: string;
  /** Of U2F models: SHA-1 of the keys of their attestation certificates, in hexadecimal digits. */
  readonly keyIdentifiers: readonly string[];
  readonly description: string;
  readonly anchors: readonly Certificate[];
  readonly certified: boolean;
  /** What a status report says of all of them, or of those under a certificate (hexadecimal SHA-1 of its key). */
  readonly compromised: boolean | readonly string[];
}

/** The models that are known, by their id. */
export type AuthenticatorModels = ReadonlyMap<string, AuthenticatorModel>;

/** What is kept of the attestation: which model it is, and whether that was proved. */
export interface Provenance {
  readonly aaguid: string;
  readonly modelId?: string;
  /** By a chain to an anchor of that model. */
  readonly isProved: boolean;
}

/**
 * Whether a policy takes the authenticator that registered. A model counts as known only when its metadata has an anchor to which
 * the certificates lead (SEC-29): an AAGUID alone is what anybody can write. `NONE` and `AUDIT_ONLY` take every authenticator, and
 * record what could be proved (`20` §8.3).
 */
export function judgeAuthenticator(
  registration: Registration,
  demands: AuthenticatorDemands,
  models: AuthenticatorModels,
  now: Instant,
): Outcome<Provenance, CeremonyProblem> {
  const { proof } = registration;
  const aaguid = uuidOf(registration.aaguid);
  const model = modelOf(registration, models);
  const isProved = proof.kind === 'certified' && model !== undefined && leadsToAnchor(proof.chain, model.anchors, now);
  const provenance = { aaguid, ...(model ? { modelId: model.id } : {}), isProved };
  if (demands.option === 'NONE' || demands.option === 'AUDIT_ONLY') return accept(provenance);
  const chain = proof.kind === 'certified' ? proof.chain.map(keyIdentifierOf) : [];
  const problem = demandProblem(provenance, demands, models, chain);
  return problem ? reject(problem) : accept(provenance);
}

/** The same for an authenticator that was registered earlier, at each authentication where the policy asks so (`30` §2.2). */
export function demandProblem(
  { modelId, isProved }: Provenance,
  { option, allowed }: AuthenticatorDemands,
  models: AuthenticatorModels,
  chain: readonly string[] = [],
): CeremonyProblem | undefined {
  if (option === 'NONE' || option === 'AUDIT_ONLY') return undefined;
  const model = modelId === undefined ? undefined : models.get(modelId);
  if (!model || !isProved) return 'UNTRUSTED';
  const { compromised } = model;
  if (compromised === true) return 'COMPROMISED';
  if (compromised !== false && compromised.some((identifier) => chain.includes(identifier))) return 'COMPROMISED';
  if (option === 'CERTIFIED' && !model.certified) return 'NOT_ALLOWED';
  return option === 'SPECIFIC' && !allowed.includes(model.id) ? 'NOT_ALLOWED' : undefined;
}

/** By AAGUID; U2F tokens sign none, so theirs is looked up by the keys of their certificates. */
function modelOf({ format, aaguid, proof }: Registration, models: AuthenticatorModels): AuthenticatorModel | undefined {
  const all = [...models.values()];
  if (format !== 'fido-u2f') return all.find((model) => model.aaguid === uuidOf(aaguid));
  const chain = proof.kind === 'certified' ? proof.chain.map(keyIdentifierOf) : [];
  return all.find(({ keyIdentifiers }) => keyIdentifiers.some((identifier) => chain.includes(identifier)));
}

/** RFC 5280 §4.2.1.2, method 1: SHA-1 of the key's bits. It names a key and proves nothing. */
export function keyIdentifierOf({ publicKey }: Certificate): string {
  const bits = readInside(readWhole(publicKey.export({ type: 'spki', format: 'der' })), SEQUENCE)?.[1];
  return createHash('sha1')
    .update(bits?.content.subarray(1) ?? Buffer.alloc(0))
    .digest('hex');
}

/** The first 16 bytes in the form of a UUID. */
export function uuidOf(aaguid: Buffer): string {
  const hex = aaguid.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
