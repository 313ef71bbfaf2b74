/**
 * What a page needs to run WebAuthn with this API: its option texts go in, texts for `attestation` and `assertion` come out (`10` §11,
 * `20` §8). An ECMAScript module for the browser, kept as text; types stand in its comments.
 */
export const WEBAUTHN_MODULE = `// Postern: passkeys and security keys for a page, from the API's option texts and back.

/**
 * Makes a credential.
 * @param {string} options publicKeyCredentialCreationOptions of a device that was created
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ origin: string, attestation: string }>} the body that activates the device
 */
export async function createCredential(options, signal) {
  const { challenge, user, excludeCredentials, pubKeyCredParams, ...rest } = JSON.parse(options);
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user.id) },
    pubKeyCredParams: pubKeyCredParams.map(({ type, alg }) => ({ type, alg: Number(alg) })),
    excludeCredentials: (excludeCredentials ?? []).map(descriptorOf),
  };
  const credential = await navigator.credentials.create({ publicKey, signal });
  const { response } = credential;
  return {
    origin: location.origin,
    attestation: textOf(credential, {
      clientDataJSON: base64(response.clientDataJSON),
      attestationObject: base64(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    }),
  };
}

/**
 * Uses a credential.
 * @param {string} options publicKeyCredentialRequestOptions of a device authentication
 * @param {{ signal?: AbortSignal, mediation?: CredentialMediationRequirement }} [how] mediation 'conditional' offers passkeys in a
 *   field with autocomplete="username webauthn"
 * @returns {Promise<{ origin: string, assertion: string }>} the body of assertion.check
 */
export async function useCredential(options, { signal, mediation } = {}) {
  const { challenge, allowCredentials, ...rest } = JSON.parse(options);
  const publicKey = {
    ...rest,
    challenge: bytesOf(challenge),
    allowCredentials: (allowCredentials ?? []).map(descriptorOf),
  };
  const credential = await navigator.credentials.get({ publicKey, signal, ...(mediation ? { mediation } : {}) });
  const { response } = credential;
  return {
    origin: location.origin,
    assertion: textOf(credential, {
      clientDataJSON: base64(response.clientDataJSON),
      authenticatorData: base64(response.authenticatorData),
      signature: base64(response.signature),
      userHandle: response.userHandle ? base64(response.userHandle) : null,
    }),
  };
}

/**
 * What to send as compatibility: whether this browser has WebAuthn, and an authenticator of its own.
 * @returns {Promise<'FULL' | 'SECURITY_KEY_ONLY' | 'NONE'>}
 */
export async function compatibility() {
  if (!globalThis.PublicKeyCredential) return 'NONE';
  const hasPlatform = await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
  return hasPlatform ? 'FULL' : 'SECURITY_KEY_ONLY';
}

/** Numbers from -128 to 127, as the API writes bytes; negative ones wrap. */
const bytesOf = (signed) => new Uint8Array(signed);

const descriptorOf = ({ id, ...rest }) => ({ ...rest, id: bytesOf(id) });

function textOf(credential, response) {
  return JSON.stringify({
    id: credential.id,
    type: credential.type,
    rawId: base64(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function base64(buffer) {
  return btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(''));
}
`;
