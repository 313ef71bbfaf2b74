import { errorAnswer } from '../http/answer.js';
import { type ErrorDetail, invalidData, outOfRange } from '../http/errors.js';
import type { RawReply, RawRequest, RawRoute } from '../http/raw.js';
import type { Clock } from '../kernel/clock.js';
import type { Random } from '../kernel/random.js';
import { eventStream } from './events.js';
import { ASSETS } from './page/assets.js';
import { pageHtml, type TryIt } from './page/markup.js';
import { qrSvg } from './qr.js';
import { parseInboxQuery, type QueryProblem } from './query.js';
import type { Inbox } from './service.js';
import { viewMessage } from './view.js';

export interface InboxRoutesOptions {
  readonly inbox: Inbox;
  readonly clock: Clock;
  readonly random: Random;
  /** What the page's "Try it" panel works with; without it there is no panel. */
  readonly tryIt?: TryIt;
}

/** Messages that the page shows when it opens. */
const BACKLOG = 200;

/** Everything on the page comes from here, and nothing on it is code but these files. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
} as const;

/** The development inbox over HTTP, below `{authPath}`. It shows codes to whoever asks: `serve` does not have it. */
export function inboxRoutes({ inbox, clock, random, tryIt }: InboxRoutesOptions): readonly RawRoute[] {
  const text = (status: number, contentType: string, body: RawReply['body']): RawReply => ({
    status,
    headers: { ...SECURITY_HEADERS, 'content-type': contentType },
    body,
  });

  async function list({ query, signal }: RawRequest): Promise<RawReply> {
    const parsed = parseInboxQuery(query);
    if (!parsed.ok) {
      const { status, body = '' } = errorAnswer(invalidData(...parsed.rejection.map(detailOf)), random.uuid());
      return text(status, 'application/json', body);
    }
    const { entries, cursor } = await inbox.find(parsed.value, signal);
    const messages = entries.map(({ message }) => viewMessage(message, clock.now()));
    return text(200, 'application/json', JSON.stringify({ messages, cursor: String(cursor) }));
  }

  async function draw({ body }: RawRequest): Promise<RawReply> {
    const svg = await qrSvg(body);
    return svg === undefined
      ? text(400, 'text/plain; charset=utf-8', 'not a key URI')
      : text(200, 'image/svg+xml', svg);
  }

  async function empty(): Promise<RawReply> {
    await inbox.clear();
    return { status: 204, headers: SECURITY_HEADERS, body: '' };
  }

  async function follow({ header, signal }: RawRequest): Promise<RawReply> {
    const seen = header('last-event-id') ?? '';
    const after = /^\d{1,15}$/.test(seen) ? Number(seen) : Math.max(0, (await inbox.newest()) - BACKLOG);
    return text(
      200,
      'text/event-stream; charset=utf-8',
      eventStream(inbox.follow(after, signal), () => clock.now()),
    );
  }

  const html = pageHtml(tryIt);
  return [
    { method: 'GET', path: '/inbox', handle: async () => text(200, 'text/html; charset=utf-8', html) },
    // One address for the page: its links are relative to it.
    {
      method: 'GET',
      path: '/inbox/',
      handle: async () => ({ status: 308, headers: { ...SECURITY_HEADERS, location: '../inbox' }, body: '' }),
    },
    { method: 'GET', path: '/inbox/messages', handle: list },
    { method: 'DELETE', path: '/inbox/messages', handle: empty },
    { method: 'DELETE', path: '/inbox', handle: empty },
    { method: 'GET', path: '/inbox/events', handle: follow },
    // The secret travels in the body, not in a URL.
    { method: 'POST', path: '/inbox/qr', handle: draw },
    ...ASSETS.map(
      ({ name, contentType, body }): RawRoute => ({
        method: 'GET',
        path: `/inbox/${name}`,
        handle: async () => text(200, contentType, body),
      }),
    ),
  ];
}

function detailOf(problem: QueryProblem): ErrorDetail {
  const { parameter } = problem;
  return problem.kind === 'outOfRange'
    ? outOfRange(parameter, problem.minimum, problem.maximum)
    : { code: 'INVALID_PARAMETER', target: parameter, message: problem.message };
}
