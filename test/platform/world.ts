import type { BusinessEvent } from '../../src/events.js';
import { type ClientEndpoint, createClientEndpoint } from '../../src/http/client-endpoint.js';
import { ClientThrottle } from '../../src/http/client-throttle.js';
import { discoveryRoutes } from '../../src/http/routes/discovery.js';
import { environmentsRoutes } from '../../src/http/routes/environments.js';
import { groupMembershipsRoutes } from '../../src/http/routes/group-memberships.js';
import { groupNestingsRoutes } from '../../src/http/routes/group-nestings.js';
import { groupsRoutes } from '../../src/http/routes/groups.js';
import { populationsRoutes } from '../../src/http/routes/populations.js';
import { tokenStateRoutes } from '../../src/http/routes/token-states.js';
import { tokenRoutes } from '../../src/http/routes/tokens.js';
import { userPasswordsRoutes } from '../../src/http/routes/user-passwords.js';
import { usersRoutes } from '../../src/http/routes/users.js';
import { createHttpServer, type HttpServer } from '../../src/http/server.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import { createPasswordHashes } from '../../src/kernel/password-hash.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { applicationDocument } from '../../src/platform/applications/application.js';
import { createDirectory } from '../../src/platform/directory.js';
import { createGroupService } from '../../src/platform/groups/groups.js';
import { createManagedService } from '../../src/platform/managed/service.js';
import type { Application, RoleAssignment, RoleName } from '../../src/platform/model.js';
import { createPasswordService } from '../../src/platform/passwords/passwords.js';
import { createPlatformService, type PlatformService } from '../../src/platform/service.js';
import { createRemoteKeySets, type ReadKeySet } from '../../src/platform/tokens/remote-key-sets.js';
import { createSigningKey } from '../../src/platform/tokens/signing-key.js';
import { createTokenStates } from '../../src/platform/tokens/token-states.js';
import { createTokenService, type TokenService } from '../../src/platform/tokens/tokens.js';
import { createUserService } from '../../src/platform/users/users.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import type { Write } from '../../src/storage/port.js';
import { CHEAP_PASSWORDS, openTestStore, type TestStore } from '../helpers/store.js';

export const API = 'https://mfa.example.org/v1';
export const AUTH = 'https://mfa.example.org';
export const HERE = uuidOf('abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6');
export const ELSEWHERE = uuidOf('00000000-0000-4000-8000-0000000000e2');
export const NOWHERE = uuidOf('00000000-0000-4000-8000-0000000000ff');
export const ORGANIZATION = uuidOf('00000000-0000-4000-8000-00000000000a');
export const LICENSE = uuidOf('00000000-0000-4000-8000-00000000000c');
export const POPULATION = uuidOf('00000000-0000-4000-8000-000000000b01');
export const OTHER_POPULATION = uuidOf('00000000-0000-4000-8000-000000000b02');
export const CLIENT = uuidOf('00000000-0000-4000-8000-0000000000c1');
export const SECRET = 'a+secret/with=odd characters%:&';

/** What an application is unless told otherwise: a worker that may do everything with the identities of one environment. */
export function worker(changes: Partial<Application> = {}): Application {
  const environmentId = changes.environmentId ?? HERE;
  return {
    id: CLIENT,
    environmentId,
    name: 'Backend',
    type: 'WORKER',
    enabled: true,
    tokenEndpointAuthMethod: 'CLIENT_SECRET_BASIC',
    mayActForItself: true,
    roles: [role('Identity Data Admin', 'ENVIRONMENT', environmentId)],
    ...changes,
  };
}

export function role(name: RoleName, type: RoleAssignment['scope']['type'], id: Uuid): RoleAssignment {
  return { role: name, scope: { type, id } };
}

export interface PlatformWorld extends AsyncDisposable {
  readonly test: TestStore;
  readonly tokens: TokenService;
  /** Tokens as another node of the same database knows them. */
  readonly otherNode: TokenService;
  readonly platform: PlatformService;
  readonly server: HttpServer;
  readonly events: BusinessEvent[];
  /** Creates or replaces an application with its secret. */
  putApplication(application: Application, secret?: string): Promise<void>;
  deleteApplication(id: Uuid, environmentId?: Uuid): Promise<void>;
  /** An access token of the application. */
  tokenOf(id?: Uuid, secret?: string): Promise<string>;
  /** Writes as they are. */
  write(environmentId: Uuid, ...writes: Write[]): Promise<void>;
}

export interface PlatformOptions {
  /** What is at clients' `jwksUrl`; nothing unless it is said. */
  readonly readKeySet?: ReadKeySet;
  readonly reusesAssertions?: boolean;
  readonly client?: ClientEndpoint;
}

/** Two environments of one organization, a worker in the first, and the server over them. */
export async function platformWorld({
  readKeySet = async () => undefined,
  reusesAssertions = false,
  client = createClientEndpoint(new ClientThrottle({ free: 0 })),
}: PlatformOptions = {}): Promise<PlatformWorld> {
  const test = await openTestStore({ database: { kind: 'sqlite', file: ':memory:' } });
  const { store, random, clock, keyring } = test;
  const events: BusinessEvent[] = [];
  const directory = createDirectory(store, clock);
  const urls = { apiPath: API, authPath: AUTH };
  const node = () => {
    const keySets = createRemoteKeySets({ read: readKeySet, clock });
    return createTokenService({
      store,
      directory,
      vault: keyring.vault,
      random,
      clock,
      keySets,
      reusesAssertions,
      ...urls,
    });
  };
  const tokens = node();
  const sink = { emit: (event: BusinessEvent) => void events.push(event) };
  const platform = createPlatformService({ store, events: sink, digests: keyring.digests });
  const unsent = () => () => ({ writes: [], outcome: [] });
  const hashes = createPasswordHashes(random, CHEAP_PASSWORDS);
  const users = createUserService({
    store,
    random,
    digests: keyring.digests,
    passwords: hashes,
    firstCode: unsent,
    events: sink,
  });
  const passwords = createPasswordService({ store, passwords: hashes, events: sink });
  const groups = createGroupService({ store, random, digests: keyring.digests, events: sink });
  const server = createHttpServer({
    routes: [
      ...tokenRoutes(tokens, client),
      ...tokenStateRoutes(createTokenStates({ store, tokens, events: sink }), client),
      ...discoveryRoutes(tokens, HERE),
      ...environmentsRoutes(platform),
      ...populationsRoutes(
        createManagedService({ store, random, digests: keyring.digests, vault: keyring.vault, events: sink }),
        store,
      ),
      ...usersRoutes(users),
      ...userPasswordsRoutes(passwords),
      ...groupsRoutes(groups),
      ...groupMembershipsRoutes(groups),
      ...groupNestingsRoutes(groups),
    ],
    rawRoutes: [],
    tokens,
    environments: directory,
    store,
    random,
    clock,
    logger: silentLogger,
    apiPath: API,
    authPath: AUTH,
    corsOrigins: [],
    development: true,
    drainGrace: 0,
  });
  const write = (environmentId: Uuid, ...writes: Write[]): Promise<void> =>
    store.transact({ environmentId }, () => ({ writes, outcome: undefined }));
  for (const [id, name, population] of [
    [HERE, 'Production', POPULATION],
    [ELSEWHERE, 'Staging', OTHER_POPULATION],
  ] as const) {
    const environment = {
      id,
      name,
      type: 'SANDBOX',
      region: 'EU',
      organizationId: ORGANIZATION,
      licenseId: LICENSE,
      population: { id: population, name: `${name} people` },
      defaultPolicy: { id: random.uuid() },
      relyingPartyId: 'example.test',
      signingKey: createSigningKey(random.uuid()),
    } as const;
    await write(id, ...provisionEnvironment(environment, clock.now()));
    clock.advance(1);
  }
  const world: PlatformWorld = {
    test,
    tokens,
    otherNode: node(),
    platform,
    server,
    events,
    write,
    async putApplication(application, secret = SECRET) {
      const at = { createdAt: clock.now(), updatedAt: clock.now() };
      const value = applicationDocument(application, new Redacted(secret), at);
      await write(application.environmentId, { kind: 'put', entity: 'document', value });
    },
    deleteApplication: (id, environmentId = HERE) =>
      write(environmentId, { kind: 'delete', entity: 'document', value: { environmentId, kind: 'application', id } }),
    async tokenOf(id = CLIENT, secret = SECRET) {
      const credentials = { method: 'CLIENT_SECRET_BASIC', clientId: id, clientSecret: secret } as const;
      const issued = await tokens.issue({ grantType: 'client_credentials', credentials });
      if (!issued.ok) throw new Error(issued.rejection.kind);
      return issued.value.accessToken;
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
  await world.putApplication(worker());
  return world;
}
