import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostIdentity } from './identity.js';
import type { Behaviour, Rig } from './rig.js';

export const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';
const TOKEN = 'token-that-nobody-may-see';

export interface TwilioRequest {
  readonly path: string;
  readonly authorization: string;
  readonly form: URLSearchParams;
}

export interface TwilioRig extends Rig {
  readonly requests: readonly TwilioRequest[];
  /** Answers the next requests like this. */
  answer(status: number, body: string, headers?: Record<string, string>): void;
}

const SID = { Messages: `SM${'a1'.repeat(16)}`, Calls: `CA${'b2'.repeat(16)}` };

/**
 * Answers as the documentation says (https://www.twilio.com/docs/usage/twilios-response): 201 with the resource, or the error's
 * `code`, `message`, `more_info` and `status`.
 */
export async function startTwilio(options: { readonly tls?: boolean } = {}): Promise<TwilioRig> {
  let behaviour: Behaviour = 'accept';
  let fixed: { status: number; body: string; headers: Record<string, string> } | undefined;
  const requests: TwilioRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const path = request.url ?? '';
    const { authorization = '' } = request.headers;
    requests.push({ path, authorization, form });
    if (behaviour === 'hang') return;
    const { status, body, headers } = fixed ?? { ...reply(behaviour, path, authorization, form), headers: {} };
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
  const server = options.tls ? createTlsServer(localhostIdentity(), listener) : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return {
    requests,
    settings: {
      'twilio-account-sid': ACCOUNT,
      'twilio-auth-token': TOKEN,
      'twilio-sms-from': '+15550001111',
      'twilio-voice-from': '+15550002222',
      'twilio-whatsapp-from': '+15550003333',
      'twilio-base-url': `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    },
    secrets: [TOKEN, Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')],
    answer(status, body, headers = {}) {
      fixed = { status, body, headers };
    },
    behave(next) {
      behaviour = next;
      if (next === 'gone') stop();
    },
    delivered: () =>
      requests.map(({ form }) => ({ to: form.get('To')?.replace('whatsapp:', '') ?? '', data: form.toString() })),
    async [Symbol.asyncDispose]() {
      stop();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: string;
}

function reply(behaviour: Behaviour, path: string, authorization: string, form: URLSearchParams): Reply {
  const kind = /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/(Messages|Calls)\.json$/.exec(path)?.[1];
  const expected = `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`;
  if (behaviour === 'unauthorized' || authorization !== expected) return problem(401, 20003, 'Authenticate');
  if (kind !== 'Messages' && kind !== 'Calls') return problem(404, 20404, 'not found');
  if (behaviour === 'transient') return problem(429, 20429, 'Too Many Requests');
  const echo = `The 'To' number ${form.get('To')} is not valid; you sent ${form.get('Body') ?? form.get('Twiml')}`;
  if (behaviour === 'permanent') return problem(400, 21211, echo);
  return { status: 201, body: JSON.stringify({ sid: SID[kind], status: 'queued', to: form.get('To') }) };
}

function problem(status: number, code: number, message: string): Reply {
  return {
    status,
    body: JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }),
  };
}
