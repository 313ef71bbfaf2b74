import type { Requester } from '../audit/record.js';
import type { Uuid } from '../kernel/ids.js';
import type { Actor } from '../platform/model.js';
import type { Links } from './hal/links.js';
import type { Call } from './route.js';

/** What the engine knows of a request before its body: everything that a call takes from the wire. */
export interface Incoming {
  /** As it was sent. */
  readonly method: string;
  /** Path and query as they were sent. */
  readonly url: string;
  /** By lower-case name; a header that came twice reads as both values, comma-separated. */
  header(name: string): string | undefined;
  readonly correlationId: Uuid;
  /** The address it came from (SEC-56); looked up when it is asked for. */
  readonly source: string;
  /** Made when it is first asked for. */
  signal(): AbortSignal;
}

/** One request, parsed. Actor and signal are looked at only by those who need them. */
export class RequestCall implements Call {
  readonly params: Readonly<Record<string, Uuid>>;
  readonly names: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly query: unknown;
  readonly links: Links;
  readonly #incoming: Incoming;
  readonly #actor: Actor | undefined;

  constructor(
    incoming: Incoming,
    parsed: Pick<Call, 'params' | 'names' | 'body' | 'query' | 'links'>,
    actor: Actor | undefined,
  ) {
    this.#incoming = incoming;
    this.#actor = actor;
    this.params = parsed.params;
    this.names = parsed.names;
    this.body = parsed.body;
    this.query = parsed.query;
    this.links = parsed.links;
  }

  get actor(): Actor {
    if (!this.#actor) throw new TypeError('a public route has no actor');
    return this.#actor;
  }

  get by(): Requester {
    const { correlationId } = this.#incoming;
    return this.#actor ? { clientId: this.#actor.applicationId, correlationId } : { correlationId };
  }

  get correlationId(): Uuid {
    return this.#incoming.correlationId;
  }

  get source(): string {
    return this.#incoming.source;
  }

  get url(): string {
    return this.#incoming.url;
  }

  get signal(): AbortSignal {
    return this.#incoming.signal();
  }

  get header(): (name: string) => string | undefined {
    return (name) => this.#incoming.header(name);
  }
}
