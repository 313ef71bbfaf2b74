import { minutes } from '../../src/kernel/duration.js';
import { uuidOf } from '../../src/kernel/ids.js';
import type { Logger } from '../../src/kernel/log.js';
import type { DocumentKind } from '../../src/platform/model.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { type Postern, type PosternAnswer, type PosternOptions, startPostern } from '../helpers/postern.js';

/** Two tenants of one server, alike but for their ids. */
export const HERE = '11111111-0000-4000-8000-00000000000a';
export const THERE = '22222222-0000-4000-8000-00000000000a';
/** Well-formed, and nobody's. */
export const NOBODY = '99999999-9999-4999-8999-999999999999';

/** The seeded objects of an environment. */
export interface Tenant {
  readonly environment: string;
  readonly population: string;
  readonly policy: string;
  readonly otherPolicy: string;
  /** Has the two devices; the e-mail one is the default. */
  readonly user: string;
  readonly email: string;
  readonly sms: string;
  /** Has none. */
  readonly newcomer: string;
}

function tenant(environment: string): Tenant {
  const id = (last: number): string => environment.replace(/..$/, String(last).padStart(2, '0'));
  return {
    environment,
    population: id(10),
    policy: id(20),
    otherPolicy: id(21),
    user: id(30),
    email: id(40),
    sms: id(41),
    newcomer: id(31),
  };
}

export const here = tenant(HERE);
export const there = tenant(THERE);

/** Roles of `00` §6.2; a seeded client for each, over its own environment only, and `backend` over the whole organization. */
export const ROLES = [
  'Organization Admin',
  'Environment Admin',
  'Identity Data Admin',
  'Identity Data Read Only',
  'Client Application Developer',
  'Configuration Read Only',
] as const;
export const SECRET = 'a-secret-for-tests-only';

const METHODS = ['sms', 'voice', 'email', 'whatsApp'] as const;

function seeded(ids: Tenant, name: string) {
  return {
    id: ids.environment,
    name,
    population: { id: ids.population },
    deviceAuthenticationPolicies: [
      {
        id: ids.policy,
        ...factoryPolicy({ name: 'First', default: true, sentMethods: METHODS }),
        rememberMe: { web: { enabled: true, lifeTime: { duration: 30, timeUnit: 'DAYS' } } },
      },
      { id: ids.otherPolicy, ...factoryPolicy({ name: 'Second', default: false, sentMethods: METHODS }) },
    ],
    mfaSettings: { pairing: { maxAllowedDevices: 15 }, phoneExtensions: { enabled: true } },
    users: [
      {
        id: ids.user,
        username: 'ann',
        email: 'ann@example.org',
        devices: [
          { id: ids.email, type: 'EMAIL', email: 'ann.factor@example.org' },
          { id: ids.sms, type: 'SMS', phone: '+15125550101' },
        ],
      },
      { id: ids.newcomer, username: 'bob', email: 'bob@example.org' },
    ],
    clients: [
      { name: 'backend', id: clientId(ids.environment, 'backend'), secret: SECRET },
      ...[...ROLES, 'everything'].map((role) => ({
        name: role,
        id: clientId(ids.environment, role),
        secret: SECRET,
        roleScope: 'ENVIRONMENT',
        ...(role === 'everything' ? {} : { roles: [role] }),
      })),
    ],
  };
}

/** The id of a seeded client, by its name. */
export function clientId(environment: string, name: string): string {
  const number = ['backend', 'everything', ...ROLES].indexOf(name) + 60;
  return environment.replace(/..$/, String(number));
}

export type Body = Readonly<Record<string, unknown>>;

export interface Detail {
  readonly code: string;
  readonly target?: string;
  readonly message: string;
  readonly innerError?: Body;
}

export interface Answer extends PosternAnswer {
  readonly body: Body;
}

/** A request to this server; `path` below `{apiPath}` when it begins with one of its families, else below `{authPath}`. */
export interface Ask {
  readonly method?: string;
  readonly path: string;
  /** An action's name (`otp.check`), a media type, or `null`: none. JSON unless given. */
  readonly type?: string | null;
  /** An object is sent as JSON. */
  readonly body?: object | string | Buffer;
  /** Of `backend` unless given; `null`: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface World extends AsyncDisposable {
  readonly postern: Postern;
  ask(request: Ask): Promise<Answer>;
  /** Lets what is being sent arrive, then moves the clock. */
  advance(millis: number): Promise<void>;
  /** A fresh access token of a seeded client. */
  tokenOf(name: string, environment?: string): Promise<string>;
  /**
   * Everything that is stored of the two tenants, every message in the inbox, and how many business events there were: equal
   * before and after means that nothing was stored and nothing sent. A flow is seen by the event of its creation, or by its id.
   */
  fingerprint(flows?: readonly string[]): Promise<string>;
  /** Types of the business events so far. */
  readonly events: readonly string[];
}

/** What documents tell apart; a kind that is missing here would not be seen to change. */
const CONFIGURATION: readonly DocumentKind[] = [
  'alertChannel',
  'application',
  'brandingSettings',
  'certificate',
  'deviceAuthenticationPolicy',
  'emailDeliverySettings',
  'emailDomain',
  'fido2Policy',
  'fidoDeviceMetadata',
  'fidoPolicy',
  'gateway',
  'grant',
  'identityProvider',
  'identityProviderAttribute',
  'image',
  'key',
  'keyRotationPolicy',
  'language',
  'mfaSettings',
  'notificationsPolicy',
  'notificationsSettings',
  'phoneDeliverySettings',
  'passwordPolicy',
  'population',
  'resource',
  'resourceAttribute',
  'scope',
  'signOnPolicy',
  'signOnPolicyAction',
  'signOnPolicyAssignment',
  'pushCredentials',
  'templateContent',
  'trustedEmail',
  'subscription',
  'theme',
];

const JSON_TYPE = 'application/json';
const action = (name: string): string => `application/vnd.pingidentity.${name}+json`;

const mediaType = (type: string): string => (/^[\w.]+$/.test(type) ? action(type) : type);
const bytes = (body: object | string | Buffer): string | Buffer =>
  typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

export async function startWorld(options: Pick<PosternOptions, 'env'> = {}): Promise<World> {
  const events: string[] = [];
  const record = (fields: object, message: string): void => {
    if (message === 'event' && 'type' in fields) events.push(String(fields.type));
  };
  const logger: Logger = { debug: record, info: record, warn() {}, error() {} };
  const seed = JSON.stringify({ environments: [seeded(here, 'Here'), seeded(there, 'There')] });
  // Nobody is asked for the records of a domain, unless a test says whom.
  const env = { POSTERN_DOMAIN_ENVIRONMENT: HERE, POSTERN_DNS_SERVERS: '127.0.0.1:9', ...options.env };
  const postern = await startPostern({ seed, logger, env });

  let current = { token: postern.token, since: postern.now() };
  /** A token that is still good, whatever the clock was moved to. */
  async function goodToken(): Promise<string> {
    if (postern.now() - current.since > minutes(55))
      current = { token: await postern.newToken(), since: postern.now() };
    return current.token;
  }

  async function ask({ method, path, type, body, token, headers }: Ask): Promise<Answer> {
    const base = /^\/(environments|organizations|roles)(\W|$)/.test(path) ? postern.apiPath : postern.authPath;
    const contentType = type === undefined && body !== undefined ? JSON_TYPE : type;
    const answer = await postern.send({
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      url: `${base}${path}`,
      ...(typeof contentType === 'string' ? { contentType: mediaType(contentType) } : {}),
      ...(body === undefined ? {} : { body: bytes(body) }),
      token: token === undefined ? await goodToken() : token,
      ...(headers ? { headers } : {}),
    });
    return { ...answer, body: (answer.body ?? {}) as Body };
  }

  async function tokenOf(name: string, environment = HERE): Promise<string> {
    const { status, body, text } = await ask({
      path: `/${environment}/as/token`,
      type: 'application/x-www-form-urlencoded',
      body: 'grant_type=client_credentials',
      token: null,
      headers: { authorization: `Basic ${Buffer.from(`${clientId(environment, name)}:${SECRET}`).toString('base64')}` },
    });
    if (status !== 200) throw new Error(`no token for ${name}: ${status} ${text}`);
    return String(body['access_token']);
  }

  async function fingerprint(flows: readonly string[] = []): Promise<string> {
    await postern.drain();
    const { store } = postern.app;
    const stored: unknown[] = [await store.environments({ limit: 100 }), await store.licenseNames()];
    for (const environmentId of [uuidOf(HERE), uuidOf(THERE)]) {
      for (const kind of CONFIGURATION) stored.push(await store.documents(environmentId, { kind }));
      stored.push(await store.oathTokens(environmentId, { limit: 100 }));
      const users = await store.users(environmentId, { limit: 1_000 });
      stored.push(users);
      const groups = await store.groups(environmentId, { limit: 1_000 });
      stored.push(groups);
      for (const { id } of groups.items)
        stored.push((await store.load({ environmentId, directory: { roles: id } })).directory);
      for (const { user } of users.items) {
        const { devices, browsers } = await store.load({ environmentId, user: user.id, browsers: 'all' });
        stored.push(devices, browsers);
        const beside = { password: user.id, codes: user.id, roles: user.id };
        stored.push((await store.load({ environmentId, directory: beside })).directory);
        stored.push(await store.groupsOfUser(environmentId, user.id, { limit: 1_000 }));
      }
      for (const flow of flows)
        stored.push((await store.load({ environmentId, deviceAuthentication: uuidOf(flow) })).deviceAuthentication);
    }
    const inbox = await postern.send({ method: 'GET', url: `${postern.inboxUrl}/messages`, token: null });
    return JSON.stringify([stored, inbox.text, events.length]);
  }

  return {
    postern,
    ask,
    async advance(millis) {
      await postern.drain();
      postern.advance(millis);
    },
    tokenOf,
    fingerprint,
    events,
    [Symbol.asyncDispose]: () => postern[Symbol.asyncDispose](),
  };
}
