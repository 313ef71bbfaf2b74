import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type Encodable, encodeCbor } from './cbor.js';
import { ATTESTATION_SUBJECT, aaguidExtension, type Issued, issueCertificate } from './certificates.js';

export type SoftAlgorithm = 'ES256' | 'RS256' | 'PS256' | 'EdDSA';

export interface SoftOptions {
  readonly algorithm?: SoftAlgorithm;
  readonly attestation?: 'none' | 'self' | 'packed' | 'fido-u2f';
  /** Vouches for it: with `packed` and `fido-u2f`. */
  readonly authority?: Issued;
  readonly aaguid?: Buffer;
  readonly userVerified?: boolean;
  readonly backupEligible?: boolean;
  /** 0: it does not count. */
  readonly signCount?: number;
}

/** Where an authenticator or the browser before it may lie. Each changes what it is given, before it is signed. */
export interface Lies {
  readonly clientData?: (data: Record<string, unknown>) => unknown;
  readonly flags?: (flags: number) => number;
  readonly authenticatorData?: (data: Buffer) => Buffer;
  readonly publicKey?: (cose: Map<number, Encodable>) => Encodable | Buffer;
  readonly statement?: (statement: Map<string, Encodable>) => Encodable;
  readonly format?: string;
  readonly attestationObject?: (object: Map<string, Encodable>) => Encodable | Buffer;
  readonly signature?: (signature: Buffer) => Buffer;
  /** The chain, leaf first. */
  readonly chain?: (chain: readonly Buffer[]) => readonly Buffer[];
  /** The certificate that the authority issues. */
  readonly leaf?: Partial<Parameters<typeof issueCertificate>[0]>;
  /** The credential as the browser hands it over; what comes back is written as JSON, a text as it is. */
  readonly credential?: (credential: CredentialJson) => unknown;
}

export interface CredentialJson {
  id: string;
  rawId: string;
  type: string;
  response: Record<string, unknown>;
}

const COSE: Record<SoftAlgorithm, number> = { ES256: -7, RS256: -257, PS256: -37, EdDSA: -8 };
const bytes = (signed: readonly number[]): Buffer => Buffer.from(signed.map((byte) => byte & 0xff));
const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest();

/** An authenticator with one credential and the browser before it, in a few lines; honest unless it is told to lie. */
export class SoftAuthenticator {
  readonly credentialId: Buffer = randomBytes(32);
  readonly #options: SoftOptions;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  signCount: number;
  userHandle: Buffer = Buffer.alloc(0);

  constructor(options: SoftOptions = {}) {
    this.#options = options;
    this.signCount = options.signCount ?? 0;
    const { privateKey, publicKey } = keyPair(options.algorithm ?? 'ES256');
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  get aaguid(): Buffer {
    return this.#options.aaguid ?? Buffer.alloc(16);
  }

  /** What `attestation` of an activation is: made from `publicKeyCredentialCreationOptions`. */
  register(optionsText: string, origin: string, lies: Lies = {}): string {
    const options = JSON.parse(optionsText);
    this.userHandle = bytes(options.user.id);
    const clientData = clientDataOf('webauthn.create', bytes(options.challenge), origin, lies);
    const cose = this.#cose();
    const key = lies.publicKey?.(cose) ?? cose;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.credentialId.length);
    const attested = [this.aaguid, length, this.credentialId, Buffer.isBuffer(key) ? key : encodeCbor(key)];
    const plain = this.#data(options.rp.id, 0x40, attested, lies);
    const data = lies.authenticatorData?.(plain) ?? plain;
    const made = this.#statement(data, sha256(clientData), sha256(options.rp.id), lies);
    const format = { none: 'none', self: 'packed', packed: 'packed', 'fido-u2f': 'fido-u2f' }[this.#attestation];
    const object = new Map<string, Encodable>([
      ['fmt', lies.format ?? format],
      ['attStmt', lies.statement?.(made) ?? made],
      ['authData', data],
    ]);
    const written = lies.attestationObject?.(object) ?? object;
    const attestationObject = Buffer.isBuffer(written) ? written : encodeCbor(written);
    return this.#credential(
      {
        clientDataJSON: clientData.toString('base64'),
        attestationObject: attestationObject.toString('base64'),
        transports: ['usb'],
      },
      lies,
    );
  }

  /** What `assertion` of a check is: made from `publicKeyCredentialRequestOptions`. */
  assert(optionsText: string, origin: string, lies: Lies = {}): string {
    const options = JSON.parse(optionsText);
    const clientData = clientDataOf('webauthn.get', bytes(options.challenge), origin, lies);
    if (this.signCount > 0) this.signCount += 1;
    const plain = this.#data(options.rpId, 0, [], lies);
    const data = lies.authenticatorData?.(plain) ?? plain;
    const signature = this.#sign(Buffer.concat([data, sha256(clientData)]));
    return this.#credential(
      {
        clientDataJSON: clientData.toString('base64'),
        authenticatorData: data.toString('base64'),
        signature: (lies.signature?.(signature) ?? signature).toString('base64'),
        userHandle: this.userHandle.toString('base64'),
      },
      lies,
    );
  }

  get #attestation(): 'none' | 'self' | 'packed' | 'fido-u2f' {
    return this.#options.attestation ?? 'none';
  }

  #data(rpId: string, bits: number, rest: readonly Buffer[], lies: Lies): Buffer {
    const { userVerified = true, backupEligible = false } = this.#options;
    const honest = 0x01 | (userVerified ? 0x04 : 0) | (backupEligible ? 0x08 : 0) | bits;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.signCount);
    return Buffer.concat([sha256(rpId), Buffer.of(lies.flags?.(honest) ?? honest), count, ...rest]);
  }

  #statement(data: Buffer, clientDataHash: Buffer, rpIdHash: Buffer, lies: Lies): Map<string, Encodable> {
    const { algorithm = 'ES256', authority } = this.#options;
    const changed = (signature: Buffer): Buffer => lies.signature?.(signature) ?? signature;
    if (this.#attestation === 'none') return new Map();
    const signed = Buffer.concat([data, clientDataHash]);
    if (this.#attestation === 'self')
      return new Map<string, Encodable>([
        ['alg', COSE[algorithm]],
        ['sig', changed(this.#sign(signed))],
      ]);
    if (!authority) throw new Error('an authority must vouch for it');
    const isU2f = this.#attestation === 'fido-u2f';
    const leaf = issueCertificate({
      subject: ATTESTATION_SUBJECT,
      issuer: authority,
      extensions: isU2f ? [] : [aaguidExtension(this.aaguid)],
      ...lies.leaf,
    });
    const x5c = lies.chain?.([leaf.der]) ?? [leaf.der];
    const message = isU2f
      ? Buffer.concat([Buffer.of(0), rpIdHash, clientDataHash, this.credentialId, this.#point()])
      : signed;
    const signature = changed(sign('sha256', message, { key: leaf.key, dsaEncoding: 'der' }));
    return new Map<string, Encodable>([...(isU2f ? [] : ([['alg', -7]] as const)), ['sig', signature], ['x5c', x5c]]);
  }

  #sign(data: Buffer): Buffer {
    const key = this.#privateKey;
    switch (this.#options.algorithm ?? 'ES256') {
      case 'ES256':
        return sign('sha256', data, { key, dsaEncoding: 'der' });
      case 'RS256':
        return sign('sha256', data, key);
      case 'PS256':
        return sign('sha256', data, { key, padding: 6, saltLength: 32 });
      case 'EdDSA':
        return sign(null, data, key);
    }
  }

  #cose(): Map<number, Encodable> {
    const { algorithm = 'ES256' } = this.#options;
    const jwk = this.#publicKey.export({ format: 'jwk' });
    const part = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
    const alg = COSE[algorithm];
    if (algorithm === 'ES256')
      return new Map<number, Encodable>([
        [1, 2],
        [3, alg],
        [-1, 1],
        [-2, part(jwk.x)],
        [-3, part(jwk.y)],
      ]);
    if (algorithm === 'EdDSA')
      return new Map<number, Encodable>([
        [1, 1],
        [3, alg],
        [-1, 6],
        [-2, part(jwk.x)],
      ]);
    return new Map<number, Encodable>([
      [1, 3],
      [3, alg],
      [-1, part(jwk.n)],
      [-2, part(jwk.e)],
    ]);
  }

  #point(): Buffer {
    const cose = this.#cose();
    return Buffer.concat([Buffer.of(4), cose.get(-2) as Buffer, cose.get(-3) as Buffer]);
  }

  #credential(response: Record<string, unknown>, lies: Lies): string {
    const id = this.credentialId;
    const credential: CredentialJson = {
      id: id.toString('base64url'),
      rawId: id.toString('base64'),
      type: 'public-key',
      response,
    };
    const written = lies.credential ? lies.credential(credential) : credential;
    return typeof written === 'string' ? written : JSON.stringify(written);
  }
}

function clientDataOf(type: string, challenge: Buffer, origin: string, lies: Lies): Buffer {
  const honest = { type, challenge: challenge.toString('base64url'), origin, crossOrigin: false };
  const data = lies.clientData ? lies.clientData(honest) : honest;
  return Buffer.isBuffer(data) ? data : Buffer.from(JSON.stringify(data));
}

function keyPair(algorithm: SoftAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}
