import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { seconds } from '../../kernel/duration.js';

/** Longest answer that is read (SEC-60). */
const MAX_ANSWER_BYTES = 64 * 1024;
const CONNECT_TIMEOUT = seconds(3);

/** What the peer answered. A redirect is an answer like any other: it is not followed. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Why there is no answer; whether the request arrived is then unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Form posts to one provider over kept-alive connections. */
export interface Poster {
  /** Rejects with `NoAnswer`, whose message holds nothing of the request. */
  post(url: URL, form: URLSearchParams, authorization: string, signal: AbortSignal): Promise<Answer>;
  close(): void;
}

/** Certificates are verified, TLS is 1.2 or newer (SEC-70), connecting takes at most 3 s. */
export function createPoster(connections: number): Poster {
  const https = new HttpsAgent({ keepAlive: true, maxSockets: connections, minVersion: 'TLSv1.2' });
  const http = new HttpAgent({ keepAlive: true, maxSockets: connections });
  return {
    post: (url, form, authorization, signal) =>
      new Promise((resolve, reject) => {
        const body = form.toString();
        const secure = url.protocol === 'https:';
        const request = (secure ? httpsRequest : httpRequest)(url, {
          method: 'POST',
          agent: secure ? https : http,
          signal,
          headers: {
            accept: 'application/json',
            authorization,
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          },
        });
        const fail = (cause: unknown): void => {
          clearTimeout(connecting);
          request.destroy();
          reject(new NoAnswer(signal.aborted ? 'timed out' : codeOf(cause)));
        };
        const connecting = setTimeout(() => fail({ code: 'ECONNECTTIMEOUT' }), CONNECT_TIMEOUT);
        request.on('socket', (socket) => {
          if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting));
          else clearTimeout(connecting);
        });
        request.on('error', fail);
        request.on('response', (response) => {
          readAnswer(response).then(
            (text) => resolve({ status: response.statusCode ?? 0, body: text }),
            (error) => fail(error),
          );
        });
        request.end(body);
      }),
    close() {
      https.destroy();
      http.destroy();
    },
  };
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw Object.assign(new Error('answer too long'), { code: 'EANSWERTOOLONG' });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The system's name of the error: `ECONNREFUSED`, `ENOTFOUND`, … */
function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{2,50}$/.test(code) ? code : 'no answer';
}
