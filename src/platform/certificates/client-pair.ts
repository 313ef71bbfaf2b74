import { X509Certificate } from 'node:crypto';
import type { Vault } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import type { StoredDocument } from '../model.js';
import { certificateOf } from './stored.js';

/** What a key is for by which an environment shows others who it is. */
const USAGE = 'OUTBOUND_MTLS';

/** Whether a key may be shown to those that an environment sends to. */
export const servesClients = ({ body }: StoredDocument): boolean => body['usageType'] === USAGE;

/** A key and its certificate, PEM, to be somebody by. Throws when there is no such key, or it is for something else. */
export function clientPairIn(
  stored: StoredDocument | undefined,
  vault: Pick<Vault, 'open'>,
): { readonly key: Redacted<string>; readonly certificate: string } {
  if (!stored?.secret || !servesClients(stored)) throw new TypeError('there is no key pair to show to receivers');
  return {
    key: new Redacted(vault.open(stored.secret)),
    certificate: new X509Certificate(certificateOf(stored)).toString(),
  };
}
