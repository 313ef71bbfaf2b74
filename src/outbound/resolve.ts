import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { DestinationGuard } from '../kernel/destination.js';

/** An address that a name stands for. */
export interface HostAddress {
  readonly address: string;
  readonly family: number;
}

/** Names → addresses; the system's resolver, hosts file included. */
export type Resolve = (hostname: string) => Promise<readonly HostAddress[]>;

export const systemResolve: Resolve = atMost(2, (hostname) => lookup(hostname, { all: true, verbatim: true }));

/**
 * So many look-ups at once and no more: each holds one of the few threads that the process shares for such work, and whoever owns a
 * name can make it take long.
 */
export function atMost<T>(limit: number, resolve: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (name) => {
    if (running < limit) running += 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((next) => waiting.push(next));
    try {
      return await resolve(name);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/** The name leads where nobody may be led (SEC-59). */
export class ForbiddenDestination extends Error {
  override readonly name = 'ForbiddenDestination';
  readonly code = 'FORBIDDEN';
}

/**
 * The addresses of a host, every one of which may be connected to. Rejects with `ForbiddenDestination` when a single one may not:
 * a name that points inside and outside is not chosen from (SEC-59).
 */
export async function allowedAddresses(
  { hostname }: URL,
  guard: DestinationGuard,
  resolve: Resolve,
): Promise<readonly HostAddress[]> {
  const literal = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(literal);
  const addresses = family === 0 ? await resolve(hostname) : [{ address: literal, family }];
  if (addresses.length === 0 || addresses.some(({ address }) => !guard.allows(address)))
    throw new ForbiddenDestination('the host has an address that may not be connected to');
  return addresses;
}

/** Makes a connection go to one of these addresses, whatever its name would be resolved to by now. */
export function pinnedTo(addresses: readonly HostAddress[]): LookupFunction {
  return (_hostname, { all }, callback) => {
    const [first] = addresses;
    if (all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };
}
