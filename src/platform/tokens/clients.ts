import type { Clock } from '../../kernel/clock.js';
import { parseUuid } from '../../kernel/ids.js';
import type { Vault } from '../../kernel/keys.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { Sealed } from '../../kernel/sealed.js';
import type { Reader } from '../../storage/port.js';
import { toApplication } from '../applications/application.js';
import { liveSecrets, readApplicationSecrets } from '../applications/application-secret.js';
import type { Application, EnvironmentId } from '../model.js';
import { authenticateClient, type ClientCredentials, type ClientRejection } from './client-authentication.js';

const SECRET_BYTES = 48;

export interface ClientParts {
  readonly store: Pick<Reader, 'findDocument'>;
  readonly vault: Vault;
  readonly random: Pick<Random, 'bytes'>;
  readonly clock: Clock;
}

/** Who a client is that proves itself by a secret; without an environment its own is meant (wire: `00` §1.2, §5.1). */
export type AuthenticateClient = (
  credentials: ClientCredentials,
  environmentId?: EnvironmentId,
) => Promise<Outcome<Application, ClientRejection>>;

export function createClients({ store, vault, random, clock }: ClientParts): AuthenticateClient {
  const decoy = createDecoy(vault, random);
  return async (credentials, environmentId) => {
    const id = parseUuid(credentials.clientId);
    const found = id && (await store.findDocument('application', id));
    // One that may not be seen from here is nobody.
    const document = environmentId === undefined || found?.environmentId === environmentId ? found : undefined;
    const opened = readApplicationSecrets(vault.open(document?.secret ?? decoy));
    const secrets = liveSecrets(opened, clock.now());
    return authenticateClient(document && toApplication(document), secrets, credentials);
  };
}

/** A secret that nobody has, sealed like a real one: opened and compared when there is no such client (SEC-50). */
function createDecoy(vault: Vault, random: ClientParts['random']): Sealed {
  const place = { table: 'document', column: 'secret', environmentId: 'nobody', row: 'nobody' };
  return new Sealed(vault.seal(random.bytes(SECRET_BYTES).toString('base64url'), place), place);
}
