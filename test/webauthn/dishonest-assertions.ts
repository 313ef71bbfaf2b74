import type { CredentialJson, Lies } from '../helpers/soft-authenticator.js';

const client = (change: (data: Record<string, unknown>) => unknown): Lies => ({ clientData: change });
/** A lie about the credential as the browser hands it over. */
export const credential = (change: (credential: CredentialJson) => unknown): Lies => ({ credential: change });
const response = (change: Record<string, unknown>): Lies =>
  credential(({ response: honest, ...rest }) => ({ ...rest, response: { ...honest, ...change } }));

/** An assertion that must be refused, and what the records must say of it; `undefined`: it does not read, so nothing is verified. */
export const DISHONEST_ASSERTIONS: readonly (readonly [name: string, lies: Lies, problem: string | undefined])[] = [
  ['made by create, not by get', client((d) => ({ ...d, type: 'webauthn.create' })), 'CLIENT_DATA_TYPE'],
  ['another challenge', client((d) => ({ ...d, challenge: Buffer.alloc(32).toString('base64url') })), 'CHALLENGE'],
  ['a longer challenge', client((d) => ({ ...d, challenge: `${d['challenge']}AAAA` })), 'CHALLENGE'],
  ['another origin', client((d) => ({ ...d, origin: 'https://evil.example' })), 'ORIGIN'],
  [
    'an origin that ends like the relying party',
    client((d) => ({ ...d, origin: 'https://evilpostern.test' })),
    'ORIGIN',
  ],
  ['a frame of another site', client((d) => ({ ...d, crossOrigin: true })), 'CROSS_ORIGIN'],
  ['a page above it', client((d) => ({ ...d, topOrigin: 'https://evil.example' })), 'CROSS_ORIGIN'],
  ['client data that is no JSON', client(() => Buffer.from('x')), 'MALFORMED'],
  [
    'another relying party',
    { authenticatorData: (data) => Buffer.concat([Buffer.alloc(32), data.subarray(32)]) },
    'RP_ID',
  ],
  ['nobody present', { flags: (bits) => bits & ~0x01 }, 'USER_PRESENCE'],
  ['backup-eligible, and was not', { flags: (bits) => bits | 0x08 }, 'BACKUP_FLAGS'],
  ['backed up, though not eligible', { flags: (bits) => bits | 0x10 }, 'BACKUP_FLAGS'],
  ['a credential announced and none there', { flags: (bits) => bits | 0x40 }, 'MALFORMED'],
  [
    'bytes behind the authenticator data',
    { authenticatorData: (data) => Buffer.concat([data, Buffer.of(0)]) },
    'MALFORMED',
  ],
  ['authenticator data cut short', { authenticatorData: (data) => data.subarray(0, 36) }, 'MALFORMED'],
  ['flags changed after the signature', response({ authenticatorData: undefined }), undefined],
  [
    'a signature that is wrong',
    { signature: (sig) => Buffer.concat([sig.subarray(0, -1), Buffer.of((sig.at(-1) ?? 0) ^ 1)]) },
    'SIGNATURE',
  ],
  ['a signature with bytes behind it', { signature: (sig) => Buffer.concat([sig, Buffer.of(0)]) }, 'SIGNATURE'],
  ['a signature of zeros', { signature: () => Buffer.from('3006020100020100', 'hex') }, 'SIGNATURE'],
  ['a signature of one byte', { signature: () => Buffer.of(0) }, 'SIGNATURE'],
  ['another user handle', response({ userHandle: Buffer.alloc(32).toString('base64') }), 'USER_HANDLE'],
  ['a user handle that is no Base64', response({ userHandle: '*' }), undefined],
  ['a credential that nobody has', credential((c) => ({ ...c, id: 'AAAA', rawId: 'AAAA' })), 'CREDENTIAL_ID'],
  ['no signature', response({ signature: '' }), undefined],
  ['another type', credential((c) => ({ ...c, type: 'x' })), undefined],
  ['another rawId than id', credential((c) => ({ ...c, rawId: 'AAAA' })), undefined],
  ['no response', credential(({ response: _, ...rest }) => rest), undefined],
  ['null', credential(() => null), undefined],
];
