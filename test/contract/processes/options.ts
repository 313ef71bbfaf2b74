import { LEASE_MILLIS } from '../../../src/delivery/message.js';
import { createKeyring } from '../../../src/kernel/keys.js';
import { silentLogger } from '../../../src/kernel/log.js';
import { createSystemRandom } from '../../../src/kernel/random.js';
import { Redacted } from '../../../src/kernel/sealed.js';
import type { Database } from '../../../src/storage/sql/engine.js';
import { type OpenStoreOptions, openStore } from '../../../src/storage/sql/index.js';

/** A store as a server opens it, with the master key that its peers have. */
export function openAsServer(database: Database, masterKey: string, extra: Partial<OpenStoreOptions> = {}) {
  const random = createSystemRandom();
  const keyring = createKeyring(new Redacted(Buffer.from(masterKey, 'hex')));
  return openStore({
    database,
    vault: keyring.vault,
    audit: keyring.audit,
    random,
    logger: silentLogger,
    processId: random.uuid(),
    lease: LEASE_MILLIS,
    onAppended: () => {},
    ...extra,
  });
}
