import type { Millis } from '../../kernel/clock.js';
import { minutes, toMillis } from '../../kernel/duration.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import type { AuthenticatorDemands } from '../../webauthn/trust.js';
import type { PolicyId } from '../model.js';
import { isFido2PolicyDocument } from './fido2-policy-document.js';

/** What a FIDO policy means at run time, the documented defaults applied (`30` §2.2, §2.4). */
export interface Fido2Policy {
  /** Absent: the factory policy of an environment that has none. */
  readonly id?: PolicyId;
  readonly relyingPartyId: string;
  readonly deviceDisplayName: string;
  /** As WebAuthn writes it. */
  readonly attestation: 'none' | 'direct' | 'enterprise';
  /** Absent: either. */
  readonly attachment?: 'platform' | 'cross-platform';
  readonly residentKey: 'discouraged' | 'preferred' | 'required';
  readonly userVerification: { readonly option: 'required' | 'preferred' | 'discouraged'; readonly enforced: boolean };
  readonly backupEligible: { readonly allowed: boolean; readonly enforced: boolean };
  readonly authenticators: AuthenticatorDemands & { readonly enforced: boolean };
  readonly timeout: Millis;
  readonly hints: readonly string[];
  readonly aggregatesDevices: boolean;
  readonly nameAttributes: readonly { readonly name: string; readonly subAttributes: readonly string[] }[];
}

const DEFAULT_TIMEOUT = minutes(2);

/** `undefined` when the document is no FIDO policy. Members that are `null` count as absent. */
export function parseFido2Policy(document: JsonObject, id?: PolicyId): Fido2Policy | undefined {
  if (!isFido2PolicyDocument(document)) return undefined;
  const { mdsAuthenticatorsRequirements: mds, userVerification, backupEligibility, authenticatorAttachment } = document;
  const { userPresenceTimeout, publicKeyCredentialHints = [], userDisplayNameAttributes } = document;
  return {
    ...(id === undefined ? {} : { id }),
    relyingPartyId: document.relyingPartyId,
    deviceDisplayName: document.deviceDisplayName,
    attestation: lowerCase(document.attestationRequirements),
    ...(authenticatorAttachment === 'BOTH' ? {} : { attachment: ATTACHMENTS[authenticatorAttachment] }),
    residentKey: lowerCase(document.discoverableCredentials),
    userVerification: {
      option: lowerCase(userVerification.option),
      enforced: userVerification.enforceDuringAuthentication,
    },
    backupEligible: { allowed: backupEligibility.allow, enforced: backupEligibility.enforceDuringAuthentication },
    authenticators: {
      option: mds.option,
      allowed: (mds.allowedAuthenticators ?? []).map((authenticator) => authenticator.id),
      enforced: mds.enforceDuringAuthentication,
    },
    timeout: userPresenceTimeout ? toMillis(userPresenceTimeout) : DEFAULT_TIMEOUT,
    hints: publicKeyCredentialHints.map((hint) => lowerCase(hint).replace('_', '-')),
    aggregatesDevices: document.aggregateDevices ?? false,
    nameAttributes: userDisplayNameAttributes.attributes.map(({ name, subAttributes = [] }) => ({
      name,
      subAttributes: subAttributes.map((part) => part.name),
    })),
  };
}

const ATTACHMENTS = { PLATFORM: 'platform', CROSS_PLATFORM: 'cross-platform' } as const;

function lowerCase<T extends string>(text: T): Lowercase<T> {
  // TypeScript does not know what `toLowerCase` makes of a literal.
  return text.toLowerCase() as Lowercase<T>;
}

/** The name that an authenticator shows: the first attribute that is not empty, in the policy's order (`20` §8.2). */
export function fido2UserName(
  { nameAttributes }: Fido2Policy,
  { username, profile }: { readonly username: string; readonly profile: JsonObject },
): string {
  for (const { name, subAttributes } of nameAttributes) {
    const value = name === 'username' ? username : profile[name];
    const text = isJsonObject(value)
      ? subAttributes
          .map((part) => value[part])
          .filter((part) => typeof part === 'string' && part !== '')
          .join(' ')
      : value;
    if (typeof text === 'string' && text !== '') return text;
  }
  return username;
}
