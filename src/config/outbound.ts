import type { DestinationRules } from '../kernel/destination.js';
import { isNetwork } from '../kernel/networks.js';
import type { OptionValues } from './option.js';
import type { OUTBOUND_OPTIONS } from './outbound-options.js';

type OutboundValues = OptionValues<typeof OUTBOUND_OPTIONS>;
type Complain = (name: 'outbound-networks' | 'outbound-ports', what: string, remedy: string) => void;

/** The settings of `OUTBOUND_OPTIONS` as whoever sends takes them. */
export function outboundOf(set: OutboundValues, complain: Complain): DestinationRules {
  const internal = set['outbound-networks'] ?? [];
  const wrong = internal.filter((text) => !isNetwork(text));
  if (wrong.length > 0)
    complain(
      'outbound-networks',
      `has members that are neither addresses nor networks: ${wrong.map((text) => JSON.stringify(text)).join(', ')}.`,
      'Write IP addresses, or networks as in 10.0.0.0/8, separated by commas.',
    );
  return { allowsHttp: set['outbound-http'], ports: portsOf(set['outbound-ports'], complain), internal };
}

function portsOf(list: readonly string[], complain: Complain): DestinationRules['ports'] {
  if (list.length === 1 && list[0] === '*') return 'any';
  const ports = list.map(Number);
  if (!ports.every((port) => Number.isInteger(port) && port >= 1 && port <= 65_535))
    complain('outbound-ports', 'must be `*` or a list of ports.', 'Write ports as in 443,8443, or `*` alone.');
  return ports;
}
