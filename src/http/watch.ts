import type { Millis } from '../kernel/clock.js';
import type { Incoming } from './call.js';

/** Counts requests (`metrics/`); declared here, so that nothing here knows of metrics. Each call costs next to nothing. */
export interface RequestCounter {
  begun(): void;
  /** `operation`: a route's id, or a page's place in the code; `undefined` when there is none. Never what a client sent. */
  answered(operation: string | undefined, status: number, millis: Millis): void;
  /** Also of a request that was never answered, because the client went away. */
  ended(): void;
}

/** Puts a span around each request (`traces/`); present only when traces are wanted. */
export interface RequestTracer {
  around(incoming: Pick<Incoming, 'header' | 'method' | 'correlationId'>, work: () => Promise<void>): Promise<void>;
  /** Of the request that the caller is part of. */
  answered(operation: string | undefined, status: number): void;
}
