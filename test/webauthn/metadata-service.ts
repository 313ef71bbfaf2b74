import { sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Certificate, parseCertificate } from '../../src/webauthn/certificate.js';
import { keyIdentifierOf } from '../../src/webauthn/trust.js';
import { type Issued, issueCertificate, testAuthority } from '../helpers/certificates.js';

export const NOW = Date.UTC(2026, 10, 22);
/** Of the service of these tests. */
export const root = testAuthority('Metadata Root');
const signer = issueCertificate({ subject: { C: 'NO', O: 'Soft Keys', CN: 'Metadata Signer' }, issuer: root });
/** Who makes the authenticators. */
export const maker = testAuthority('Maker');
export const certificateOf = (issued: Issued): Certificate => {
  const certificate = parseCertificate(issued.der);
  if (!certificate) throw new Error('the certificate of a test does not parse');
  return certificate;
};

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const aaguid = (last: number): Buffer => Buffer.concat([Buffer.alloc(15, 7), Buffer.of(last)]);
export const uuid = (last: number): string =>
  aaguid(last)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');

export const entry = (last: number, statuses: readonly (string | object)[], anchor = maker) => ({
  aaguid: uuid(last),
  metadataStatement: {
    description: `Key ${last}`,
    attestationRootCertificates: [anchor.der.toString('base64')],
  },
  statusReports: statuses.map((status) => (typeof status === 'string' ? { status } : status)),
});

export const ENTRIES: readonly object[] = [
  entry(1, ['FIDO_CERTIFIED_L1']),
  entry(2, ['NOT_FIDO_CERTIFIED']),
  entry(3, ['FIDO_CERTIFIED_L1', 'REVOKED']),
  entry(4, ['FIDO_CERTIFIED', 'USER_KEY_REMOTE_COMPROMISE', 'UPDATE_AVAILABLE']),
  {
    attestationCertificateKeyIdentifiers: [keyIdentifierOf(certificateOf(maker))],
    metadataStatement: entry(0, []).metadataStatement,
    statusReports: [{ status: 'FIDO_CERTIFIED' }],
  },
];

/** A BLOB of that number, right but for what is changed. */
export function blob(
  number: number,
  change: {
    by?: Issued;
    chain?: readonly Issued[];
    alg?: string;
    nextUpdate?: string;
    entries?: readonly object[];
    /** Of header and body, in place of what is there. */
    header?: object;
    body?: object;
  } = {},
): string {
  const { by = signer, chain = [signer], alg = 'ES256', nextUpdate = '2026-12-01', entries = ENTRIES } = change;
  const header = { alg, typ: 'JWT', x5c: chain.map(({ der }) => der.toString('base64')), ...change.header };
  const body = { legalHeader: 'x', no: number, nextUpdate, entries, ...change.body };
  const signed = `${part(header)}.${part(body)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: by.key, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

/** Puts a BLOB and its root where a server reads them, and says by which settings. */
export async function published(directory: string, text: string) {
  const [source, pem] = [join(directory, 'blob.jwt'), join(directory, 'root.pem')];
  await writeFile(pem, `-----BEGIN CERTIFICATE-----\n${root.der.toString('base64')}\n-----END CERTIFICATE-----\n`);
  await writeFile(source, text);
  return { source, root: pem, env: { POSTERN_FIDO_METADATA: source, POSTERN_FIDO_METADATA_ROOT: pem } };
}
