import type { Option } from './option.js';

/** Where the server may go when a tenant names the address, as webhooks and key sets of clients do (SEC-59). */
export const OUTBOUND_OPTIONS = [
  {
    name: 'outbound-networks',
    kind: 'list',
    developmentDefault: '127.0.0.0/8,::1',
    doc: 'Addresses and networks (`10.0.0.0/8`) that webhooks may be sent to, and key sets of clients (`jwksUrl`) fetched from, although they are not public. Every environment may then reach what is in them.',
  },
  {
    name: 'outbound-ports',
    kind: 'list',
    default: '443,8443',
    developmentDefault: '*',
    doc: 'Ports that webhooks may be sent to and key sets of clients fetched from; `*`, alone, for all.',
  },
  {
    name: 'outbound-http',
    kind: 'boolean',
    default: 'false',
    developmentDefault: 'true',
    doc: 'Whether webhooks may be sent by plain HTTP, readable for the network in between.',
  },
] as const satisfies readonly Option[];
