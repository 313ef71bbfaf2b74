/** A page or stream outside the API (the inbox): no token, no schema, answered as it stands. */
export interface RawRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Exact path, or the beginning of those that `below` says yes to. */
  readonly path: string;
  /** What may follow `path`. */
  readonly below?: RegExp;
  /** For whoever asks, and not free: stands behind the gate, by the address that asks (SEC-85). */
  readonly isGated?: boolean;
  readonly handle: (request: RawRequest) => Promise<RawReply>;
}

export interface RawRequest {
  /** What follows the route's path. */
  readonly rest: string;
  readonly query: URLSearchParams;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
  /** Ends when the client goes away or the server closes. */
  readonly signal: AbortSignal;
}

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream is written chunk by chunk (server-sent events). */
  readonly body: string | Buffer | AsyncIterable<string>;
}
