import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostIdentity } from '../gateways/fakes/identity.js';

/** What a provider does to a request once it has read it. */
export const FAULTS = ['500', 'hang', 'reset', 'reset after taking', 'drip', 'endless answer', 'bad JSON'] as const;
export type Fault = (typeof FAULTS)[number] | 'none';

export interface Taken {
  readonly to: string;
  readonly text: string;
  readonly at: number;
}

export interface FaultyProvider extends AsyncDisposable {
  readonly url: string;
  /** What it has taken on to deliver, whether the sender was told or not. */
  readonly taken: readonly Taken[];
  /** Requests that came. */
  readonly seen: readonly string[];
  /** What happens to the first so many requests to a number. */
  plan(to: string, fault: Fault, times: number): void;
}

const ACCEPTED = JSON.stringify({ sid: `SM${'a1'.repeat(16)}`, status: 'queued' });

/** Twilio's API as far as a text message goes, with the faults that providers have. */
export async function startFaultyProvider(tls = false): Promise<FaultyProvider> {
  const plans = new Map<string, { fault: Fault; left: number }>();
  const taken: Taken[] = [];
  const seen: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const to = form.get('To') ?? '';
    seen.push(to);
    const plan = plans.get(to);
    const fault = plan && plan.left-- > 0 ? plan.fault : 'none';
    const take = (): void => {
      taken.push({ to, text: form.get('Body') ?? '', at: Date.now() });
    };
    switch (fault) {
      case '500':
        // Providers repeat what they were sent.
        response.writeHead(500).end(JSON.stringify({ code: 20500, message: `cannot send ${form}` }));
        return;
      case 'hang':
        return;
      case 'reset':
        request.socket.resetAndDestroy();
        return;
      case 'reset after taking':
        take();
        request.socket.resetAndDestroy();
        return;
      case 'drip': {
        take();
        response.writeHead(201, { 'content-type': 'application/json', 'content-length': ACCEPTED.length });
        let at = 0;
        const timer = setInterval(() => {
          if (at < ACCEPTED.length && !response.destroyed) return void response.write(ACCEPTED[at++]);
          clearInterval(timer);
          response.end();
        }, 20);
        return;
      }
      case 'endless answer': {
        take();
        response.writeHead(201, { 'content-type': 'application/json' });
        const timer = setInterval(() => {
          if (response.destroyed) return clearInterval(timer);
          response.write('x'.repeat(65_536));
        }, 5);
        return;
      }
      case 'bad JSON':
        take();
        response.writeHead(201).end('<html>{');
        return;
      case 'none':
        take();
        response.writeHead(201, { 'content-type': 'application/json' }).end(ACCEPTED);
    }
  };
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const server = tls ? createTlsServer(localhostIdentity(), listener) : createServer(listener);
  server.on('tlsClientError', () => seen.push('a handshake that failed'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    seen,
    plan: (to, fault, times) => plans.set(to, { fault, left: times }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
