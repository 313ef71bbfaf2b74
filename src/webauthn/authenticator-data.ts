import { type CborMap, isCborMap, readCbor } from './cbor.js';

/** Flags of authenticator data (WebAuthn L3 §6.1). */
export interface AuthenticatorFlags {
  readonly userPresent: boolean;
  readonly userVerified: boolean;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** The credential that a registration made (WebAuthn L3 §6.5.2). */
export interface AttestedCredential {
  /** 16 bytes. */
  readonly aaguid: Buffer;
  readonly credentialId: Buffer;
  /** The COSE key as the authenticator wrote it, and read. */
  readonly publicKey: Buffer;
  readonly cose: CborMap;
}

/** Authenticator data, taken apart (WebAuthn L3 §6.1). */
export interface AuthenticatorData {
  /** SHA-256 of the RP ID. */
  readonly rpIdHash: Buffer;
  readonly flags: AuthenticatorFlags;
  readonly signCount: number;
  /** In registrations. */
  readonly attested?: AttestedCredential;
}

/** WebAuthn L3 §7.1 step 25. */
const MAX_CREDENTIAL_ID = 1023;
const HEADER = 37;
const UP = 0x01;
const UV = 0x04;
const BE = 0x08;
const BS = 0x10;
const AT = 0x40;
const ED = 0x80;

/**
 * Reads authenticator data to its last byte: what flags announce is there, and nothing else is (SEC-30). `undefined` when it does
 * not read so; a credential id is 1 to 1023 bytes long (SEC-25).
 */
export function parseAuthenticatorData(bytes: Buffer): AuthenticatorData | undefined {
  const bits = bytes[32];
  if (bytes.length < HEADER || bits === undefined) return undefined;
  const data = {
    rpIdHash: bytes.subarray(0, 32),
    flags: {
      userPresent: (bits & UP) !== 0,
      userVerified: (bits & UV) !== 0,
      backupEligible: (bits & BE) !== 0,
      backedUp: (bits & BS) !== 0,
    },
    signCount: bytes.readUInt32BE(33),
  };
  const credential = (bits & AT) === 0 ? undefined : readCredential(bytes);
  if ((bits & AT) !== 0 && !credential) return undefined;
  const end = endOfExtensions(bytes, credential?.end ?? HEADER, (bits & ED) !== 0);
  if (end !== bytes.length) return undefined;
  return credential ? { ...data, attested: credential.attested } : data;
}

function readCredential(bytes: Buffer): { readonly attested: AttestedCredential; readonly end: number } | undefined {
  if (bytes.length < HEADER + 18) return undefined;
  const length = bytes.readUInt16BE(HEADER + 16);
  const keyAt = HEADER + 18 + length;
  if (length === 0 || length > MAX_CREDENTIAL_ID || keyAt > bytes.length) return undefined;
  const key = readCbor(bytes, keyAt);
  if (!key || !isCborMap(key.value)) return undefined;
  return {
    attested: {
      aaguid: bytes.subarray(HEADER, HEADER + 16),
      credentialId: bytes.subarray(HEADER + 18, keyAt),
      publicKey: bytes.subarray(keyAt, key.end),
      cose: key.value,
    },
    end: key.end,
  };
}

/** Extension outputs are a map; this server asks for none and reads none. */
function endOfExtensions(bytes: Buffer, start: number, announced: boolean): number | undefined {
  if (!announced) return start;
  const item = readCbor(bytes, start);
  return item && isCborMap(item.value) ? item.end : undefined;
}
