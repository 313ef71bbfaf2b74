import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const ORIGIN = 'https://login.example.org';
/** The relying party of the passkeys here. */
export const RELYING_PARTY = { id: 'login.example.org', name: 'Example' };
const PRESENT_AND_VERIFIED = 0x05;
const HAS_CREDENTIAL = 0x40;

const sha256 = (data) => createHash('sha256').update(data).digest();
const clientData = (type, challenge) =>
  Buffer.from(JSON.stringify({ type, challenge, origin: ORIGIN, crossOrigin: false }));
/** Byte strings and texts of CBOR that are shorter than 64 KiB (RFC 8949 §3). */
const bytes = (content) => Buffer.concat([Buffer.of(0x59, content.length >> 8, content.length & 0xff), content]);
const shortBytes = (content) => Buffer.concat([Buffer.of(0x58, content.length), content]);
const text = (content) => Buffer.concat([Buffer.of(0x60 + content.length), Buffer.from(content)]);
/** Options carry bytes as arrays of signed numbers (`20` §8.2). */
const challengeOf = (options) => Buffer.from(Uint8Array.from(JSON.parse(options).challenge)).toString('base64url');

/** A passkey on P-256 that counts no signatures, as those that are synchronised. */
export function createPasskey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y } = publicKey.export({ format: 'jwk' });
  const credentialId = randomBytes(32);
  /** RFC 9052: EC2, ES256, P-256, coordinates. */
  const coseKey = Buffer.concat([
    Buffer.from('a501020326200121', 'hex'),
    shortBytes(Buffer.from(x, 'base64url')),
    Buffer.of(0x22),
    shortBytes(Buffer.from(y, 'base64url')),
  ]);
  const dataWith = (flags, rest = Buffer.alloc(0)) =>
    Buffer.concat([sha256(RELYING_PARTY.id), Buffer.of(flags), Buffer.alloc(4), rest]);
  const credential = (response) => {
    const id = credentialId.toString('base64url');
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  };
  return {
    origin: ORIGIN,
    credentialId,
    publicKey: coseKey,
    /** What `attestation` of an activation is. */
    register(options) {
      const credentialData = [Buffer.alloc(16), Buffer.of(0, credentialId.length), credentialId, coseKey];
      const data = dataWith(PRESENT_AND_VERIFIED | HAS_CREDENTIAL, Buffer.concat(credentialData));
      const attestationObject = Buffer.concat([
        Buffer.of(0xa3),
        ...[text('fmt'), text('none'), text('attStmt'), Buffer.of(0xa0), text('authData')],
        data.length < 0x100 ? shortBytes(data) : bytes(data),
      ]);
      return credential({
        clientDataJSON: clientData('webauthn.create', challengeOf(options)).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      });
    },
    /** What `assertion` of a check is, for the challenge in some options or for a given one. */
    assert({ options, challenge = challengeOf(options) }) {
      const client = clientData('webauthn.get', challenge);
      const data = dataWith(PRESENT_AND_VERIFIED);
      return credential({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', Buffer.concat([data, sha256(client)]), privateKey).toString('base64url'),
      });
    },
  };
}
