import { integer, objectId, sequence, tagged, value } from '../../kernel/der.js';
import { isContext, oidOf, readAll, readDer, readInside, readWhole, SEQUENCE } from '../../webauthn/der.js';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const DATA = '1.2.840.113549.1.7.1';
const SET = 0x31;

/** What a file that is no certificate should be. */
export const NO_CERTIFICATE = 'must be an X.509 certificate with an RSA or EC key, as PEM, DER or PKCS #7';

/** A certificate, or a request for one, as text (RFC 7468 §5, §7). */
export function pemOf(der: Buffer, label: 'CERTIFICATE' | 'CERTIFICATE REQUEST' = 'CERTIFICATE'): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** A certificate as a message that nobody has signed (RFC 5652 §5.2, "certs-only"), DER. */
export function pkcs7Of(der: Buffer): Buffer {
  const content = sequence(integer(Buffer.from([1])), value(SET), sequence(objectId(DATA)), tagged(0, der), value(SET));
  return sequence(objectId(SIGNED_DATA), tagged(0, content));
}

/** The first certificate of a file that is PEM, PKCS #7 or DER, as DER; `undefined` when there is none. */
export function certificateIn(file: Buffer): Buffer | undefined {
  const der = pemContent(file) ?? file;
  const whole = readWhole(der);
  const [type, wrapped] = readInside(whole, SEQUENCE) ?? [];
  if (oidOf(type) !== SIGNED_DATA) return whole && der;
  const message = wrapped && isContext(wrapped, 0) ? readWhole(wrapped.content) : undefined;
  const certificates = readInside(message, SEQUENCE)?.find((member) => isContext(member, 0))?.content;
  if (!certificates || !readAll(certificates)) return undefined;
  return certificates.subarray(0, readDer(certificates, 0)?.end);
}

/** What stands in the first PEM block of a certificate or a PKCS #7 message. */
function pemContent(file: Buffer): Buffer | undefined {
  const text = file.toString('latin1');
  const begin = /-----BEGIN (CERTIFICATE|PKCS7)-----/.exec(text);
  if (!begin) return undefined;
  const start = begin.index + begin[0].length;
  const end = text.indexOf(`-----END ${begin[1]}-----`, start);
  return end < 0 ? undefined : Buffer.from(text.slice(start, end), 'base64');
}
