import { type App, createApp } from '../../src/app.js';
import { demoWorld } from '../../src/cli/demo.js';
import { provisionWorld } from '../../src/cli/seed/provision.js';
import { type WorldFacts, worldFacts } from '../../src/cli/world-facts.js';
import { loadConfig } from '../../src/config/load.js';
import { describeProblems } from '../../src/config/problem.js';
import { GATEWAY_OPTIONS, gatewayProblems } from '../../src/delivery/gateways/index.js';
import { type Logger, silentLogger } from '../../src/kernel/log.js';
import { CHEAP_PASSWORDS, testClock } from '../helpers/store.js';
import type { Body } from './world.js';

export interface Server extends AsyncDisposable {
  readonly app: App;
  readonly facts: WorldFacts;
  /** A request to an absolute URL, with the demo client's token unless another header says otherwise. */
  send(
    method: string,
    url: string,
    request?: Sent,
  ): Promise<{
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body: Body;
    readonly text: string;
  }>;
}

export interface Sent {
  readonly type?: string;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The demo environment under settings that `startPostern` fixes: base URLs, and where the database is. */
export async function startServer(
  flags: Readonly<Record<string, string>>,
  logger: Logger = silentLogger,
): Promise<Server> {
  const sources = { env: {}, flags: new Map(Object.entries({ port: '0', ...flags })), readFile: () => '' };
  const loaded = loadConfig('dev', sources, { options: GATEWAY_OPTIONS, check: gatewayProblems });
  if (!loaded.ok) throw new Error(describeProblems('the configuration', loaded.rejection));
  const world = demoWorld();
  let facts: WorldFacts | undefined;
  const app = await createApp(loaded.value.config, {
    clock: testClock(),
    logger,
    passwordCost: CHEAP_PASSWORDS,
    async populate(parts) {
      await provisionWorld(parts, world);
      facts = await worldFacts(parts, world);
      return facts;
    },
  });
  if (!facts) throw new Error('the server was not populated');
  const { environmentId, clientId, clientSecret } = facts;
  let token = '';

  const send: Server['send'] = async (method, url, { type, body, headers } = {}) => {
    const { pathname, search, host } = new URL(url);
    const answer = await app.inject({
      // The engine's own type knows a few methods only.
      method: method as 'GET',
      url: `${pathname}${search}`,
      headers: {
        host,
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': type ?? 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = answer.payload;
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])),
      body: isJson && text !== '' ? JSON.parse(text) : {},
      text,
    };
  };
  const issued = await send('POST', `${app.urls.authPath}/${environmentId}/as/token`, {
    type: 'application/x-www-form-urlencoded',
    body: 'grant_type=client_credentials',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
  });
  token = String(issued.body['access_token']);
  return { app, facts, send, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() };
}
