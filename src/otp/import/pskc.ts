import { createDecipheriv, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { PASSCODE_ALGORITHMS } from '../hotp.js';
import { DEFAULT_PERIOD } from '../totp.js';
import { SeedFileError, type SeedToken } from './seed.js';
import { below, readXml, type XmlElement } from './xml.js';

/** What opens an encrypted file: the key that was agreed on, or the password it is derived from (RFC 6030 §6.1, §6.2). */
export interface PskcUnlock {
  readonly key?: Buffer;
  readonly password?: string;
}

/** More would be a way to make whoever opens the file wait. */
const MOST_ITERATIONS = 10_000_000;

/**
 * The tokens of a Portable Symmetric Key Container (RFC 6030): HOTP and TOTP keys, plain or encrypted with AES in CBC mode under an
 * agreed key or one derived by PBKDF2, each with its MAC. Throws `SeedFileError`.
 */
export function readPskc(text: string, unlock: PskcUnlock = {}): readonly SeedToken[] {
  const container = readXml(text);
  if (container.name !== 'KeyContainer') throw new SeedFileError('not a KeyContainer (RFC 6030)');
  const secrets = secretsOf(container, unlock);
  return container.children
    .filter(({ name }) => name === 'KeyPackage')
    .map((keyPackage, at) => tokenOf(keyPackage, at + 1, secrets));
}

type OpenSecret = (value: XmlElement, where: string) => Buffer;

function tokenOf(keyPackage: XmlElement, rowNumber: number, secretIn: OpenSecret): SeedToken {
  const where = `key package ${rowNumber}`;
  const key = below(keyPackage, 'Key');
  const [, type] = /[:#](hotp|totp)$/i.exec(key?.attributes.get('Algorithm') ?? '') ?? [];
  if (!key || !type) throw new SeedFileError(`${where} is neither HOTP nor TOTP`);
  const format = below(key, 'AlgorithmParameters', 'ResponseFormat')?.attributes;
  if (format?.get('Encoding') !== 'DECIMAL') throw new SeedFileError(`${where} makes no decimal codes`);
  const suite = (below(key, 'AlgorithmParameters', 'Suite')?.text ?? 'SHA1')
    .toUpperCase()
    .replaceAll(/HMAC|[^A-Z0-9]/g, '');
  const algorithm = PASSCODE_ALGORITHMS.find((known) => known === suite);
  const serialNumber = below(keyPackage, 'DeviceInfo', 'SerialNo')?.text ?? key.attributes.get('Id');
  const value = below(key, 'Data', 'Secret');
  if (!algorithm || !serialNumber || !value)
    throw new SeedFileError(`${where} lacks a known suite, a serial number or a secret`);
  return {
    serialNumber,
    secret: secretIn(value, where),
    type: type.toLowerCase() === 'hotp' ? 'HOTP' : 'TOTP',
    otpLength: numberIn(format.get('Length'), where),
    algorithm,
    counter: numberIn(below(key, 'Data', 'Counter', 'PlainValue')?.text ?? '0', where),
    timeStep: numberIn(below(key, 'Data', 'TimeInterval', 'PlainValue')?.text ?? String(DEFAULT_PERIOD), where),
    rowNumber,
  };
}

/** How secrets of this container are opened. The MAC is looked at before anything is decrypted. */
function secretsOf(container: XmlElement, unlock: PskcUnlock): OpenSecret {
  const encryption = below(container, 'EncryptionKey');
  const key = encryption && encryptionKey(encryption, unlock);
  const method = below(container, 'MACMethod');
  const macKey = method && key && macKeyOf(method, key);
  const [, hash] = /hmac-(sha1|sha256|sha512)$/.exec(method?.attributes.get('Algorithm') ?? '') ?? [];
  return (value, where) => {
    const plain = below(value, 'PlainValue');
    if (plain) return base64(plain.text, where);
    const encrypted = below(value, 'EncryptedValue');
    if (!encrypted || !key) throw new SeedFileError(`${where} is encrypted, and there is no key for it`);
    const cipher = base64(below(encrypted, 'CipherData', 'CipherValue')?.text ?? '', where);
    const expected = base64(below(value, 'ValueMAC')?.text ?? '', where);
    if (!macKey || !hash) throw new SeedFileError(`${where} is encrypted without a MAC`);
    const made = createHmac(hash, macKey).update(cipher).digest();
    if (made.length !== expected.length || !timingSafeEqual(made, expected))
      throw new SeedFileError(`${where} does not open: another key or password, or altered`);
    return decrypted(encrypted, key, where);
  };
}

function encryptionKey(encryption: XmlElement, { key, password }: PskcUnlock): Buffer {
  const parameters = below(encryption, 'DerivedKey', 'KeyDerivationMethod', 'PBKDF2-params');
  if (!parameters) {
    if (!key) throw new SeedFileError('the file is encrypted under an agreed key: give --key-file');
    return key;
  }
  if (password === undefined) throw new SeedFileError('the file is encrypted under a password: give --password-file');
  const salt = base64(below(parameters, 'Salt', 'Specified')?.text ?? '', 'the salt');
  const iterations = numberIn(below(parameters, 'IterationCount')?.text, 'the number of iterations');
  const length = numberIn(below(parameters, 'KeyLength')?.text, 'the length of the key');
  const [, hash = 'sha1'] =
    /hmac-?(sha1|sha256|sha512)$/i.exec(below(parameters, 'PRF')?.attributes.get('Algorithm') ?? '') ?? [];
  if (iterations < 1 || iterations > MOST_ITERATIONS || ![16, 24, 32].includes(length))
    throw new SeedFileError('the derivation of the key is out of bounds');
  return pbkdf2Sync(password, salt, iterations, length, hash.toLowerCase());
}

function macKeyOf(method: XmlElement, key: Buffer): Buffer {
  const wrapped = below(method, 'MACKey');
  return wrapped ? decrypted(wrapped, key, 'the MAC key') : key;
}

/** AES in CBC mode, the first block being the initialisation vector (XML Encryption §5.2). */
function decrypted(encrypted: XmlElement, key: Buffer, where: string): Buffer {
  const [, bits] =
    /#aes(128|192|256)-cbc$/.exec(below(encrypted, 'EncryptionMethod')?.attributes.get('Algorithm') ?? '') ?? [];
  const cipher = base64(below(encrypted, 'CipherData', 'CipherValue')?.text ?? '', where);
  if (bits === undefined || Number(bits) !== key.length * 8)
    throw new SeedFileError(`${where} is not encrypted by AES in CBC mode with a key of this length`);
  try {
    const decipher = createDecipheriv(`aes-${bits}-cbc`, key, cipher.subarray(0, 16));
    return Buffer.concat([decipher.update(cipher.subarray(16)), decipher.final()]);
  } catch {
    throw new SeedFileError(`${where} does not open: another key or password, or altered`);
  }
}

function base64(text: string, where: string): Buffer {
  const compact = text.replaceAll(/\s/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(compact) || compact === '')
    throw new SeedFileError(`${where} has a value that is no Base64`);
  return Buffer.from(compact, 'base64');
}

function numberIn(text: string | undefined, where: string): number {
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new SeedFileError(`${where} lacks a number, or has one that is none`);
  return Number(text);
}
