import type { IncomingMessage } from 'node:http';
import type { DestinationGuard } from '../kernel/destination.js';
import { seconds } from '../kernel/duration.js';
import { type ClientPair, codeOf, exchange } from './exchange.js';
import { ForbiddenDestination, type Resolve, systemResolve } from './resolve.js';

/** Longest answer that is read; nothing is made of it (SEC-60). */
const MAX_ANSWER_BYTES = 64 * 1024;
const TOTAL_TIMEOUT = seconds(10);

/** A request to an address that a tenant has written. */
export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly verifyTls: boolean;
  readonly client?: ClientPair | undefined;
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
 * to one of those (SEC-59); all of it takes 10 s at most (SEC-60). Never rejects.
 */
export function createPost(guard: DestinationGuard, resolve: Resolve = systemResolve): PostTo {
  return async (post) => {
    const problem = guard.problem(post.url);
    if (problem !== undefined) return { kind: 'forbidden', reason: problem };
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), TOTAL_TIMEOUT);
    try {
      const answer = await exchange({ ...post, method: 'POST' }, { guard, resolve }, ending.signal);
      await drained(answer);
      return { kind: 'answered', status: answer.statusCode ?? 0 };
    } catch (error) {
      if (error instanceof ForbiddenDestination) return { kind: 'forbidden', reason: error.message };
      return { kind: 'unanswered', reason: ending.signal.aborted ? 'ETIMEDOUT' : codeOf(error) };
    } finally {
      clearTimeout(timer);
    }
  };
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
