import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { eventStream } from '../../src/inbox/events.js';
import { ASSETS } from '../../src/inbox/page/assets.js';
import { parseInboxQuery } from '../../src/inbox/query.js';
import { inboxRoutes } from '../../src/inbox/routes.js';
import { minutes } from '../../src/kernel/duration.js';
import { serve } from './http.js';
import { MemoryInboxStore } from './memory-store.js';
import { openInbox, random, START, sms } from './world.js';

const forever = (): AbortSignal => new AbortController().signal;

interface Listing {
  readonly messages: readonly { readonly otp: string; readonly status: string }[];
  readonly cursor: string;
}

/** An inbox behind HTTP. */
async function startInbox(store = new MemoryInboxStore()) {
  const { inbox } = openInbox(store);
  let now = START;
  const server = await serve(inboxRoutes({ inbox, clock: { now: () => now }, random }));
  const get = async (query = '') => {
    const response = await fetch(`${server.url}/inbox/messages${query}`);
    return { status: response.status, body: (await response.json()) as Listing };
  };
  return {
    inbox,
    url: server.url,
    get,
    otps: async (query = ''): Promise<string[]> => (await get(query)).body.messages.map(({ otp }) => otp),
    advance: (millis: number) => {
      now += millis;
    },
    async [Symbol.asyncDispose]() {
      await inbox[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('GET /inbox/messages', () => {
  it('answers with every member of a message and a cursor', async () => {
    await using server = await startInbox();
    const flow = random.uuid();
    const device = random.uuid();
    const message = sms({ channel: 'EMAIL', to: 'jane@example.com', subject: 'Your sign-on code' });
    await server.inbox.deliver({ ...message, deviceAuthenticationId: flow, deviceId: device });
    expect(await server.get()).toEqual({
      status: 200,
      body: {
        messages: [
          {
            id: message.id,
            createdAt: '2026-05-01T12:00:00.000Z',
            channel: 'EMAIL',
            to: 'jane@example.com',
            subject: 'Your sign-on code',
            body: 'Your sign-on code is 482915.',
            otp: '482915',
            environment: { id: message.environmentId },
            user: { id: message.userId },
            deviceAuthentication: { id: flow },
            device: { id: device },
            status: 'DELIVERED',
          },
        ],
        cursor: '1',
      },
    });
  });

  it('leaves out what a message does not have', async () => {
    await using server = await startInbox();
    await server.inbox.deliver(sms());
    const [message] = (await server.get()).body.messages;
    expect(Object.keys(message ?? {})).toEqual([
      ...['id', 'createdAt', 'channel', 'to', 'body', 'otp', 'environment', 'user', 'status'],
    ]);
  });

  it('calls a message expired once its code is', async () => {
    await using server = await startInbox();
    await server.inbox.deliver(sms());
    server.advance(minutes(30));
    expect((await server.get()).body.messages[0]?.status).toBe('DELIVERED');
    server.advance(1);
    expect((await server.get()).body.messages[0]?.status).toBe('EXPIRED');
  });

  it('shows the oldest first and only what is newer than a cursor', async () => {
    await using server = await startInbox();
    for (const otp of ['111111', '222222']) await server.inbox.deliver(sms({ otp }));
    const first = await server.get();
    await server.inbox.deliver(sms({ otp: '333333' }));
    expect(first.body.messages.map(({ otp }) => otp)).toEqual(['111111', '222222']);
    expect(await server.otps(`?after=${first.body.cursor}`)).toEqual(['333333']);
    expect((await server.get('?after=3')).body).toEqual({ messages: [], cursor: '3' });
  });

  it('selects by address, authentication, device and user', async () => {
    await using server = await startInbox();
    const [flow, device, user] = [random.uuid(), random.uuid(), random.uuid()];
    await server.inbox.deliver(sms({ otp: '1', to: 'Jane@example.com' }));
    await server.inbox.deliver(sms({ otp: '2', deviceAuthenticationId: flow }));
    await server.inbox.deliver(sms({ otp: '3', deviceId: device }));
    await server.inbox.deliver(sms({ otp: '4', userId: user, to: '+4915112345678' }));
    expect(await server.otps('?to=jane@EXAMPLE.com')).toEqual(['1']);
    expect(await server.otps('?to=%2B4915112345678')).toEqual(['4']);
    expect(await server.otps('?to=+49 151 12345678')).toEqual(['4']);
    expect(await server.otps(`?deviceAuthentication=${flow}`)).toEqual(['2']);
    expect(await server.otps(`?device=${device.toUpperCase()}`)).toEqual(['3']);
    expect(await server.otps(`?user=${user}&to=%2B4915112345678`)).toEqual(['4']);
    expect(await server.otps(`?user=${user}&device=${device}`)).toEqual([]);
    expect(await server.otps('?unknown=x&to=')).toHaveLength(4);
  });

  it('waits for the first message that matches, and for no other', async () => {
    await using server = await startInbox();
    const waiting = server.otps('?to=jane@example.com&wait=20');
    await server.inbox.deliver(sms({ otp: '1' }));
    await server.inbox.deliver(sms({ otp: '2', to: 'jane@example.com' }));
    expect(await waiting).toEqual(['2']);
  });

  it('does not wait when something matches, and not for ever when nothing does', async () => {
    await using server = await startInbox();
    await server.inbox.deliver(sms({ otp: '1' }));
    expect(await server.otps('?wait=60')).toEqual(['1']);
    expect(await server.get('?after=1&wait=0.02')).toEqual({ status: 200, body: { messages: [], cursor: '1' } });
  });

  it('is paged when there is much', async () => {
    await using server = await startInbox();
    for (let n = 0; n < 1_005; n += 1) await server.inbox.deliver(sms());
    const first = await server.get();
    expect(first.body.messages).toHaveLength(1_000);
    expect((await server.get(`?after=${first.body.cursor}`)).body.messages).toHaveLength(5);
  });

  it('refuses a bad query in the documented form, every problem at once', async () => {
    await using server = await startInbox();
    const { status, body } = await server.get('?after=x&wait=61&device=abc&user=%00');
    expect(status).toBe(400);
    expect(body).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), code: 'INVALID_DATA' });
    expect(body).toHaveProperty('details', [
      { code: 'INVALID_PARAMETER', target: 'device', message: 'must be an id' },
      { code: 'INVALID_PARAMETER', target: 'user', message: 'must be an id' },
      { code: 'INVALID_PARAMETER', target: 'after', message: 'must be the cursor of an earlier answer' },
      {
        code: 'OUT_OF_RANGE',
        target: 'wait',
        message: 'must be between 0 and 60',
        innerError: { rangeMinimumValue: 0, rangeMaximumValue: 60 },
      },
    ]);
  });

  it.each(['wait=-1', 'wait=1e9', 'wait=abc', 'after=-1', 'after=1.5', 'wait=999999'])('refuses ?%s', (query) => {
    expect(parseInboxQuery(new URLSearchParams(query)).ok).toBe(false);
  });
});

describe('DELETE', () => {
  it.each(['/inbox/messages', '/inbox'])('%s empties the inbox; cursors go on', async (path) => {
    await using server = await startInbox();
    await server.inbox.deliver(sms());
    const { cursor } = (await server.get()).body;
    expect((await fetch(server.url + path, { method: 'DELETE' })).status).toBe(204);
    expect((await server.get()).body.messages).toEqual([]);
    await server.inbox.deliver(sms({ otp: '7' }));
    expect(await server.otps(`?after=${cursor}`)).toEqual(['7']);
  });
});

describe('two processes over one database', () => {
  it('see each other’s messages, also while they wait', async () => {
    const store = new MemoryInboxStore();
    await using one = await startInbox(store);
    await using two = await startInbox(store);
    await one.inbox.deliver(sms({ otp: '1' }));
    expect(await two.otps()).toEqual(['1']);
    const waiting = two.otps('?after=1&wait=20');
    await one.inbox.deliver(sms({ otp: '2' }));
    expect(await waiting).toEqual(['2']);
  });

  it('see each other empty it', async () => {
    const store = new MemoryInboxStore();
    await using one = await startInbox(store);
    await using two = await startInbox(store);
    await one.inbox.deliver(sms({ otp: '1' }));
    expect(await two.otps()).toEqual(['1']);
    await one.inbox.clear();
    await one.inbox.deliver(sms({ otp: '2' }));
    expect(await two.otps()).toEqual(['2']);
  });
});

describe('the inbox', () => {
  it('keeps a message that is delivered twice once', async () => {
    await using server = await startInbox();
    const message = sms();
    await server.inbox.deliver(message);
    await server.inbox.deliver(message);
    expect((await server.get()).body.messages).toHaveLength(1);
  });

  it('reads no more from the database for a query than what is new', async () => {
    const { inbox, store } = openInbox();
    for (let n = 0; n < 3_000; n += 1) await store.append({ ...toRow(sms()) });
    const any = { after: 0, wait: 0, wanted: new Map() };
    await inbox.find(any, forever());
    const before = store.reads;
    await inbox.find(any, forever());
    expect(store.reads - before).toBe(2);
  });

  it('ends every wait when the server closes', async () => {
    const { inbox } = openInbox();
    const waiting = inbox.find({ after: 0, wait: 60_000, wanted: new Map() }, forever());
    const following = inbox.follow(0, forever())[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setImmediate(resolve));
    await inbox[Symbol.asyncDispose]();
    expect(await waiting).toEqual({ entries: [], cursor: 0 });
    expect(await following).toEqual({ done: true, value: undefined });
  });

  it('ends a wait when the client goes away', async () => {
    const { inbox } = openInbox();
    const client = new AbortController();
    const waiting = inbox.find({ after: 0, wait: 60_000, wanted: new Map() }, client.signal);
    await new Promise((resolve) => setImmediate(resolve));
    client.abort();
    expect((await waiting).entries).toEqual([]);
  });
});

describe('GET /inbox/events', () => {
  it('streams what is there, what arrives and that it was emptied', async () => {
    await using server = await startInbox();
    await server.inbox.deliver(sms({ otp: '111111' }));
    const response = await fetch(`${server.url}/inbox/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const next = reader(response);
    expect(await next()).toContain('retry: ');
    expect(await next()).toMatch(/^id: 1\ndata: \{.*"otp":"111111".*"expiresAt":"2026-05-01T12:30:00.000Z".*\}$/);
    await server.inbox.deliver(sms({ otp: '222222' }));
    expect(await next()).toContain('"otp":"222222"');
    await server.inbox.clear();
    expect(await next()).toBe('event: emptied\ndata: {}');
  });

  it('goes on where a browser left off', async () => {
    await using server = await startInbox();
    for (const otp of ['1', '2', '3']) await server.inbox.deliver(sms({ otp }));
    const next = reader(await fetch(`${server.url}/inbox/events`, { headers: { 'last-event-id': '2' } }));
    await next();
    expect(await next()).toMatch(/^id: 3\n/);
  });

  it('says something now and then, so that nobody closes a silent connection', async () => {
    async function* silent() {
      await new Promise(() => {});
      yield { kind: 'emptied' } as const;
    }
    const chunks: string[] = [];
    for await (const chunk of eventStream(silent(), () => START, 1)) if (chunks.push(chunk) === 3) break;
    expect(chunks).toEqual(['retry: 1000\n\n', ': waiting\n\n', ': waiting\n\n']);
  });
});

describe('GET /inbox', () => {
  it('carries no script of its own and escapes its settings (SEC-62)', async () => {
    const { inbox } = openInbox();
    const username = `"><script>alert('x')</script>`;
    const tryIt = { environmentId: 'e', clientId: 'c', clientSecret: 's', users: [{ id: 'u', username, devices: [] }] };
    await using server = await serve(inboxRoutes({ inbox, clock: { now: () => START }, random, tryIt }));
    const response = await fetch(`${server.url}/inbox`);
    const html = await response.text();
    expect(html).not.toContain('<script>');
    expect(html).not.toMatch(/ on[a-z]+=|<style|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const [, path] of html.matchAll(/(?:href|src)="(inbox\/[^"]+)"/g)) {
      const asset = await fetch(`${server.url}/${path}`);
      expect([path, asset.status, asset.headers.get('x-content-type-options')]).toEqual([path, 200, 'nosniff']);
    }
  });

  it.each(ASSETS.filter(({ name }) => name.endsWith('.js')))('has a script that parses: $name', ({ body }) => {
    const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], { input: body });
    expect([status, stderr.toString()]).toEqual([0, '']);
  });

  it('has no "Try it" panel without settings for it', async () => {
    await using server = await startInbox();
    expect(await (await fetch(`${server.url}/inbox`)).text()).not.toContain('id="try-it"');
  });
});

/** One event of a stream after the other. */
function reader(response: Response): () => Promise<string> {
  const stream = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  return async () => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end >= 0) {
        const event = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        return event;
      }
      const chunk = await stream?.read();
      if (!chunk || chunk.done) throw new Error('the stream has ended');
      buffer += chunk.value;
    }
  };
}

function toRow({ text, ...message }: ReturnType<typeof sms>) {
  return { ...message, body: text };
}
