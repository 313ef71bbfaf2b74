import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PosternProcess } from '../helpers/postern.js';

export interface Answer {
  readonly status: number;
  readonly body: { readonly [key: string]: unknown };
}

export interface Client extends AsyncDisposable {
  /** The access token it sends. */
  token(): string;
  send(method: string, url: string, contentType?: string, body?: unknown): Promise<Answer>;
}

export const JSON_TYPE = 'application/json';
export const CHECK = 'application/vnd.pingidentity.otp.check+json';

/** Keep-alive connections, so many per server process, carrying the demo client's token. */
export async function createClient(
  postern: Pick<PosternProcess, 'ready'>,
  connections: number,
  /** How the client authenticates for its token. */
  by: 'form' | 'basic' = 'form',
): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const credentials = Buffer.from(`${postern.ready.clientId}:${postern.ready.clientSecret}`).toString('base64');
  let authorization = by === 'basic' ? `Basic ${credentials}` : '';
  const send = (method: string, url: string, contentType?: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, fail) => {
      const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
      const request = httpRequest(
        url,
        {
          method,
          agent,
          headers: {
            ...(authorization ? { authorization } : {}),
            ...(contentType ? { 'content-type': contentType } : {}),
            ...(payload === undefined ? {} : { 'content-length': Buffer.byteLength(payload) }),
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, body: text.startsWith('{') ? JSON.parse(text) : {} });
          });
        },
      );
      request.on('error', fail);
      request.end(payload);
    });
  const { ready } = postern;
  const granted = await send(
    'POST',
    `${ready.authPath}/${ready.environmentId}/as/token`,
    'application/x-www-form-urlencoded',
    new URLSearchParams({
      grant_type: 'client_credentials',
      ...(by === 'form' ? { client_id: ready.clientId, client_secret: ready.clientSecret } : {}),
    }).toString(),
  );
  if (granted.status !== 200) throw new Error(`no token: ${granted.status} ${JSON.stringify(granted.body)}`);
  const token = String(granted.body['access_token']);
  authorization = `Bearer ${token}`;
  return {
    token: () => token,
    send,
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

/** Whose flow, and to which number, when it matters. */
export interface OneTime {
  readonly userId?: string | undefined;
  readonly phone?: string;
}

/** The API of one server process as the evidence runs use it. */
export function api(postern: PosternProcess, client: Client) {
  const { ready } = postern;
  const flows = `${ready.authPath}/${ready.environmentId}/deviceAuthentications`;
  const environment = `${ready.apiPath}/environments/${ready.environmentId}`;
  const user = ready.users[0]?.id ?? '';
  return {
    flows,
    environment,
    user,
    users: ready.users.map(({ id }) => id),
    /** A one-time SMS flow in test mode: its code comes back in `test.otp`. */
    async oneTime(of: OneTime = {}): Promise<{ readonly id: string; readonly otp: string }> {
      return opened(await unlessUnserved(() => this.create(of)));
    },
    /** The same, whatever the answer. */
    create: (of: OneTime = {}): Promise<Answer> =>
      client.send('POST', flows, JSON_TYPE, {
        user: { id: of.userId ?? user },
        selectedDevice: { oneTime: { type: 'SMS', phone: of.phone ?? '+14135550150', testMode: true } },
      }),
    async withDevice(
      userId: string,
      deviceId: string,
      policyId: string,
    ): Promise<{ readonly id: string; readonly otp: string }> {
      const body = { user: { id: userId }, policy: { id: policyId }, selectedDevice: { id: deviceId } };
      return opened(await unlessUnserved(() => client.send('POST', flows, JSON_TYPE, body)));
    },
    check: (id: string, otp: string): Promise<Answer> => client.send('POST', `${flows}/${id}`, CHECK, { otp }),
    read: (id: string): Promise<Answer> => client.send('GET', `${flows}/${id}`),
    /** An action below the environment, by its media type. */
    act: (path: string, type: string, body: unknown): Promise<Answer> =>
      client.send('POST', `${environment}${path}`, type, body),
    /** The newest code that was sent for a device, from the inbox. */
    async codeFor(deviceId: string): Promise<string> {
      for (const until = Date.now() + 10_000; Date.now() < until; await sleep(10)) {
        const { body } = await client.send('GET', `${ready.inboxUrl}/messages?device=${deviceId}`);
        const otp = (body['messages'] as readonly { otp: string }[]).at(-1)?.otp;
        if (otp) return otp;
      }
      throw new Error(`nothing was sent to ${deviceId}`);
    },
    manage: (method: string, path: string, body?: unknown): Promise<Answer> =>
      client.send(method, `${environment}${path}`, body === undefined ? undefined : JSON_TYPE, body),
  };
}

function opened(answer: Answer): { readonly id: string; readonly otp: string } {
  if (answer.status !== 201) throw new Error(`create answered ${answer.status} ${JSON.stringify(answer.body)}`);
  const test = answer.body['test'] as { otp: string };
  return { id: String(answer.body['id']), otp: test.otp };
}

/** Another code of the same length. */
export function wrong(otp: string, offset = 1): string {
  const modulus = 10 ** otp.length;
  return String((Number(otp) + offset) % modulus).padStart(otp.length, '0');
}

/** `attemptsRemaining`: only an answer that compared has it (`10` §15.2). */
export function attemptsRemaining(answer: Answer): number | undefined {
  const details = answer.body['details'] as readonly { innerError?: { attemptsRemaining?: number } }[] | undefined;
  return details?.[0]?.innerError?.attemptsRemaining;
}

export const range = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index);

/** Runs `work` for 0 … n-1 by so many workers at once. */
export async function inParallel<T>(n: number, workers: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  await Promise.all(
    range(workers).map(async () => {
      while (next < n) {
        const index = next++;
        results[index] = await work(index);
      }
    }),
  );
  return results;
}

/**
 * Repeats a request that was answered 503, as a client does: a machine that is busy with other things lets units run out of time,
 * and then nothing was revealed (SEC-79).
 */
export async function unlessUnserved(request: () => Promise<Answer>): Promise<Answer> {
  for (let left = 20; ; left--) {
    const answer = await request();
    if (answer.status !== 503 || left === 0) return answer;
    await sleep(50);
  }
}
