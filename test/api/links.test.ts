import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { deletingLast, hasLinks, type Named, namedIn, rightRequest } from './requests.js';
import { startServer } from './server.js';
import { HERE, startWorld, type World } from './world.js';

let world: World;
let named: Named;
let routes: readonly Route[];
beforeAll(async () => {
  world = await startWorld();
  named = await namedIn(world);
  ({ routes } = world.postern.app);
});
afterAll(() => world[Symbol.asyncDispose]());

const reads = (): readonly Route[] => routes.filter(({ method }) => method === 'GET');

/** Members that hold somebody else's URL, as it was sent: no link of ours. */
const SENT = new Set(['url']);

/** Every text in a body that begins like a URL. */
function urlsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^https?:/.test(value) || value.startsWith('/') ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (SENT.has(name) ? [] : urlsIn(member)));
}

describe('links (00 §1.3, §3.3; SEC-56)', () => {
  const HOSTILE = {
    host: 'evil.example',
    forwarded: 'for=1.2.3.4;host=evil.example;proto=https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '666',
    'x-forwarded-prefix': '/evil',
    'x-original-url': '/evil',
    'x-rewrite-url': '/evil',
    'x-real-ip': '1.2.3.4',
  };

  it('of every operation are absolute and of the configured base, whatever the request says of hosts', async () => {
    await using other = await startWorld();
    const those = await namedIn(other);
    const { apiPath, authPath } = other.postern;
    let links = 0;
    for (const route of deletingLast(other.postern.app.routes)) {
      const right = rightRequest(route, those);
      const answer = await other.ask({ ...right, headers: { ...right.headers, ...HOSTILE } });
      expect([route.id, answer.status < 500, /evil|1\.2\.3\.4/.test(answer.text)]).toEqual([route.id, true, false]);
      for (const url of urlsIn(answer.body)) {
        links++;
        expect([route.id, url.startsWith(`${apiPath}/`) || url.startsWith(`${authPath}/`)]).toEqual([route.id, true]);
      }
    }
    expect(links).toBeGreaterThan(100);
  });

  it('a token names the configured issuer and audience, whatever the host', async () => {
    const token = routes.find(({ id }) => id === 'token.issue');
    if (!token) throw new Error('no token route');
    const right = rightRequest(token, named);
    const { body } = await world.ask({ ...right, headers: { ...right.headers, ...HOSTILE } });
    const claims = JSON.parse(Buffer.from(String(body['access_token']).split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({
      iss: `${world.postern.authPath}/${HERE}/as`,
      aud: [world.postern.apiPath.replace(/\/v1$/, '')],
    });
  });

  it('`self` can be followed', async () => {
    for (const route of reads().filter(hasLinks)) {
      const { body } = await world.ask(rightRequest(route, named));
      const { self } = body['_links'] as { self: { href: string } };
      const followed = await world.postern.send({ method: 'GET', url: self.href });
      expect([route.id, followed.body]).toEqual([route.id, body]);
    }
  });

  it('with a path of their own: base URLs behind a proxy, by https (00 §1.3)', async () => {
    const urls = { 'api-url': 'https://mfa.example.org/gate/api/v1', 'auth-url': 'https://mfa.example.org/gate/auth' };
    await using server = await startServer({ data: ':memory:', ...urls });
    const { authPath, apiPath } = server.app.urls;
    expect([apiPath, authPath]).toEqual(Object.values(urls));
    const { environmentId } = server.facts;
    const [user] = server.facts.users;

    const flow = await server.send('POST', `${authPath}/${environmentId}/deviceAuthentications`, {
      body: { user: { id: user?.id }, selectedDevice: { oneTime: { type: 'SMS', phone: '+15125550123' } } },
    });
    expect(flow.status).toBe(201);
    expect(flow.headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/);
    const list = await server.send('GET', `${apiPath}/environments/${environmentId}/users?limit=1`);
    const documents = [
      flow.body,
      list.body,
      (await server.send('GET', `${authPath}/${environmentId}/as/.well-known/openid-configuration`)).body,
    ];
    for (const url of documents.flatMap(urlsIn)) {
      expect(url.startsWith(`${apiPath}/`) || url.startsWith(`${authPath}/`), url).toBe(true);
    }
    const { next } = list.body['_links'] as { next: { href: string } };
    expect((await server.send('GET', next.href)).status).toBe(200);
    for (const elsewhere of ['/v1', '/gate/v1', '/api/v1', '/gate/api/v1/v1', '/gate/auth/v1'])
      expect((await server.send('GET', `https://mfa.example.org${elsewhere}/environments`)).status).toBe(404);
  });
});
