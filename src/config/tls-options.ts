import type { Option } from './option.js';

/** How the server is reached by https without a proxy in front of it. */
export const TLS_OPTIONS = [
  {
    name: 'tls',
    kind: 'boolean',
    only: 'dev',
    doc: 'Serve https instead of http, with a certificate of a private authority that is made for it. Both are kept in `tls/` below `data` and used again by the next start; what clients have to be told is printed.',
  },
  {
    name: 'tls-name',
    kind: 'list',
    only: 'dev',
    doc: 'Host names and IP addresses that the certificate of `tls` is for, beside `localhost`, the address listened on and the hosts of the public URLs; the flag may be repeated. Without `api-url` and `auth-url` the public URLs have the name whose first label is `api` or `auth`, else the first one.',
  },
  {
    name: 'tls-cert',
    kind: 'file',
    doc: 'PEM file with the certificate to serve https with, followed by those between it and its root. Served anew within seconds when it or the key changes, and at once after `SIGHUP`; a pair that does not fit leaves the one before in force.',
  },
  {
    name: 'tls-key',
    kind: 'file',
    doc: 'PEM file with the private key of `tls-cert`, without a passphrase.',
  },
] as const satisfies readonly Option[];
