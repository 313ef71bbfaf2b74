import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, run } from '../harness/programs.js';

/** What the tests compare with what the server says of the certificate. */
const SUBJECT = '/C=GB/O=Ping Identity/OU=Non-Production Testing/CN=terraform';
/** Who answers a signing request, for how long. */
const ISSUER = '/C=GB/O=Ping Identity/OU=Non-Production Testing/CN=Test CA';
const ANSWERED_DAYS = '3560';
const PASSWORD = 'a-password-for-tests';

/**
 * The variables with a key, its certificate, its signing request and the answer in each form that the tests import or compare, made for
 * this run; none where there is no OpenSSL, and then tests that need them say so.
 */
export async function keyFiles() {
  const openssl = findProgram(['openssl']);
  if (!openssl) return {};
  const folder = mkdtempSync(join(tmpdir(), 'postern-keys-'));
  const made = async (...args) => {
    const { code, stderr } = await run([openssl, ...args], { cwd: folder });
    if (code !== 0) throw new Error(`openssl ${args[0]}: ${stderr.trim()}`);
  };
  const read = (name, encoding) => readFileSync(join(folder, name), encoding);
  const subject = ['-subj', SUBJECT, '-sha256'];
  const pkcs12 = ['pkcs12', '-export', '-name', 'terraform', '-in', 'cert.pem', '-inkey', 'key.pem'];
  try {
    await made(
      'req',
      '-x509',
      '-newkey',
      'rsa:4096',
      '-nodes',
      '-keyout',
      'key.pem',
      '-days',
      '3650',
      ...subject,
      '-out',
      'cert.pem',
    );
    await made('crl2pkcs7', '-nocrl', '-certfile', 'cert.pem', '-outform', 'DER', '-out', 'cert.p7b');
    await made(...pkcs12, '-out', 'key.p12', '-passout', `pass:${PASSWORD}`);
    await made(...pkcs12, '-out', 'open.p12', '-passout', 'pass:', '-keypbe', 'NONE', '-certpbe', 'NONE', '-nomac');
    await made('req', '-new', '-key', 'key.pem', ...subject, '-out', 'key.csr');
    await made('req', '-in', 'key.csr', '-outform', 'DER', '-out', 'key.csr.der');
    const ofAuthority = ['-nodes', '-keyout', 'ca-key.pem', '-out', 'ca.pem', '-subj', ISSUER];
    await made('req', '-x509', '-newkey', 'rsa:2048', '-days', '3650', '-sha256', ...ofAuthority);
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'];
    await made('x509', '-req', '-sha256', '-in', 'key.csr', ...authority, '-days', ANSWERED_DAYS, '-out', 'answer.pem');
    return {
      PINGONE_KEY_PEM_CERT: read('cert.pem', 'utf8').trim(),
      PINGONE_KEY_PKCS7_CERT: read('cert.p7b', 'base64'),
      PINGONE_KEY_PKCS10_CSR: read('key.csr.der', 'base64'),
      PINGONE_KEY_PEM_CSR: read('key.csr', 'utf8').trim(),
      PINGONE_KEY_PEM_CSR_RESPONSE: read('answer.pem', 'utf8').trim(),
      PINGONE_KEY_PKCS12: read('key.p12', 'base64'),
      PINGONE_KEY_PKCS12_PASSWORD: PASSWORD,
      PINGONE_KEY_PKCS12_UNENCRYPTED: read('open.p12', 'base64'),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
