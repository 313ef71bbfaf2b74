import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { networksHave } from '../kernel/networks.js';

/** The address that a request came from, as far as it can be believed (SEC-56). */
export type SourceOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * The peer's address; where the peer is a proxy of the operator's, the last address of `X-Forwarded-For` that is none of them.
 * What stands before that one was written by whoever sent it.
 */
export function createSourceOf(trustedProxies: readonly string[]): SourceOf {
  const isTrusted = networksHave(trustedProxies);

  return ({ headers, socket }) => {
    const peer = plain(socket.remoteAddress ?? '');
    if (trustedProxies.length === 0 || !isTrusted(peer)) return peer;
    const forwarded = headers['x-forwarded-for'];
    const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',');
    for (const hop of hops.reverse()) {
      const address = plain(hop.trim());
      // Whatever cannot be read was not written by a proxy of the operator's.
      if (isIP(address) === 0) return peer;
      if (!isTrusted(address)) return address;
    }
    return peer;
  };
}

/** An IPv4 address is one, also where it arrived on a socket of both families. */
const plain = (address: string): string => address.replace(/^::ffff:(?=[0-9.]+$)/i, '');
