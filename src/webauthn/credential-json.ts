import { isJsonObject, type JsonObject } from '../kernel/json.js';
import { decodeBase64 } from './bytes.js';

/** What a browser made of `navigator.credentials.create` (`20` §8.3). */
export interface AttestationJson {
  readonly credentialId: Buffer;
  readonly clientDataJson: Buffer;
  readonly attestationObject: Buffer;
  /** How the authenticator can be reached, as far as the browser says and WebAuthn L3 §5.8.4 knows. */
  readonly transports: readonly string[];
}

/** What a browser made of `navigator.credentials.get` (`10` §11.3). */
export interface AssertionJson {
  readonly credentialId: Buffer;
  readonly clientDataJson: Buffer;
  readonly authenticatorData: Buffer;
  readonly signature: Buffer;
  /** Absent also where it was sent as `null` or `""`. */
  readonly userHandle?: Buffer;
}

const MAX_CREDENTIAL_ID = 1023;
const TRANSPORTS = ['ble', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** `undefined` unless it is JSON text of such a credential; an object instead of a text is none (`20` §8.3). */
export function parseAttestationJson(text: string): AttestationJson | undefined {
  const credential = credentialOf(text);
  if (!credential) return undefined;
  const { credentialId, response } = credential;
  const clientDataJson = bytesOf(response['clientDataJSON']);
  const attestationObject = bytesOf(response['attestationObject']);
  if (!clientDataJson || !attestationObject) return undefined;
  return { credentialId, clientDataJson, attestationObject, transports: transportsOf(response['transports']) };
}

/** `undefined` unless it is JSON text of such a credential; an object instead of a text is none (`10` §7.4). */
export function parseAssertionJson(text: string): AssertionJson | undefined {
  const credential = credentialOf(text);
  if (!credential) return undefined;
  const { credentialId, response } = credential;
  const clientDataJson = bytesOf(response['clientDataJSON']);
  const authenticatorData = bytesOf(response['authenticatorData']);
  const signature = bytesOf(response['signature']);
  if (!clientDataJson || !authenticatorData || !signature) return undefined;
  const assertion = { credentialId, clientDataJson, authenticatorData, signature };
  const handle = response['userHandle'] ?? '';
  if (handle === '') return assertion;
  const userHandle = bytesOf(handle);
  return userHandle && { ...assertion, userHandle };
}

/** The members that both have; `rawId` says the same as `id`, or is absent. */
function credentialOf(text: string): { readonly credentialId: Buffer; readonly response: JsonObject } | undefined {
  const parsed = parseJson(text);
  if (!isJsonObject(parsed) || !isJsonObject(parsed['response']) || parsed['type'] !== 'public-key') return undefined;
  const credentialId = bytesOf(parsed['id']);
  if (!credentialId || credentialId.length > MAX_CREDENTIAL_ID) return undefined;
  const rawId = parsed['rawId'] === undefined ? credentialId : bytesOf(parsed['rawId']);
  return rawId?.equals(credentialId) ? { credentialId, response: parsed['response'] } : undefined;
}

/** A binary member that is not empty. */
function bytesOf(value: unknown): Buffer | undefined {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  return bytes && bytes.length > 0 ? bytes : undefined;
}

function transportsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? TRANSPORTS.filter((known) => value.includes(known)) : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No JSON: all that `JSON.parse` has to say.
    return undefined;
  }
}
