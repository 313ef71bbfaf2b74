import type { Option } from './option.js';

/** Where the server may send to when a tenant names the address, as webhooks do (SEC-59). */
export const OUTBOUND_OPTIONS = [
  {
    name: 'outbound-networks',
    kind: 'list',
    developmentDefault: '127.0.0.0/8,::1',
    doc: 'Addresses and networks (`10.0.0.0/8`) that webhooks may be sent to although they are not public. Every environment may then reach what is in them.',
  },
  {
    name: 'outbound-ports',
    kind: 'list',
    default: '443,8443',
    developmentDefault: '*',
    doc: 'Ports that webhooks may be sent to; `*`, alone, for all.',
  },
  {
    name: 'outbound-http',
    kind: 'boolean',
    default: 'false',
    developmentDefault: 'true',
    doc: 'Whether webhooks may be sent by plain HTTP, readable for the network in between.',
  },
] as const satisfies readonly Option[];
