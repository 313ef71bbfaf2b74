import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Millis, monotonicMillis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Answer } from './answer.js';
import { echoedId } from './answer-headers.js';
import type { Incoming } from './call.js';
import { type CorsOrigins, isAllowedOrigin } from './cors.js';
import type { SourceOf } from './source.js';

/** What every exchange of a server shares. */
export interface ExchangeTerms {
  /** Names and values in turn. */
  readonly standardHeaders: readonly string[];
  readonly corsOrigins: CorsOrigins;
  /** The server is going: connections end with their answer (SEC-84). */
  isLeaving(): boolean;
  /** Those who wait, to be told when the server goes. */
  readonly waiting: Set<AbortController>;
  readonly sourceOf: SourceOf;
}

/** One request and its answer, as node:http sees them. */
export class Exchange implements Incoming {
  readonly url: string;
  readonly correlationId: Uuid;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly startedAt: Millis = monotonicMillis();
  readonly #terms: ExchangeTerms;
  #controller: AbortController | undefined;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    url: string,
    correlationId: Uuid,
    terms: ExchangeTerms,
  ) {
    this.request = request;
    this.response = response;
    this.url = url;
    this.correlationId = correlationId;
    this.#terms = terms;
  }

  get method(): string {
    return this.request.method ?? '';
  }

  get source(): string {
    return this.#terms.sourceOf(this.request);
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    const controller = new AbortController();
    const { waiting } = this.#terms;
    this.#controller = controller;
    waiting.add(controller);
    this.response.once('close', () => {
      waiting.delete(controller);
      controller.abort();
    });
    if (this.#terms.isLeaving()) controller.abort();
    return controller.signal;
  }

  /** Writes the answer with the headers of `00` §3.1. */
  send(answer: Answer): void {
    const { standardHeaders, corsOrigins, isLeaving } = this.#terms;
    const { correlationId } = this;
    const body = answer.body ?? '';
    const length = Buffer.byteLength(body);
    const origin = this.header('origin');
    const transaction = echoedId(this.header('x-ping-external-transaction-id'), correlationId);
    const session = echoedId(this.header('x-ping-external-session-id'), correlationId);
    // Names and values in turn, the form that Node takes without looking at it.
    const headers = standardHeaders.slice();
    headers.push('correlation-id', correlationId);
    headers.push('x-ping-external-transaction-id', transaction, 'x-ping-external-session-id', session);
    if (origin !== undefined && isAllowedOrigin(origin, corsOrigins))
      headers.push('access-control-allow-origin', origin);
    if (answer.body !== undefined) headers.push('content-type', 'application/json', 'content-length', String(length));
    if (isLeaving()) headers.push('connection', 'close');
    this.response.writeHead(answer.status, answer.headers ? replaced(headers, answer.headers) : headers);
    // HEAD has the headers of GET and no content (RFC 9110 §9.3.2), whatever is underneath.
    if (this.method === 'HEAD') this.response.end();
    // As many bytes as characters: ASCII, which Node writes out faster when told so.
    else this.response.end(body, length === body.length ? 'latin1' : 'utf8');
  }
}

/** An answer's own headers in the place of the usual ones. */
function replaced(usual: readonly string[], special: Readonly<Record<string, string>>): string[] {
  const merged = new Map<string, string>();
  for (let at = 0; at < usual.length; at += 2) merged.set(usual[at] ?? '', usual[at + 1] ?? '');
  for (const [name, value] of Object.entries(special)) merged.set(name.toLowerCase(), value);
  return [...merged].flat();
}
