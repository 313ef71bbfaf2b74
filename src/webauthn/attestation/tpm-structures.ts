import { createHash, type JsonWebKey } from 'node:crypto';

/** Numbers of the TPM 2.0 library (part 2: §6.3 algorithms, §6.4 curves, §6.9 structure tags). */
const TPM_ALG_RSA = 0x0001;
const TPM_ALG_ECC = 0x0023;
const TPM_ALG_NULL = 0x0010;
const HASHES: ReadonlyMap<number, string> = new Map([
  [0x000b, 'sha256'],
  [0x000c, 'sha384'],
  [0x000d, 'sha512'],
]);
const CURVES: ReadonlyMap<number, string> = new Map([
  [0x0003, 'P-256'],
  [0x0004, 'P-384'],
  [0x0005, 'P-521'],
]);
const TPM_GENERATED = 0xff544347;
const TPM_ST_ATTEST_CERTIFY = 0x8017;
const CLOCK_AND_FIRMWARE = 25;

/** The public part of a key in a TPM (`TPMT_PUBLIC`, part 2 §12.2.4). */
export interface PublicArea {
  readonly jwk: JsonWebKey;
  /** The name that the TPM knows it by (part 1 §16). */
  readonly name: Buffer;
}

/** What a TPM says when it certifies a key (`TPMS_ATTEST`, part 2 §10.12.12). */
export interface CertifyInfo {
  readonly extraData: Buffer;
  readonly name: Buffer;
}

/** Reads big-endian fields in turn; past the end every field is absent, and stays so. */
class Fields {
  #at = 0;
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  bytes(length: number): Buffer | undefined {
    const end = this.#at + length;
    if (end > this.#bytes.length) return undefined;
    const field = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return field;
  }
  number(width: 2 | 4): number | undefined {
    return this.bytes(width)?.readUIntBE(0, width);
  }
  sized(): Buffer | undefined {
    const length = this.number(2);
    return length === undefined ? undefined : this.bytes(length);
  }
  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

export function publicAreaOf(bytes: Buffer): PublicArea | undefined {
  const fields = new Fields(bytes);
  const type = fields.number(2);
  const nameAlgorithm = fields.bytes(2);
  const hash = nameAlgorithm && HASHES.get(nameAlgorithm.readUInt16BE());
  fields.bytes(4);
  fields.sized();
  if (!nameAlgorithm || !hash || fields.number(2) !== TPM_ALG_NULL) return undefined;
  // A signing scheme other than "any" is followed by its hash.
  if (fields.number(2) !== TPM_ALG_NULL) fields.number(2);
  const jwk = type === TPM_ALG_RSA ? rsaOf(fields) : type === TPM_ALG_ECC ? eccOf(fields) : undefined;
  if (!jwk || !fields.isAtEnd) return undefined;
  return { jwk, name: Buffer.concat([nameAlgorithm, createHash(hash).update(bytes).digest()]) };
}

export function readCertifyInfo(bytes: Buffer): CertifyInfo | undefined {
  const fields = new Fields(bytes);
  if (fields.number(4) !== TPM_GENERATED || fields.number(2) !== TPM_ST_ATTEST_CERTIFY) return undefined;
  fields.sized();
  const extraData = fields.sized();
  fields.bytes(CLOCK_AND_FIRMWARE);
  const name = fields.sized();
  const qualifiedName = fields.sized();
  return extraData && name && qualifiedName && fields.isAtEnd ? { extraData, name } : undefined;
}

function rsaOf(fields: Fields): JsonWebKey | undefined {
  fields.number(2);
  const exponent = fields.number(4);
  const modulus = fields.sized();
  if (exponent === undefined || !modulus || modulus.length === 0) return undefined;
  const e = Buffer.alloc(4);
  // 0 means the usual one (part 2 §12.2.3.5).
  e.writeUInt32BE(exponent === 0 ? 65_537 : exponent);
  return {
    kty: 'RSA',
    n: modulus.toString('base64url'),
    e: e.subarray(e.findIndex((byte) => byte !== 0)).toString('base64url'),
  };
}

function eccOf(fields: Fields): JsonWebKey | undefined {
  const crv = CURVES.get(fields.number(2) ?? 0);
  if (fields.number(2) !== TPM_ALG_NULL) return undefined;
  const x = fields.sized();
  const y = fields.sized();
  return crv && x && y ? { kty: 'EC', crv, x: x.toString('base64url'), y: y.toString('base64url') } : undefined;
}
