import type { IncomingMessage } from 'node:http';
import type { DestinationGuard } from '../kernel/destination.js';
import { exchange } from './exchange.js';
import { type Resolve, systemResolve } from './resolve.js';

/** More than any source of ours sends its readers on. */
const MAX_REDIRECTS = 3;

/** Where to read from, how many bytes at most, and until when. */
export interface Get {
  readonly url: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** How many redirects are followed; three unless it is said. */
  readonly redirects?: number;
}

/** What came is not what was asked for. The message is for the operator; the code has no address in it. */
export class UnfitAnswer extends Error {
  override readonly name = 'UnfitAnswer';

  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

export type GetFrom = (get: Get) => Promise<Buffer>;

/**
 * Reads what is at an address, under the same guard as what is posted (SEC-59): the URL, its name and every address of it are checked,
 * those of redirects too. Rejects unless the answer is 200 and no longer than it may be; the message is
 * for the operator.
 */
export function createGet(guard: DestinationGuard, resolve: Resolve = systemResolve): GetFrom {
  return async ({ url: first, maxBytes, signal, redirects: most = MAX_REDIRECTS }) => {
    let url = first;
    for (let redirects = 0; redirects <= most; redirects++) {
      const problem = guard.problem(url);
      if (problem !== undefined) throw new UnfitAnswer(`${url} ${problem}`, 'FORBIDDEN');
      const request = { url, method: 'GET', headers: {}, verifyTls: true } as const;
      const answer = await exchange(request, { guard, resolve }, signal);
      const { statusCode = 0 } = answer;
      const { location = '' } = answer.headers;
      if (statusCode === 200) return readAll(answer, maxBytes, url);
      answer.destroy();
      const isRedirect = statusCode >= 300 && statusCode < 400 && location !== '' && URL.canParse(location, url);
      if (!isRedirect) throw new UnfitAnswer(`${url} answered ${statusCode}`, `HTTP_${statusCode}`);
      url = new URL(location, url).href;
    }
    throw new UnfitAnswer(`${first} redirects more than ${most} times`, 'REDIRECTED');
  };
}

async function readAll(answer: IncomingMessage, maxBytes: number, url: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    // Leaving the loop closes the connection.
    if (size > maxBytes) throw new UnfitAnswer(`${url} sent more than ${maxBytes} bytes`, 'TOO_LONG');
  }
  return Buffer.concat(chunks);
}
