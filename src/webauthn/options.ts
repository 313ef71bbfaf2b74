import { OFFERED_ALGORITHMS } from './algorithm.js';
import { signedBytes } from './bytes.js';

/** A relying party as a device keeps it (`20` §8.1). */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
}

/** A credential to be offered or excluded. */
export interface KnownCredential {
  readonly id: Buffer;
  readonly transports: readonly string[];
}

export type UserVerification = 'required' | 'preferred' | 'discouraged';

export interface CreationOptions {
  readonly rp: RelyingParty;
  /** 32 bytes that mean this user and nothing to anyone else. */
  readonly userHandle: Buffer;
  readonly userName: string;
  readonly challenge: Buffer;
  /** Milliseconds. */
  readonly timeout: number;
  readonly exclude: readonly KnownCredential[];
  /** Absent: either. */
  readonly attachment?: 'platform' | 'cross-platform';
  readonly residentKey: UserVerification;
  readonly userVerification: UserVerification;
  readonly attestation: 'none' | 'direct' | 'enterprise';
  readonly hints: readonly string[];
}

export interface RequestOptions {
  readonly challenge: Buffer;
  /** Milliseconds. */
  readonly timeout: number;
  readonly rpId: string;
  /** Empty: whatever the authenticator discovers. */
  readonly allow: readonly KnownCredential[];
  readonly userVerification: UserVerification;
  readonly hints: readonly string[];
}

/**
 * `publicKeyCredentialCreationOptions` as the wire has it: a text of JSON with bytes as signed numbers, and algorithms as texts
 * (`20` §8.2). The order of members is that of the documented sample.
 */
export function creationOptionsText(options: CreationOptions): string {
  const { rp, userHandle, userName, challenge, timeout, exclude, attachment, residentKey, userVerification } = options;
  return JSON.stringify({
    rp: { id: rp.id, name: rp.name },
    user: { id: signedBytes(userHandle), displayName: userName, name: userName },
    challenge: signedBytes(challenge),
    pubKeyCredParams: OFFERED_ALGORITHMS.map((alg) => ({ type: 'public-key', alg: String(alg) })),
    timeout,
    excludeCredentials: exclude.map(({ id, transports }) => ({
      type: 'public-key',
      id: signedBytes(id),
      ...(transports.length > 0 ? { transports } : {}),
    })),
    authenticatorSelection: {
      ...(attachment ? { authenticatorAttachment: attachment } : {}),
      requireResidentKey: residentKey === 'required',
      residentKey,
      userVerification,
    },
    attestation: options.attestation,
    ...hintsMember(options.hints),
  });
}

/** `publicKeyCredentialRequestOptions` as the wire has it: a text of JSON with bytes as signed numbers (`10` §11.1). */
export function requestOptionsText({
  challenge,
  timeout,
  rpId,
  allow,
  userVerification,
  hints,
}: RequestOptions): string {
  return JSON.stringify({
    challenge: signedBytes(challenge),
    timeout,
    rpId,
    allowCredentials: allow.map(({ id }) => ({ type: 'public-key', id: signedBytes(id) })),
    userVerification,
    ...hintsMember(hints),
  });
}

/** Only where a policy has any (`10` §11.1). */
function hintsMember(hints: readonly string[]): { readonly hints?: readonly string[] } {
  return hints.length > 0 ? { hints } : {};
}
