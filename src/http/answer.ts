import type { Uuid } from '../kernel/ids.js';
import type { Logger } from '../kernel/log.js';
import { StoreError } from '../storage/store-error.js';
import { CATALOGUE, type WireError, wireError } from './errors.js';

/** An answer as the engine writes it: everything decided, the body a string. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless `headers` say otherwise. */
  readonly body?: string | Buffer;
}

/** A catalogue entry as the documented body; its `id` is the correlation id (`00` §3.1, §4.1). */
export function errorAnswer(error: WireError, correlationId: Uuid): Answer {
  const entry = CATALOGUE[error.name];
  const body = {
    id: correlationId,
    code: entry.code,
    message: error.message ?? entry.message,
    ...(error.details ? { details: error.details } : {}),
  };
  return { status: entry.status, body: JSON.stringify(body), ...(error.headers ? { headers: error.headers } : {}) };
}

/** The only two codes that something outside a handler gives an OAuth client (RFC 6749 §5.2; `00` §4.7). */
export function oauthErrorAnswer(status: number, error: string, description: string, correlationId: Uuid): Answer {
  return { status, body: JSON.stringify(oauthErrorBody(error, description, correlationId)) };
}

/** `{ error, error_description }`; the description names the correlation id, as clients' support staff expect (`00` §4.7). */
export function oauthErrorBody(
  error: string,
  description: string,
  correlationId: Uuid,
): { readonly error: string; readonly error_description: string } {
  return { error, error_description: `Request denied: ${description} (Correlation ID: ${correlationId})` };
}

/**
 * The last resort (SEC-58): whatever was thrown becomes 429, 503 or 500 with an id and nothing else; all of it is in the log. A
 * store's refusal is never a verdict about a code (SEC-17).
 */
export function faultAnswer(cause: unknown, correlationId: Uuid, logger: Logger): Answer {
  if (cause instanceof StoreError) {
    logger.warn({ err: cause, correlationId, reason: cause.reason }, 'the store could not do it');
    const headers = { 'retry-after': String(Math.max(1, Math.ceil(cause.retryAfterSeconds))) };
    const name = cause.reason === 'busy' ? 'REQUEST_LIMITED' : 'UNAVAILABLE';
    return errorAnswer(wireError(name, undefined, { headers }), correlationId);
  }
  logger.error({ err: cause, correlationId }, 'a fault while answering');
  return errorAnswer(wireError('UNEXPECTED_ERROR'), correlationId);
}
