import { CLIENT, HERE, type PlatformWorld, platformWorld, SECRET } from '../platform/world.js';

export interface ApiAsk {
  readonly type?: string | null;
  readonly body?: unknown;
  readonly token?: string | null;
}

/** A platform with its API at hand: every request carries the worker's token unless told otherwise. */
export async function platformApi() {
  const world: PlatformWorld = await platformWorld();
  const good = await world.tokenOf(CLIENT, SECRET);
  async function call(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, request: ApiAsk = {}) {
    const { type = 'application/json', body, token = good } = request;
    const answer = await world.server.inject({
      method,
      url: path.startsWith('/v1') ? path : `/v1/environments/${HERE}${path}`,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(type === null ? {} : { 'content-type': type }),
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: answer.payload === '' ? undefined : answer.json(),
    };
  }
  return { ...world, call, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

export type PlatformApi = Awaited<ReturnType<typeof platformApi>>;
