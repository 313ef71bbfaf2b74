import type { JsonObject } from '../kernel/json.js';

/**
 * The catalogue of what a peer may be told (wire: `00` §4). Wire errors are made here and nowhere else; `docs/errors.md` is
 * generated from `CATALOGUE`. The code on the wire is the identity and comes from the reference.
 */
export const CATALOGUE = {
  INVALID_DATA: {
    status: 400,
    code: 'INVALID_DATA',
    message: 'The request could not be completed. One or more validation errors were in the request.',
    when: 'A field, parameter or reference of the request is wrong; `details` names each.',
    operator: 'Nothing: the caller must change the request.',
  },
  INVALID_REQUEST: {
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The request was malformed.',
    when: 'The body is not the JSON object expected, or the action is not allowed in the current status.',
    operator: 'Nothing: the caller must change the request.',
  },
  REQUEST_FAILED: {
    status: 400,
    code: 'REQUEST_FAILED',
    message: 'The request could not be completed. There was an issue processing the request.',
    when: 'A limit, lock or state forbids it now; `details` says which.',
    operator: 'See the detail: unlock the device or account, or raise the limit.',
  },
  INVALID_TOKEN: {
    status: 401,
    code: 'ACCESS_FAILED',
    message: 'The request could not be completed. You do not have access to this resource.',
    when: 'The access token is missing, malformed, expired, of another server, or its client is gone.',
    operator: 'Let the client fetch a new token; check its clock and its application.',
  },
  ACCESS_FAILED: {
    status: 403,
    code: 'ACCESS_FAILED',
    message: 'The request could not be completed. You do not have access to this resource.',
    when: 'The token is valid; no role of its application covers the environment.',
    operator: 'Assign a role over the environment to the application.',
  },
  NOT_AUTHORIZED: {
    status: 403,
    code: 'ACCESS_FAILED',
    message: 'The actor attempting to perform the request is not authorized.',
    when: 'The application has a role over the environment, but none that permits this operation.',
    operator: 'Assign the role that `docs/roles.md` names for the operation.',
  },
  NOT_FOUND: {
    status: 404,
    code: 'NOT_FOUND',
    message: 'The request could not be completed. The requested resource was not found.',
    when: 'No such path, or no such object in this environment.',
    operator: 'Nothing.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The method is not allowed for this resource.',
    when: 'The path exists, the method does not.',
    operator: 'Nothing.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The request did not arrive in time.',
    when: 'The headers took more than 10 seconds to arrive, or the whole request more than 30.',
    operator: 'Nothing; if many clients see it, look at the network or the proxy in front.',
  },
  CONTENT_TOO_LARGE: {
    status: 413,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The request body is too large.',
    when: 'The body has more than 128 KiB; of an import of OATH tokens, 1,000 KiB; of an image, 1 MiB.',
    operator: 'Nothing.',
  },
  URI_TOO_LONG: {
    status: 414,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The request URL is too long.',
    when: 'The URL has more than 8 KiB.',
    operator: 'Nothing.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The content type is not supported for this resource.',
    when: 'The media type is missing, malformed or not one of the operation’s; or the body is compressed or not UTF-8.',
    operator: 'Nothing.',
  },
  REQUEST_LIMITED: {
    status: 429,
    code: 'REQUEST_LIMITED',
    message: 'The request could not be completed. Too many requests.',
    when: 'A client or an environment asks for more than its share, or a queue is full; `Retry-After` says when to come back.',
    operator:
      'Look for one flow or user under attack; raise `client-rate`, `flow-rate` or `tenant-share`, or add a node.',
  },
  HEADERS_TOO_LARGE: {
    status: 431,
    code: 'INVALID_REQUEST',
    message: 'The request could not be completed. The request headers are too large.',
    when: 'The headers have more than 16 KiB or 100 fields.',
    operator: 'Nothing.',
  },
  UNEXPECTED_ERROR: {
    status: 500,
    code: 'UNEXPECTED_ERROR',
    message: 'The request could not be completed. An unexpected error occurred.',
    when: 'A fault of the server.',
    operator: 'Search the log for the error’s `id`.',
  },
  UNAVAILABLE: {
    status: 503,
    code: 'UNEXPECTED_ERROR',
    message: 'The request could not be completed. The service is temporarily unavailable.',
    when: 'The database is away, full or read-only, the result of a commit is unknown, the server is draining, or works on as much as it may (`max-requests`).',
    operator: 'Check the database; the log names the cause under the error’s `id`.',
  },
} as const satisfies Record<string, CatalogueEntry>;

interface CatalogueEntry {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** For the documentation: when a peer sees it. */
  readonly when: string;
  /** For the documentation: what the operator does. */
  readonly operator: string;
}

export type ErrorName = keyof typeof CATALOGUE;

/** Detail codes of `00` §4.2 that this server uses. */
export type DetailCode =
  | 'ACCOUNT_NOT_USABLE'
  | 'CONSTRAINT_VIOLATION'
  | 'EMPTY_VALUE'
  | 'INSUFFICIENT_PERMISSIONS'
  | 'INVALID_FILTER'
  | 'INVALID_OTP'
  | 'INVALID_PARAMETER'
  | 'INVALID_TOKEN'
  | 'INVALID_VALUE'
  | 'LIMIT_EXCEEDED'
  | 'NO_PASSWORD'
  | 'OATH_RESYNC_REQUIRED'
  | 'OUT_OF_RANGE'
  | 'REQUIRED_VALUE'
  | 'SIZE_LIMIT_EXCEEDED'
  | 'UNIQUENESS_VIOLATION';

export interface ErrorDetail {
  readonly code: DetailCode;
  /** Dotted path of the field, or the parameter's name. */
  readonly target?: string;
  readonly message: string;
  readonly innerError?: JsonObject;
}

/** A catalogue entry on its way to one peer; the dispatcher adds the id. */
export interface WireError {
  readonly kind: 'error';
  readonly name: ErrorName;
  /** Replaces the entry's message where clients match another text (`00` §4.4). */
  readonly message?: string;
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function wireError(
  name: ErrorName,
  details?: readonly ErrorDetail[],
  extra: Pick<WireError, 'message' | 'headers'> = {},
): WireError {
  return { kind: 'error', name, ...(details && details.length > 0 ? { details } : {}), ...extra };
}

export const invalidData = (...details: readonly ErrorDetail[]): WireError => wireError('INVALID_DATA', details);
export const requestFailed = (...details: readonly ErrorDetail[]): WireError => wireError('REQUEST_FAILED', details);
export const notFound = (): WireError => wireError('NOT_FOUND');
export const environmentNotFound = (id: string): WireError =>
  wireError('NOT_FOUND', undefined, { message: `Unable to find environment with ID: '${id}'` });

/** A cursor that this server did not make for this list (`00` §3.4). */
export const invalidCursor = (): WireError =>
  invalidData({ code: 'INVALID_PARAMETER', target: 'cursor', message: 'is not a cursor of this list' });

/** Details by what is wrong with the field (`00` §4.2). */
export const required = (target: string): ErrorDetail => ({ code: 'REQUIRED_VALUE', target, message: 'is required' });
export const empty = (target: string): ErrorDetail => ({ code: 'EMPTY_VALUE', target, message: 'must not be empty' });
export const invalid = (target: string, message: string, allowedValues?: readonly string[]): ErrorDetail => ({
  code: 'INVALID_VALUE',
  target,
  message,
  ...(allowedValues ? { innerError: { allowedValues } } : {}),
});
export const outOfRange = (target: string, minimum: number, maximum: number): ErrorDetail => ({
  code: 'OUT_OF_RANGE',
  target,
  message: `must be between ${minimum} and ${maximum}`,
  innerError: { rangeMinimumValue: minimum, rangeMaximumValue: maximum },
});
export const tooLong = (target: string, maximum: number): ErrorDetail => ({
  code: 'SIZE_LIMIT_EXCEEDED',
  target,
  message: `must not be longer than ${maximum}`,
  innerError: { maximumValue: maximum },
});
export const taken = (target: string, existingId?: string): ErrorDetail => ({
  code: 'UNIQUENESS_VIOLATION',
  target,
  message: 'is already in use',
  ...(existingId ? { innerError: { existingId } } : {}),
});
/** `attemptsRemaining` only when a comparison took place (`10` §15.2). */
export const invalidOtp = (attemptsRemaining?: number): ErrorDetail => ({
  code: 'INVALID_OTP',
  target: 'otp',
  message: attemptsRemaining === undefined ? 'Invalid OTP provided. Request a new one.' : 'Invalid OTP provided.',
  ...(attemptsRemaining === undefined ? {} : { innerError: { attemptsRemaining } }),
});
