import { type App, createApp } from '../../src/app.js';
import { demoWorld } from '../../src/cli/demo.js';
import { provisionWorld } from '../../src/cli/seed/provision.js';
import { readSeed } from '../../src/cli/seed/read.js';
import { type World, worldOf } from '../../src/cli/seed/world.js';
import { worldFacts } from '../../src/cli/world-facts.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { describeProblems } from '../../src/config/problem.js';
import { GATEWAY_OPTIONS, gatewayProblems } from '../../src/delivery/gateways/index.js';
import type { Instant } from '../../src/kernel/clock.js';
import { type Logger, silentLogger } from '../../src/kernel/log.js';
import { migratedDatabase } from './migrated-database.js';
import { CHEAP_PASSWORDS, testClock } from './store.js';

export { type PosternProcess, spawnPostern } from './process.js';

export interface PosternAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; `undefined` without a body. */
  readonly body: unknown;
  readonly text: string;
}

export interface PosternRequest {
  readonly method: string;
  readonly url: string;
  readonly contentType?: string;
  readonly body?: string | Buffer;
  /** Instead of the demo client's; `null`: none. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PosternOptions {
  /** SQLite in memory unless told otherwise. */
  readonly database?: 'sqlite' | 'postgres';
  /** A seed file's text, in place of the demo environment. Its first client must take Basic. */
  readonly seed?: string;
  /** The public address; `http://postern.test` unless told otherwise. */
  readonly authUrl?: string;
  /** When the fixed clock begins. */
  readonly now?: Instant;
  /** Further settings, as variables: `{ POSTERN_CORS_ORIGINS: '…' }`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
}

export interface Postern extends AsyncDisposable {
  readonly app: App;
  readonly apiPath: string;
  readonly authPath: string;
  readonly inboxUrl: string;
  readonly environmentId: string;
  readonly populationId: string;
  readonly deviceAuthPolicyId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** A valid token of the demo client. */
  readonly token: string;
  /** In-process request to an absolute URL; carries the demo token unless `token` is given (`null`: none). */
  send(request: PosternRequest): Promise<PosternAnswer>;
  /** Finishes the sending that is under way and returns the newest matching code in the inbox. */
  lastCode(query: { deviceAuthentication?: string; device?: string; user?: string }): Promise<string>;
  now(): Instant;
  /** Moves the fixed clock. */
  advance(millis: number): void;
  /** Resolves when nothing is being sent. */
  drain(): Promise<void>;
  /** Another token of the demo client: the first lives an hour of the fixed clock. */
  newToken(): Promise<string>;
}

/**
 * A whole server in this process, without a socket: `postern dev` as an operator would have it, on a database of its own and a
 * clock that stands.
 */
export async function startPostern(options: PosternOptions = {}): Promise<Postern> {
  const database = options.database === 'postgres' ? await migratedDatabase() : undefined;
  const clock = testClock(options.now);
  const world = worldFrom(options.seed);
  let facts: Awaited<ReturnType<typeof worldFacts>> | undefined;
  const app = await createApp(configFrom(options, database?.url), {
    clock,
    logger: options.logger ?? silentLogger,
    passwordCost: CHEAP_PASSWORDS,
    async populate(parts) {
      await provisionWorld(parts, world);
      facts = await worldFacts(parts, world);
      return facts;
    },
  });
  if (!facts) throw new Error('the server was not populated');
  const { environmentId, populationId, deviceAuthPolicyId, clientId, clientSecret } = facts;
  const { apiPath, authPath } = app.urls;
  const inboxUrl = `${authPath}/inbox`;
  let token = '';

  async function send(request: PosternRequest): Promise<PosternAnswer> {
    const { pathname, search } = new URL(request.url);
    const bearer = request.token === undefined ? token : request.token;
    const answer = await app.inject({
      // The engine's own type knows a few methods only; a test may try any.
      method: request.method as 'GET',
      url: `${pathname}${search}`,
      headers: {
        host: new URL(request.url).host,
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { payload: request.body }),
    });
    const text = answer.payload;
    const isJson = /json/.test(String(answer.headers['content-type'] ?? ''));
    const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
    return { status: answer.statusCode, headers, body: isJson && text !== '' ? JSON.parse(text) : undefined, text };
  }

  async function newToken(): Promise<string> {
    const { status, body, text } = await send({
      method: 'POST',
      url: `${authPath}/${environmentId}/as/token`,
      contentType: 'application/x-www-form-urlencoded',
      body: 'grant_type=client_credentials',
      token: null,
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    });
    if (status !== 200) throw new Error(`no token: ${status} ${text}`);
    return (body as { access_token: string }).access_token;
  }
  token = await newToken();

  return {
    app,
    apiPath,
    authPath,
    inboxUrl,
    environmentId,
    populationId,
    deviceAuthPolicyId,
    clientId,
    clientSecret,
    token,
    send,
    newToken,
    async lastCode(query) {
      await app.dispatcher.idle();
      const parameters = new URLSearchParams(query);
      const { body } = await send({ method: 'GET', url: `${inboxUrl}/messages?${parameters}`, token: null });
      const { messages } = body as { messages: readonly { otp: string }[] };
      const last = messages.at(-1);
      if (!last) throw new Error(`no message for ${parameters} in the inbox`);
      return last.otp;
    },
    now: () => clock.now(),
    advance: (millis) => clock.advance(millis),
    drain: () => app.dispatcher.idle(),
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await database?.[Symbol.asyncDispose]();
    },
  };
}

function worldFrom(seed: string | undefined): World {
  if (seed === undefined) return demoWorld();
  const read = readSeed(seed);
  if (!read.ok) throw new Error(describeProblems('the seed', read.rejection));
  return worldOf(read.value);
}

function configFrom(
  { env = {}, authUrl = 'http://postern.test' }: PosternOptions,
  databaseUrl: string | undefined,
): Config {
  const flags = new Map([
    ['port', '0'],
    ['data', ':memory:'],
    ['auth-url', authUrl],
    ...(databaseUrl === undefined ? [] : [['database-url', databaseUrl] as const]),
  ]);
  const sources = { env, flags, readFile: () => '' };
  const loaded = loadConfig('dev', sources, { options: GATEWAY_OPTIONS, check: gatewayProblems });
  if (!loaded.ok) throw new Error(describeProblems('the configuration', loaded.rejection));
  return loaded.value.config;
}
