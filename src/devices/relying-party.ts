import { type Fido2Policy, parseFido2Policy } from '../policies/fido2/fido2-policy.js';
import { factoryFido2Policies } from '../policies/fido2/fido2-policy-document.js';
import type { Configuration, DeviceAuthenticationPolicy } from '../policies/model.js';
import type { KnownAuthenticators } from '../webauthn/metadata/entry.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';
import type { Deployment } from './eligibility.js';

/** As what FIDO2 devices know this server, and what it knows of them; a fact of decisions. */
export interface RelyingPartyTerms {
  /** The host of the server's own pages: the RP ID of a policy that nobody has written (`30` §2.3). */
  readonly relyingPartyId: string;
  /** Whether a page on a subdomain of the RP ID may run a ceremony; off in the `strict` profile (SEC-25). */
  readonly allowsSubdomains: boolean;
  /** Authenticators of the metadata in force; absent: none. */
  readonly metadata?: KnownAuthenticators;
}

const NOBODY: RelyingPartyTerms = { relyingPartyId: 'localhost', allowsSubdomains: true };
const NO_MODELS: AuthenticatorModels = new Map();

export function relyingPartyTerms({ relyingParty = NOBODY }: Pick<Deployment, 'relyingParty'>): RelyingPartyTerms {
  return relyingParty;
}

/**
 * The models that count in an environment (`20` §15): those of the metadata, and below them its own, which neither hide nor mend what the
 * metadata says of a model (SEC-29).
 */
export function authenticatorsUnder(
  { ownAuthenticators }: Pick<Configuration, 'ownAuthenticators'>,
  deployment: Pick<Deployment, 'relyingParty'>,
): AuthenticatorModels {
  const known = relyingPartyTerms(deployment).metadata?.models() ?? NO_MODELS;
  const own = ownAuthenticators?.() ?? NO_MODELS;
  if (own.size === 0) return known;
  return new Map([...known, ...[...own].filter(([id]) => !known.has(id))]);
}

/**
 * The FIDO policy under a device authentication policy: the one that it names, else the environment's default (`30` §1.3.5), else
 * the factory's first. One that was deleted meanwhile is replaced as a device authentication policy is (`10` §4.1).
 */
export function fido2PolicyUnder(
  { methods }: DeviceAuthenticationPolicy,
  { fido2Policies, defaultFido2Policy }: Configuration,
  deployment: Deployment,
): Fido2Policy {
  const { fido2PolicyId } = methods.fido2;
  const named = fido2PolicyId === undefined ? undefined : fido2Policies.get(fido2PolicyId);
  return named ?? defaultFido2Policy ?? factoryPolicy(relyingPartyTerms(deployment).relyingPartyId);
}

function factoryPolicy(relyingPartyId: string): Fido2Policy {
  const policy = parseFido2Policy(factoryFido2Policies(relyingPartyId)[0]);
  if (!policy) throw new TypeError(`the factory FIDO policy does not fit the relying party ${relyingPartyId}`);
  return policy;
}
