import type { Route } from 'playwright-core';
import type { Postern } from '../helpers/postern.js';

/** Answers a browser's request by a whole server without a socket. */
export async function fulfill(route: Route, postern: Postern): Promise<void> {
  const request = route.request();
  if (request.url().endsWith('/inbox/events'))
    return route.fulfill({ status: 200, contentType: 'text/event-stream', body: ': nothing\n\n' });
  const body = request.postData();
  const { status, headers, text } = await postern.send({
    method: request.method(),
    url: request.url(),
    token: null,
    headers: await request.allHeaders(),
    ...(body === null ? {} : { body }),
  });
  return route.fulfill({ status, headers, body: text });
}
