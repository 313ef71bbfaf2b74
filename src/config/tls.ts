import { isIP } from 'node:net';
import { join } from 'node:path';
import type { TlsConfig } from './config.js';
import type { OptionValues } from './option.js';
import type { TLS_OPTIONS } from './tls-options.js';

type TlsValues = OptionValues<typeof TLS_OPTIONS> & { readonly data: string };
type Complain = (name: keyof TlsValues, what: string, remedy: string) => void;

/** Labels of letters, digits and hyphens (RFC 1123 §2.1), in lower case; no wildcards, which are no address of anybody. */
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;
const KEPT_IN = 'tls';

/** What is served by TLS, if anything. The files are read when the server is made. */
export function tlsOf(set: TlsValues, complain: Complain): TlsConfig | undefined {
  const certificate = set['tls-cert'];
  const key = set['tls-key'];
  const names = namesOf(set['tls-name'] ?? [], complain);
  if (set.tls !== true) {
    if (names.length > 0) complain('tls-name', 'is set, but `tls` is not.', 'Add --tls, or set POSTERN_TLS to true.');
    if (certificate !== undefined && key !== undefined) return { kind: 'given', certificate, key };
    if (certificate !== undefined)
      complain('tls-key', 'is missing beside `tls-cert`.', 'Name the file of the private key.');
    if (key !== undefined) complain('tls-cert', 'is missing beside `tls-key`.', 'Name the file of the certificate.');
    return undefined;
  }
  if (certificate !== undefined || key !== undefined)
    complain(
      certificate === undefined ? 'tls-key' : 'tls-cert',
      'is set beside `tls`, which makes a certificate of its own.',
      'Unset one of the two.',
    );
  return { kind: 'made', names, ...(set.data === ':memory:' ? {} : { directory: join(set.data, KEPT_IN) }) };
}

function namesOf(list: readonly string[], complain: Complain): readonly string[] {
  const names = list.map((name) =>
    isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase(),
  );
  const wrong = names.filter((name) => isIP(name) === 0 && !HOST_NAME.test(name));
  if (wrong.length > 0)
    complain(
      'tls-name',
      `has members that are neither host names nor IP addresses: ${wrong.map((name) => JSON.stringify(name)).join(', ')}.`,
      'Write names as in api.postern.test, without scheme, port or wildcard.',
    );
  return [...new Set(names)];
}
