import type { CryptoKey } from 'jose';
import { createLocalJWKSet, type LocalJWKSet } from 'jose/jwks/local';
import type { Clock } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import type { Vault } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Store } from '../../storage/port.js';
import { toApplication } from '../applications/application.js';
import type { Directory } from '../directory.js';
import type { Actor, ApplicationId, EnvironmentId, StoredDocument } from '../model.js';
import { LOOK_UP_AGAIN_AFTER, Recent } from '../recent.js';
import {
  ACCESS_TOKEN_SECONDS,
  accessToken,
  accessTokenChecks,
  createTokenRealm,
  environmentOf,
  keyNamedBy,
  toVerifiedToken,
  type VerifiedToken,
} from './access-token.js';
import type { ClientCredentials, ClientRejection } from './client-authentication.js';
import { type AuthenticateClient, createClients } from './clients.js';
import { parseToken, signToken, verifyToken } from './jws.js';
import type { RemoteKeySets } from './remote-key-sets.js';
import { type PublicJwk, SigningKeyError, toPrivateKey, toPublicJwk } from './signing-key.js';

/** A client-credentials request (wire: `00` §5.1). Without an environment, the client's own is meant (`00` §1.2). */
export interface TokenRequest {
  readonly environmentId?: EnvironmentId;
  readonly grantType: string | undefined;
  /** Absent: nothing that identifies the client. */
  readonly credentials: ClientCredentials | undefined;
}

export type TokenRejection =
  | ClientRejection
  | { readonly kind: 'GrantTypeMissing' }
  | { readonly kind: 'GrantTypeNotSupported' }
  /** An application that is not a worker has nothing to ask for in its own name. */
  | { readonly kind: 'ClientNotAuthorized' };

export interface IssuedToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
}

/** A token that is good for something now. */
export interface ReadToken {
  readonly token: VerifiedToken;
  readonly actor: Actor;
}

export interface TokenService {
  /** Who a client is that proves itself at an endpoint of tokens. */
  readonly authenticateClient: AuthenticateClient;
  issue(request: TokenRequest): Promise<Outcome<IssuedToken, TokenRejection>>;
  /**
   * The worker behind a bearer token, with its roles as they are now; `undefined` when the token is not good for anything. A
   * verified token is remembered until it expires, its client and its key looked up again every 2 s (SEC-48, SEC-49;
   * `design.md` §5).
   */
  authenticate(token: string): Promise<Actor | undefined>;
  /** What is known of a token that is good for something: its holder, and what else was verified of it. */
  read(token: string): Promise<ReadToken | undefined>;
  /** A token that was revoked; other processes follow within 2 s. */
  forgetToken(token: string): void;
  /** What is remembered of a client, or of all, is out of date: the next request looks again. Other processes follow within 2 s. */
  forget(clientId?: ApplicationId): void;
  /** How often a verified token was found in memory; for metrics. */
  cache(): { readonly hits: number; readonly misses: number; readonly entries: number };
  /** Public keys, oldest first; `undefined`: no such environment. */
  publicKeys(environmentId: EnvironmentId): Promise<readonly PublicJwk[] | undefined>;
}

interface TokenServiceOptions {
  readonly store: Pick<Store, 'findDocument' | 'documents' | 'isRevoked' | 'transact'>;
  readonly directory: Directory;
  readonly vault: Vault;
  readonly random: Random;
  readonly clock: Clock;
  readonly apiPath: string;
  readonly authPath: string;
  /** The keys of clients that have them elsewhere. */
  readonly keySets: RemoteKeySets;
  /** Whether a client may present one assertion again. */
  readonly reusesAssertions: boolean;
}

interface EnvironmentKeys {
  /** Oldest first. */
  readonly published: readonly PublicJwk[];
  /** The same, ready to verify with. */
  readonly verifying: LocalJWKSet;
  /** The newest key signs. */
  readonly signing: { readonly kid: Uuid; readonly key: CryptoKey } | undefined;
}

const REMEMBERED_TOKENS = 10_000;
/** Characters at a token's end, of its signature, that it is looked up by: to hash all of it costs a request more than the rest. */
const KEY_LENGTH = 43;
const REMEMBERED_CLIENTS = 10_000;
const REMEMBERED_ENVIRONMENTS = 1_000;

export function createTokenService(options: TokenServiceOptions): TokenService {
  const { store, directory, vault, random, clock } = options;
  const realm = createTokenRealm(options.apiPath, options.authPath);
  const authenticateClient = createClients({ ...options, realm });
  const verified = new Map<string, { readonly token: string; readonly claims: VerifiedToken }>();
  const clients = new Recent<ApplicationId, Actor | undefined>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: REMEMBERED_CLIENTS },
    async (clientId) => toActor(await store.findDocument('application', clientId)),
  );
  const keys = new Recent<EnvironmentId, EnvironmentKeys>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: REMEMBERED_ENVIRONMENTS },
    async (environmentId) => toEnvironmentKeys(await store.documents(environmentId, { kind: 'signingKey' }), vault),
  );
  // By the token as it was verified: a token that is forgotten and verified anew is looked up anew.
  const revoked = new Recent<VerifiedToken, boolean>(
    { clock, maxAge: LOOK_UP_AGAIN_AFTER, capacity: REMEMBERED_TOKENS },
    ({ environmentId, id }) => store.isRevoked(environmentId, id),
  );
  let hits = 0;
  let misses = 0;

  async function verify(token: string): Promise<VerifiedToken | undefined> {
    const parsed = parseToken(token);
    const kid = parsed && keyNamedBy(parsed.header);
    const environmentId = parsed && environmentOf(parsed.claims);
    if (kid === undefined || !environmentId) return undefined;
    const { verifying } = await keys.get(environmentId);
    const now = clock.now();
    const claims = await verifyToken(token, verifying, accessTokenChecks(environmentId, realm, now));
    return claims && toVerifiedToken(claims, kid, environmentId, now);
  }

  function remember(token: string, claims: VerifiedToken): void {
    const oldest = verified.size >= REMEMBERED_TOKENS ? verified.keys().next() : undefined;
    if (oldest && !oldest.done) verified.delete(oldest.value);
    verified.set(keyOf(token), { token, claims });
  }

  async function authenticate(token: string): Promise<Actor | undefined> {
    const known = verified.get(keyOf(token));
    // The whole text: that it ends like a good one makes no token good.
    let claims = known?.token === token ? known.claims : undefined;
    if (claims) hits += 1;
    else {
      misses += 1;
      claims = await verify(token);
      if (!claims) return undefined;
      remember(token, claims);
    }
    if (clock.now() >= claims.expiresAt) {
      verified.delete(keyOf(token));
      return undefined;
    }
    const { published } = keys.known(claims.environmentId) ?? (await keys.get(claims.environmentId));
    if (!published.some(({ kid }) => kid === claims.kid)) return undefined;
    if (revoked.known(claims) ?? (await revoked.get(claims))) return undefined;
    const actor = clients.known(claims.clientId) ?? (await clients.get(claims.clientId));
    return actor?.environmentId === claims.environmentId ? actor : undefined;
  }

  return {
    authenticateClient,

    async issue({ environmentId, grantType, credentials }) {
      if (grantType === undefined) return reject({ kind: 'GrantTypeMissing' });
      if (!credentials) return reject({ kind: 'ClientNotAuthenticated' });
      const client = await authenticateClient(credentials, {
        endpoint: 'token',
        ...(environmentId ? { environmentId } : {}),
      });
      if (!client.ok) return client;
      if (grantType !== 'client_credentials') return reject({ kind: 'GrantTypeNotSupported' });
      if (client.value.type !== 'WORKER' || !client.value.mayActForItself)
        return reject({ kind: 'ClientNotAuthorized' });
      const home = client.value.environmentId;
      const { signing } = await keys.get(home);
      const organizationId = await directory.organizationOf(home);
      if (!signing || !organizationId) throw new SigningKeyError(`environment ${home} has no signing key`);
      const { header, claims } = accessToken(
        { clientId: client.value.id, environmentId: home, organizationId },
        realm,
        { kid: signing.kid, jti: random.uuid() },
        clock.now(),
      );
      return accept({
        accessToken: await signToken(header, claims, signing.key),
        expiresInSeconds: ACCESS_TOKEN_SECONDS,
      });
    },

    authenticate,

    async read(token) {
      const actor = await authenticate(token);
      const known = verified.get(keyOf(token));
      return actor && known?.token === token ? { token: known.claims, actor } : undefined;
    },

    forgetToken(token) {
      if (verified.get(keyOf(token))?.token === token) verified.delete(keyOf(token));
    },

    forget: (clientId) => clients.forget(clientId),

    cache: () => ({ hits, misses, entries: verified.size }),

    async publicKeys(environmentId) {
      if ((await directory.organizationOf(environmentId)) === undefined) return undefined;
      return (await keys.get(environmentId)).published;
    },
  };
}

const keyOf = (token: string): string => token.slice(-KEY_LENGTH);

/** The worker, unless it is gone, disabled or not a worker. */
function toActor(document: StoredDocument | undefined): Actor | undefined {
  const application = document && toApplication(document);
  if (!application?.enabled || application.type !== 'WORKER') return undefined;
  const { id, environmentId, roles } = application;
  return { kind: 'worker', applicationId: id, environmentId, roles };
}

async function toEnvironmentKeys(documents: readonly StoredDocument[], vault: Vault): Promise<EnvironmentKeys> {
  const newest = documents.at(-1);
  const published = documents.map(toPublicJwk);
  return {
    published,
    verifying: createLocalJWKSet({ keys: [...published] }),
    signing: newest && { kid: newest.id, key: await toPrivateKey(newest, vault) },
  };
}
