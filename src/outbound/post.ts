import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { DestinationGuard } from '../kernel/destination.js';
import { seconds } from '../kernel/duration.js';
import { allowedAddresses, ForbiddenDestination, pinnedTo, type Resolve, systemResolve } from './resolve.js';

/** Longest answer that is read; nothing is made of it (SEC-60). */
const MAX_ANSWER_BYTES = 64 * 1024;
const CONNECT_TIMEOUT = seconds(3);
const TOTAL_TIMEOUT = seconds(10);

/** A request to an address that a tenant has written. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly verifyTls: boolean;
}

/** What came of it. A redirect is an answer like any other: it is not followed. */
export type PostResult =
  | { readonly kind: 'answered'; readonly status: number }
  /** It may have arrived all the same. `reason` is a word of the system's: `ECONNREFUSED`, `ENOTFOUND`. */
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** Nothing was sent: the address is none that may be reached (SEC-59). */
  | { readonly kind: 'forbidden'; readonly reason: string };

export type PostTo = (post: Post) => Promise<PostResult>;

/**
 * Posts to addresses of tenants: the URL is checked, the name is looked up, every address of it is checked, and the connection goes
 * to one of those (SEC-59). TLS is 1.2 or newer (SEC-70); connecting takes 3 s at most, all of it 10 s (SEC-60). Never rejects.
 */
export function createPost(guard: DestinationGuard, resolve: Resolve = systemResolve): PostTo {
  return async (post) => {
    const problem = guard.problem(post.url);
    if (problem !== undefined) return { kind: 'forbidden', reason: problem };
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), TOTAL_TIMEOUT);
    try {
      return { kind: 'answered', status: await send(post, ending.signal) };
    } catch (error) {
      if (error instanceof ForbiddenDestination) return { kind: 'forbidden', reason: error.message };
      return { kind: 'unanswered', reason: ending.signal.aborted ? 'ETIMEDOUT' : codeOf(error) };
    } finally {
      clearTimeout(timer);
    }
  };

  async function send({ url: text, headers, body, verifyTls }: Post, signal: AbortSignal): Promise<number> {
    const url = new URL(text);
    // The resolver cannot be told to stop: it is not waited for.
    const addresses = await Promise.race([allowedAddresses(url, guard, resolve), aborted(signal)]);
    return new Promise((answer, reject) => {
      const isSecure = url.protocol === 'https:';
      const request = (isSecure ? httpsRequest : httpRequest)(url, {
        method: 'POST',
        // A connection of its own: one that was kept could have been checked under another name.
        agent: false,
        lookup: pinnedTo(addresses),
        signal,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        ...(isSecure ? { minVersion: 'TLSv1.2', rejectUnauthorized: verifyTls } : {}),
      });
      const connecting = setTimeout(
        () => request.destroy(Object.assign(new Error('no connection in time'), { code: 'ECONNECTTIMEOUT' })),
        CONNECT_TIMEOUT,
      );
      request.once('socket', (socket) =>
        socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(connecting)),
      );
      request.once('close', () => clearTimeout(connecting));
      request.once('error', reject);
      request.once('response', (response) => {
        drained(response).then(() => answer(response.statusCode ?? 0), reject);
      });
      request.end(body);
    });
  }
}

/** Reads an answer to its end, or as far as anybody reads it. */
async function drained(response: IncomingMessage): Promise<void> {
  let length = 0;
  for await (const chunk of response) {
    length += (chunk as Buffer).length;
    // Leaving the loop closes the connection.
    if (length > MAX_ANSWER_BYTES) return;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('out of time')), { once: true });
  });
}

/** The system's name of the error. */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,50}$/.test(code) ? code : 'no answer';
}
