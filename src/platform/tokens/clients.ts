import type { Clock } from '../../kernel/clock.js';
import { parseUuid } from '../../kernel/ids.js';
import type { Vault } from '../../kernel/keys.js';
import { type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import { Sealed } from '../../kernel/sealed.js';
import type { Store } from '../../storage/port.js';
import { toApplication } from '../applications/application.js';
import { liveSecrets, readApplicationSecrets } from '../applications/application-secret.js';
import type { Application, EnvironmentId } from '../model.js';
import type { TokenRealm } from './access-token.js';
import { createAssertionProof } from './assertion-proof.js';
import { createAssertionUses } from './assertion-uses.js';
import { assertionFault, audiencesOf, type ClientEndpointName, type PresentedAssertion } from './client-assertion.js';
import {
  authenticateByAssertion,
  authenticateClient,
  type ClientCredentials,
  type ClientRejection,
} from './client-authentication.js';
import type { RemoteKeySets } from './remote-key-sets.js';

const SECRET_BYTES = 48;

export interface ClientParts {
  readonly store: Pick<Store, 'findDocument' | 'transact'>;
  readonly vault: Vault;
  readonly random: Pick<Random, 'bytes'>;
  readonly clock: Clock;
  readonly realm: TokenRealm;
  readonly keySets: RemoteKeySets;
  /** Whether an assertion is good more than once. */
  readonly reusesAssertions: boolean;
}

/** Where a client proves itself; without an environment its own is meant (wire: `00` §1.2, §5.1). */
export interface ClientPlace {
  readonly environmentId?: EnvironmentId;
  readonly endpoint: ClientEndpointName;
}

/** Who a client is that proves itself by a secret or by an assertion. */
export type AuthenticateClient = (
  credentials: ClientCredentials,
  place: ClientPlace,
) => Promise<Outcome<Application, ClientRejection>>;

export function createClients(parts: ClientParts): AuthenticateClient {
  const { store, vault, random, clock, realm } = parts;
  const decoy = createDecoy(vault, random);
  const isProved = createAssertionProof(parts);
  const isFirstUse = createAssertionUses(store);

  /** The application, and the secrets of it, or of nobody, that are good now. */
  async function find(clientId: string, environmentId: EnvironmentId | undefined) {
    const id = parseUuid(clientId);
    const found = id && (await store.findDocument('application', id));
    // One that may not be seen from here is nobody.
    const document = environmentId === undefined || found?.environmentId === environmentId ? found : undefined;
    const opened = readApplicationSecrets(vault.open(document?.secret ?? decoy));
    return { application: document && toApplication(document), secrets: liveSecrets(opened, clock.now()) };
  }

  async function byAssertion(assertion: PresentedAssertion, { environmentId, endpoint }: ClientPlace) {
    const { application, secrets } = await find(assertion.clientId, environmentId);
    const proved = await isProved(assertion, application, secrets);
    const audiences = application ? audiencesOf(realm, application.environmentId, endpoint) : [];
    // After the keys were fetched, which may have taken its time.
    const fault = assertionFault(assertion, audiences, clock.now());
    const judged = authenticateByAssertion(application, assertion, { isProved: proved, fault });
    const { jti, exp } = assertion.claims;
    if (!judged.ok || parts.reusesAssertions || typeof jti !== 'string' || exp === undefined) return judged;
    return (await isFirstUse(judged.value, { jti, endsAt: exp * 1000 }))
      ? judged
      : reject({ kind: 'ClientNotAuthenticated', because: 'AssertionUsedBefore' } as const);
  }

  return async (credentials, place) => {
    if ('claims' in credentials) return byAssertion(credentials, place);
    const { application, secrets } = await find(credentials.clientId, place.environmentId);
    return authenticateClient(application, secrets, credentials);
  };
}

/** A secret that nobody has, sealed like a real one: opened and compared when there is no such client (SEC-50). */
function createDecoy(vault: Vault, random: ClientParts['random']): Sealed {
  const place = { table: 'document', column: 'secret', environmentId: 'nobody', row: 'nobody' };
  return new Sealed(vault.seal(random.bytes(SECRET_BYTES).toString('base64url'), place), place);
}
