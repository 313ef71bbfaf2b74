import { createHash } from 'node:crypto';
import type { JsonObject } from '../kernel/json.js';
import type { Protected } from '../kernel/sealed.js';
import { Redacted } from '../kernel/sealed.js';
import type { Registration } from '../webauthn/registration.js';
import type { Provenance } from '../webauthn/trust.js';
import type { Device } from './model.js';

/** What a FIDO2 device keeps in clear; its public key is sealed, bound to the device (SEC-67). */
export interface CredentialDetails {
  readonly rp: { readonly id: string; readonly name: string };
  /** The rest once it is active. base64url. */
  readonly credentialId?: string;
  readonly signCount: number;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly isCrossPlatform?: boolean;
  readonly provenance?: Provenance;
  readonly format?: string;
  /** As its metadata describes it. */
  readonly modelName?: string;
}

/** Reads what `credentialDetails` wrote. */
export function detailsOf({ details }: Pick<Device, 'details'>): CredentialDetails {
  // Written by this server alone, with the row's other members under the same version.
  return details as unknown as CredentialDetails;
}

export function asDetails(details: CredentialDetails): JsonObject {
  return details as unknown as JsonObject;
}

/** The WebAuthn id of a user: the same for all devices, and nothing to anyone who does not know the ids (`20` §8.2). */
export function userHandleOf(environmentId: string, userId: string): Buffer {
  return createHash('sha256').update(`webauthn user\n${environmentId}\n${userId}`).digest();
}

/** Names a credential in its environment. */
export function credentialKeyOf(credentialId: Buffer): string {
  return createHash('sha256').update(credentialId).digest('base64url');
}

/** Credential id and public key as one sealed text, so that neither can be exchanged in the database (SEC-67). */
export function sealedCredential({
  credentialId,
  publicKey,
}: Pick<Registration, 'credentialId' | 'publicKey'>): Protected {
  return new Redacted(`${credentialId.toString('base64url')}.${publicKey.toString('base64url')}`);
}

/** The public key of a device that was registered; a fault when it is another credential's. */
export function publicKeyOf(device: Device, open: (value: Protected) => string): Buffer {
  const [credentialId, publicKey] = device.secret ? open(device.secret).split('.') : [];
  if (publicKey === undefined || credentialId !== detailsOf(device).credentialId)
    throw new TypeError(`the credential of device ${device.id} does not fit its row`);
  return Buffer.from(publicKey, 'base64url');
}
