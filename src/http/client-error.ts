import type { Socket } from 'node:net';
import type { Uuid } from '../kernel/ids.js';
import { errorAnswer } from './answer.js';
import { type ErrorName, wireError } from './errors.js';

/** What the HTTP parser or a timer says of a connection, as the catalogue names it; anything else is a malformed request. */
const NAMES: Readonly<Record<string, ErrorName>> = {
  HPE_HEADER_OVERFLOW: 'HEADERS_TOO_LARGE',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'CONTENT_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'REQUEST_TIMEOUT',
};

/**
 * Answers what never became a request, with the documented body, and closes: after ambiguous framing nothing on the connection can
 * be trusted (SEC-55). A connection whose earlier request is still being answered is closed without a word, so as not to write
 * into that answer.
 */
export function answerClientError(
  error: { readonly code?: string },
  socket: Socket,
  correlationId: Uuid,
  headers: Readonly<Record<string, string>>,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
    socket.destroy();
    return;
  }
  const answer = errorAnswer(wireError(NAMES[error.code ?? ''] ?? 'INVALID_REQUEST'), correlationId);
  const body = answer.body ?? '';
  const lines = Object.entries({
    ...headers,
    'correlation-id': correlationId,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Bad Request'}\r\n${lines.join('')}\r\n${body}`);
}

const REASONS: Readonly<Record<number, string>> = {
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/** What Node keeps on a socket while a request is being answered; its own handler of this event looks there too. */
interface Answering {
  readonly _httpMessage?: { readonly headersSent: boolean; readonly req: { readonly complete: boolean } } | null;
}

/**
 * Whether an answer is under way that must not be written into. A request that is still arriving has none: the error is its own,
 * a body that stalls or is framed badly.
 */
function isAnswering(socket: Socket): boolean {
  // The property is Node's own and has no type.
  const current = (socket as Socket & Answering)._httpMessage;
  return current ? current.headersSent || current.req.complete : false;
}
