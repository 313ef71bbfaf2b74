import { createPublicKey, generateKeyPairSync, type KeyObject, type X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock, Millis } from '../kernel/clock.js';
import { days, hours } from '../kernel/duration.js';
import type { Random } from '../kernel/random.js';
import { Redacted } from '../kernel/sealed.js';
import { type Authority, authorityCertificate, keyId, serverCertificate, type Terms } from './certificate.js';
import { firstCertificate, keyIn, readPair, type TlsPair } from './pair.js';

/** A server's certificate by an authority made for it, and where clients find the authority's. */
export interface KeptCertificate extends Disposable {
  readonly pair: TlsPair;
  /** Absolute. */
  readonly authorityFile: string;
  /** Clients that trust the one before must be told of this one. */
  readonly isReplaced: boolean;
}

const AUTHORITY = 'ca.pem';
const AUTHORITY_KEY = 'ca.key';
const SERVER = 'server.pem';
const SERVER_KEY = 'server.key';

const AUTHORITY_LIFE = days(3_650);
/** Apple's and Google's libraries refuse more than 398 days. */
const SERVER_LIFE = days(397);
/** Renewed at a start that finds no more than this left: the server may run for a while. */
const SERVER_RESERVE = days(180);
/** Clocks of containers and of other machines are not always right. */
const EARLIER = hours(1);
const SERIAL_BYTES = 16;

interface Parts {
  readonly random: Random;
  readonly clock: Clock;
}

/** An authority with its certificate, and the names it may vouch for, which are those of each server certificate it signs. */
interface Kept {
  readonly authority: Authority;
  readonly certificate: string;
  readonly names: readonly string[];
}

/**
 * The certificate of a development server of these names: as the last start left it in the directory, or made. The authority is
 * made anew when it does not vouch for all of them or would not outlive a server's certificate; the server's, when it is not by
 * that authority or runs out. Without a directory both are forgotten at the end, and until then the authority's certificate is in
 * a temporary file. Throws what the file system throws.
 */
export function keepCertificate(
  names: readonly string[],
  directory: string | undefined,
  parts: Parts,
): KeptCertificate {
  if (directory === undefined) return temporary(names, parts);
  const known = readKept(names, directory, parts.clock);
  const kept = known ?? makeAuthority(names, parts);
  const isReplaced = known === undefined && read(directory, AUTHORITY) !== undefined;
  if (!known) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    write(directory, AUTHORITY_KEY, privatePem(kept.authority.key));
    write(directory, AUTHORITY, kept.certificate);
  }
  let pair = known && readServer(known, directory, parts.clock);
  if (!pair) {
    pair = makeServer(kept, parts);
    write(directory, SERVER_KEY, pair.key.reveal());
    write(directory, SERVER, pair.certificates);
  }
  return { pair, authorityFile: resolve(directory, AUTHORITY), isReplaced, [Symbol.dispose]() {} };
}

function temporary(names: readonly string[], parts: Parts): KeptCertificate {
  const made = makeAuthority(names, parts);
  const folder = mkdtempSync(join(tmpdir(), 'postern-tls-'));
  write(folder, AUTHORITY, made.certificate);
  return {
    pair: makeServer(made, parts),
    authorityFile: join(folder, AUTHORITY),
    isReplaced: false,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The authority that is there, with its key, if it lives long enough and vouches for these names. */
function readKept(names: readonly string[], directory: string, clock: Clock): Kept | undefined {
  const pem = read(directory, AUTHORITY) ?? '';
  const certificate = firstCertificate(pem);
  const key = keyIn(read(directory, AUTHORITY_KEY) ?? '');
  // What an authority may vouch for is read from the server's certificate: Node does not show it of the authority's own.
  const server = firstCertificate(read(directory, SERVER) ?? '');
  if (!certificate || !key || !server?.checkIssued(certificate)) return undefined;
  if (!certificate.checkPrivateKey(key) || Date.parse(certificate.validTo) < clock.now() + SERVER_LIFE)
    return undefined;
  const all = namesOf(server);
  if (!names.every((name) => all.includes(name))) return undefined;
  return { authority: { name: certificate.subject.replace(/^CN=/, ''), key }, certificate: pem, names: all };
}

/** The server's certificate that is there, if it is by this authority and not about to run out. */
function readServer({ authority }: Kept, directory: string, clock: Clock): TlsPair | undefined {
  const found = readPair(read(directory, SERVER) ?? '', read(directory, SERVER_KEY) ?? '');
  if (!found.ok || found.value.until < clock.now() + SERVER_RESERVE) return undefined;
  const certificate = firstCertificate(found.value.certificates);
  return certificate?.verify(createPublicKey(authority.key)) ? found.value : undefined;
}

function makeAuthority(names: readonly string[], parts: Parts): Kept {
  const key = newKey();
  // Several of them in one list of roots are told apart by a piece of the key's id.
  const name = `Postern development CA ${keyId(createPublicKey(key)).toString('hex', 0, 4)}`;
  const authority = { name, key };
  return { authority, certificate: authorityCertificate(authority, names, terms(AUTHORITY_LIFE, parts)), names };
}

function makeServer({ authority, names }: Kept, parts: Parts): TlsPair {
  const key = newKey();
  const limits = terms(SERVER_LIFE, parts);
  const certificates = serverCertificate(authority, createPublicKey(key), names, limits);
  return { certificates, key: new Redacted(privatePem(key)), until: limits.until };
}

function terms(life: Millis, { random, clock }: Parts): Terms {
  const now = clock.now();
  return { serial: random.bytes(SERIAL_BYTES), from: now - EARLIER, until: now + life };
}

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

const privatePem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** `DNS:api.postern.test, IP Address:0:0:0:0:0:0:0:1`, as names of settings. */
function namesOf({ subjectAltName = '' }: X509Certificate): readonly string[] {
  return subjectAltName.split(', ').map((entry) => {
    const name = entry.slice(entry.indexOf(':') + 1);
    return isIP(name) === 6 ? canonicalIpv6(name) : name;
  });
}

/** The one form that URLs have. */
const canonicalIpv6 = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8');
  } catch {
    return undefined;
  }
}

/** Whole or not at all; keys are their owner's alone. */
function write(directory: string, name: string, content: string): void {
  const partial = join(directory, `${name}.${process.pid}.tmp`);
  writeFileSync(partial, content, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  renameSync(partial, join(directory, name));
}
