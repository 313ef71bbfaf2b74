import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Vouches for itself, as `localhost` and `127.0.0.1`. Made for these tests; its key is no secret. */
export const CERTIFICATE_FILE = file('localhost-cert.pem');

export function localhostIdentity(): { readonly key: Buffer; readonly cert: Buffer } {
  return { key: readFileSync(file('localhost-key.pem')), cert: readFileSync(CERTIFICATE_FILE) };
}
