import { parseUuid, type Uuid } from '../kernel/ids.js';
import type { BaseUrls } from './config.js';

/**
 * The two public base URLs from the settings `api-url` and `auth-url`; one given alone says the other (`00` §1.3: they may
 * share a host, and a path prefix is allowed). `undefined` when neither is given, or a problem was reported.
 */
export function baseUrls(
  apiUrl: string | undefined,
  authUrl: string | undefined,
  complain: (name: 'api-url' | 'auth-url', what: string, remedy: string) => void,
): BaseUrls | undefined {
  const api = readBaseUrl('api-url', apiUrl, complain);
  const auth = readBaseUrl('auth-url', authUrl, complain);
  if ((apiUrl !== undefined && !api) || (authUrl !== undefined && !auth)) return undefined;
  if (api !== undefined) return { apiPath: withVersion(api), authPath: auth ?? withoutVersion(api) };
  return auth === undefined ? undefined : localUrls(auth);
}

/** A base URL without a trailing slash; `undefined` when it is not given, or its problem was reported. */
export function readBaseUrl<Name extends string>(
  name: Name,
  text: string | undefined,
  complain: (name: Name, what: string, remedy: string) => void,
): string | undefined {
  if (text === undefined) return undefined;
  const url = trimBaseUrl(text);
  if (url === undefined)
    complain(
      name,
      `must be an http or https URL without user, query or fragment, but is ${JSON.stringify(text)}.`,
      'Write the address by which clients reach this server, such as https://mfa.example.org.',
    );
  return url;
}

/**
 * The base URLs of a server that is reached by these names: the name whose first label is `api` or `auth`, else the first one, for
 * both. `undefined` without a name.
 */
export function namedUrls(names: readonly string[], port: number): BaseUrls | undefined {
  const [first] = names;
  if (first === undefined) return undefined;
  const named = (label: string): string => names.find((name) => name.startsWith(`${label}.`)) ?? first;
  return { apiPath: `${httpsOrigin(named('api'), port)}/v1`, authPath: httpsOrigin(named('auth'), port) };
}

/** As browsers and clients write it: without the port that is meant anyway. */
function httpsOrigin(name: string, port: number): string {
  return new URL(`https://${name.includes(':') ? `[${name}]` : name}:${port}`).origin;
}

/** The environment that the domain stands for. */
export function domainEnvironmentOf(
  text: string | undefined,
  complain: (name: 'domain-environment', what: string, remedy: string) => void,
): Uuid | undefined {
  const id = text === undefined ? undefined : parseUuid(text);
  if (text !== undefined && id === undefined)
    complain(
      'domain-environment',
      'must be the id of an environment in lower case.',
      'Name the environment by its id.',
    );
  return id;
}

/** Both base URLs below one origin. */
export function localUrls(origin: string): BaseUrls {
  return { apiPath: `${origin}/v1`, authPath: origin };
}

function trimBaseUrl(text: string): string | undefined {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

const withVersion = (url: string): string => (url.endsWith('/v1') ? url : `${url}/v1`);
const withoutVersion = (url: string): string => url.replace(/\/v1$/, '');
