declare const phone: unique symbol;
declare const email: unique symbol;
/** E.164: `+` and 7 to 15 digits. */
export type Phone = string & { readonly [phone]: true };
/** A canonical address: local part as given, domain lower-case and in ASCII. */
export type EmailAddress = string & { readonly [email]: true };

/** A number as it may be sent, separators included; what `parsePhone` accepts, and nothing else. For request schemas. */
export const PHONE_PATTERN = '^[ .()-]*(?:[+][ .()-]*)?[1-9](?:[ .()-]*[0-9]){6,14}[ .()-]*$';
/** What is dialled once a call is answered: digits, `,` for a pause, `#`, `*` (`20` §5). */
export const EXTENSION_PATTERN = '^[0-9,#*]{1,32}$';

/**
 * Separators out, then one pattern that is the whole test: a number whose range is not assigned is accepted
 * (wire: `20` §5; the published examples are fictional).
 */
export function parsePhone(text: string): Phone | undefined {
  const digits = text.replace(/[ .\-()]/g, '');
  if (!/^\+?[1-9]\d{6,14}$/.test(digits)) return undefined;
  return (digits.startsWith('+') ? digits : `+${digits}`) as Phone;
}

/** Longest address that can be sent to (RFC 5321 §4.5.3.1.3), in its canonical form. */
const MAX_ADDRESS = 254;
/** RFC 5321 §4.5.3.1.1. */
const MAX_LOCAL_PART = 64;
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** Labels of up to 63 characters; the last begins with a letter, as every top-level domain does, so that no IP address fits. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/**
 * What a person types as a domain. IDNA would also take characters that are not seen (soft hyphen, variation selector) and drop
 * them, and stand-ins for the dot: two addresses that differ on the screen, or look alike and differ, would become one.
 */
const TYPED_DOMAIN = /^(?:(?!\p{DI})[\p{L}\p{M}\p{N}.-])+$/u;

/**
 * A plain `local@domain` address: no comments, quoted strings or control characters (RFC 5321 dot-string; SEC-63). An
 * international domain is kept in its ASCII form, in which a look-alike of another script is seen for what it is.
 */
export function parseEmail(text: string): EmailAddress | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1 || at > MAX_LOCAL_PART || text.length > MAX_ADDRESS) return undefined;
  const local = text.slice(0, at);
  const domain = domainToAscii(text.slice(at + 1));
  if (!LOCAL_PART.test(local) || !domain || !DOMAIN.test(domain)) return undefined;
  // The ASCII form of an international domain is longer than what was typed.
  if (local.length + 1 + domain.length > MAX_ADDRESS) return undefined;
  return `${local}@${domain}` as EmailAddress;
}

/** IDNA as the URL standard does it (UTS #46, lower-case); `undefined` for what it refuses. */
function domainToAscii(domain: string): string | undefined {
  if (!TYPED_DOMAIN.test(domain)) return undefined;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return undefined;
  }
}

/** A number that `parsePhone` has made already. */
export const phoneOf = (address: string): Phone => address as Phone;

/** Seven asterisks and the last two digits, whatever the length (wire: `10` §5). */
export function maskPhone(number: Phone): string {
  return `*******${number.slice(-2)}`;
}

/** First character of the local part, four asterisks, the domain in clear (wire: `10` §5). */
export function maskEmail(address: EmailAddress): string {
  return `${address.slice(0, 1)}****${address.slice(address.lastIndexOf('@'))}`;
}

/** The form under which addresses that reach the same mailbox count together (SEC-37). */
export function canonicalContact(contact: string): string {
  return contact.toLowerCase();
}
