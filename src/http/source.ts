import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** The address that a request came from, as far as it can be believed (SEC-56). */
export type SourceOf = (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string;

/**
 * The peer's address; where the peer is a proxy of the operator's, the last address of `X-Forwarded-For` that is none of them.
 * What stands before that one was written by whoever sent it.
 */
export function createSourceOf(trustedProxies: readonly string[]): SourceOf {
  const trusted = new BlockList();
  for (const network of trustedProxies) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean => {
    const family = isIP(address);
    return family !== 0 && trusted.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };

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
