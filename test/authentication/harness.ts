import { createAuthenticationService } from '../../src/authentication/service.js';
import { CHANNELS, type Channel, type MessageContent } from '../../src/delivery/message.js';
import type { Deployment } from '../../src/devices/eligibility.js';
import { KINDS, type SentType } from '../../src/devices/kinds/index.js';
import type { Device } from '../../src/devices/model.js';
import { canonicalContact } from '../../src/devices/sending/contact.js';
import type { BusinessEvent } from '../../src/events.js';
import { type Authenticator, createDispatcher } from '../../src/http/dispatch.js';
import { createLinks } from '../../src/http/hal/links.js';
import { deviceAuthenticationsRoutes } from '../../src/http/routes/device-authentications.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import { silentLogger } from '../../src/kernel/log.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import type { PolicyDocument } from '../../src/policies/device-authentication/policy-document.js';
import { provisionEnvironment } from '../../src/policies/provisioning.js';
import type { Snapshot, Write } from '../../src/storage/port.js';
import type { SqlStore } from '../../src/storage/sql/store.js';
import { openTestStore, TEST_TIME, type TestClock, type TestStoreOptions } from '../helpers/store.js';

export const POLICY = uuidOf('00000000-0000-4000-8000-0000000000c1');
const AUTH_PATH = 'https://auth.example.org';

/** An answer as a client reads it. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Two environments, one user in each, behind the routes, the service and a real store. */
export interface Api extends AsyncDisposable {
  readonly environmentId: Uuid;
  readonly otherEnvironmentId: Uuid;
  readonly userId: Uuid;
  readonly otherUserId: Uuid;
  readonly clock: TestClock;
  readonly events: BusinessEvent[];
  /** `action` is the media type's own part; absent = `application/json`. */
  send(method: string, path: string, body?: unknown, action?: string): Promise<ApiAnswer>;
  addDevice(type: SentType, contact: string, change?: Partial<Device>): Promise<Uuid>;
  change(decide: (snapshot: Snapshot) => readonly Write[]): Promise<void>;
  message(flow: string): MessageContent;
  readonly sent: () => number;
  readonly store: SqlStore;
}

/** `policy` changes the default policy's document, in which every method whose code the server sends is on. */
export async function startApi(
  options: TestStoreOptions & { policy?: Partial<PolicyDocument>; deployment?: Partial<Deployment> } = {},
): Promise<Api> {
  const { store, clock, keyring, random, appended, ...owner } = await openTestStore(options);
  const [environmentId, otherEnvironmentId, userId, otherUserId] = [0, 1, 2, 3].map(() => random.uuid()) as [
    Uuid,
    Uuid,
    Uuid,
    Uuid,
  ];
  const places = [
    [environmentId, userId],
    [otherEnvironmentId, otherUserId],
  ] as const;
  for (const [id, user] of places) {
    const population = random.uuid();
    const document = { ...factoryPolicy({ sentMethods: ['sms', 'voice', 'email', 'whatsApp'] }), ...options.policy };
    const writes = provisionEnvironment(
      {
        id,
        name: 'Test',
        type: 'SANDBOX',
        region: 'EU',
        organizationId: random.uuid(),
        licenseId: random.uuid(),
        population: { id: population },
        defaultPolicy: { id: POLICY, document },
        relyingPartyId: 'example.test',
        signingKey: { id: random.uuid(), publicJwk: {}, privateJwk: new Redacted('{}') },
      },
      TEST_TIME,
    );
    await store.transact({ environmentId: id }, () => ({ writes, outcome: undefined }));
    const instants = { createdAt: TEST_TIME, updatedAt: TEST_TIME };
    const identity = { environmentId: id, version: 1 };
    const insertUser: Write = {
      kind: 'insert',
      entity: 'user',
      value: {
        id: user,
        ...identity,
        populationId: population,
        username: 'ada',
        enabled: true,
        profile: {},
        ...instants,
      },
      factors: {
        userId: user,
        ...identity,
        mfaEnabled: true,
        lockoutFailures: 0,
        ceilings: {},
        lockEpochs: {},
        deviceOrder: null,
      },
    };
    await store.transact({ environmentId: id, username: 'ada' }, () => ({ writes: [insertUser], outcome: undefined }));
  }

  const events: BusinessEvent[] = [];
  const authentications = createAuthenticationService({
    store,
    random,
    clock,
    digests: keyring.digests,
    vault: keyring.vault,
    deployment: { channels: new Set<Channel>(CHANNELS), allowsTestMode: () => true, ...options.deployment },
    events: { emit: (event) => events.push(event) },
  });
  const worker: Authenticator = {
    authenticate: async () => ({
      kind: 'worker',
      applicationId: environmentId,
      environmentId,
      roles: [environmentId, otherEnvironmentId].map((id) => ({
        role: 'Identity Data Admin',
        scope: { type: 'ENVIRONMENT', id },
      })),
    }),
  };
  const dispatcher = createDispatcher({
    routes: deviceAuthenticationsRoutes(authentications),
    tokens: worker,
    environments: { organizationOf: async () => undefined, environmentOf: () => undefined },
    links: createLinks('https://api.example.org/v1', AUTH_PATH),
    apiPath: 'https://api.example.org/v1',
    authPath: AUTH_PATH,
    logger: silentLogger,
    development: true,
  });

  async function change(decide: (snapshot: Snapshot) => readonly Write[]): Promise<void> {
    await store.transact({ environmentId, user: userId }, (snapshot) => ({
      writes: decide(snapshot),
      outcome: undefined,
    }));
  }

  return {
    environmentId,
    otherEnvironmentId,
    userId,
    otherUserId,
    clock,
    events,
    store,
    change,
    sent: () => appended.length,
    async send(method, path, body, action) {
      const type = action === undefined ? 'application/json' : `application/vnd.pingidentity.${action}+json`;
      const headers: Record<string, string> = {
        authorization: 'Bearer token',
        ...(body === undefined ? {} : { 'content-type': type }),
      };
      const admitted = await dispatcher.admit({
        method,
        url: path,
        header: (name) => headers[name],
        correlationId: random.uuid(),
        source: '127.0.0.1',
        signal: () => new AbortController().signal,
      });
      const text = typeof body === 'string' ? body : JSON.stringify(body ?? '');
      const answer =
        admitted.kind === 'answered'
          ? admitted.answer
          : await dispatcher.perform(admitted, Buffer.from(body === undefined ? '' : text));
      return { status: answer.status, body: JSON.parse(String(answer.body ?? '{}')) };
    },
    async addDevice(type, text, given = {}) {
      const contact = KINDS[type].parseContact(text);
      if (!contact) throw new TypeError(`no contact: ${text}`);
      const device: Device = {
        id: random.uuid(),
        environmentId,
        userId,
        type,
        status: 'ACTIVE',
        secret: new Redacted(contact.address),
        lookupKey: keyring.digests.contact(environmentId, canonicalContact(contact.address)),
        details: { masked: contact.masked },
        testMode: false,
        codeEpoch: 0,
        activatedAt: clock.now(),
        createdAt: clock.now(),
        updatedAt: clock.now(),
        ...given,
      };
      await change(({ factors }) =>
        factors
          ? [
              { kind: 'update', entity: 'factors', value: factors },
              { kind: 'put', entity: 'device', value: device },
            ]
          : [],
      );
      return device.id;
    },
    message(flow) {
      const row = appended.findLast(({ deviceAuthenticationId }) => deviceAuthenticationId === flow);
      if (!row) throw new Error(`nothing was sent for ${flow}`);
      return JSON.parse(keyring.vault.open(row.content));
    },
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  };
}
