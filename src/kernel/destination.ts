import { isIP } from 'node:net';
import { networksHave } from './networks.js';

/** Where requests may go whose address a tenant has written; the operator's word, never a tenant's (SEC-59). */
export interface DestinationRules {
  /** Whether plain HTTP will do. */
  readonly allowsHttp: boolean;
  readonly ports: 'any' | readonly number[];
  /** Networks that may be reached although they are not public. */
  readonly internal: readonly string[];
}

/** The rules at work. */
export interface DestinationGuard {
  /** What is wrong with an address as it was written, before any name is looked up; `undefined`: nothing. */
  problem(url: string): string | undefined;
  /** Whether connections to this IP address may be opened. */
  allows(address: string): boolean;
}

/** Global unicast addresses are all of these (RFC 4291 §2.4) … */
const isGlobalUnicast = networksHave(['0.0.0.0/0', '2000::/3']);

/** … save what the registries of special-purpose addresses set apart (RFC 6890 and its registries), multicast and transition. */
const isSetApart = networksHave([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Teredo is in the first, 6to4 is the third; mapped, translated and local IPv6 addresses are no global unicast to begin with.
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]);
/** `BlockList` takes an IPv4-mapped address for the IPv4 address in it. */
const isMapped = networksHave(['::ffff:0:0/96']);

/** Whether an IP address belongs to the public internet, by its number (SEC-59). */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 6 && isMapped(address)) return false;
  return isGlobalUnicast(address) && !isSetApart(address);
}

export function createDestinationGuard({ allowsHttp, ports, internal }: DestinationRules): DestinationGuard {
  const isInternal = networksHave(internal);
  const allows = (address: string): boolean => isInternal(address) || isPublicAddress(address);
  return {
    allows,
    problem(text) {
      if (!URL.canParse(text)) return 'must be an absolute URL';
      const { protocol, username, password, port, hostname } = new URL(text);
      if (protocol !== 'https:' && !(protocol === 'http:' && allowsHttp)) return 'must be an https URL';
      if (username !== '' || password !== '') return 'must not hold a user or a password';
      const number = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
      if (ports !== 'any' && !ports.includes(number)) return `must not name the port ${number}`;
      const literal = hostname.replace(/^\[|\]$/g, '');
      return isIP(literal) !== 0 && !allows(literal) ? 'must not name an address that is not public' : undefined;
    },
  };
}
