import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours } from '../../src/kernel/duration.js';
import { refusalOf } from './refusal.js';
import { type Answer, type Body, HERE, here, NOBODY, startWorld, type World } from './world.js';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const USERS = `/environments/${HERE}/users`;
const at = (millis: number): string => new Date(world.postern.now() + millis).toISOString();

describe('a bypass of MFA (20 §14)', () => {
  const PATH = `${USERS}/${here.user}/bypassMFA`;
  const read = async (): Promise<Body> => (await world.ask({ path: PATH })).body;
  const put = (until: unknown, path = PATH): Promise<Answer> =>
    world.ask({ method: 'PUT', path, body: { bypassMFAEnabledUntil: until } });
  const _links = () => ({
    self: { href: `${world.postern.apiPath}${PATH}` },
    user: { href: `${world.postern.apiPath}${USERS}/${here.user}` },
  });

  it('runs until the time that was said, and is not there before and after', async () => {
    expect(await read()).toEqual({ _links: _links() });
    const until = at(hours(1));
    const running = { _links: _links(), bypassMFAEnabled: true, bypassMFAEnabledUntil: until };
    const { status, body } = await put(until);
    expect([status, body]).toEqual([200, running]);
    expect(await read()).toEqual(running);
    await world.advance(hours(1) - 1);
    expect(await read()).toEqual(running);
    await world.advance(1);
    expect(await read()).toEqual({ _links: _links() });
  });

  it('is ended by a time that has come', async () => {
    expect((await put(at(hours(1)))).body['bypassMFAEnabled']).toBe(true);
    expect((await put(at(0))).body).toEqual({ _links: _links() });
    expect(await read()).toEqual({ _links: _links() });
  });

  it('changes nothing about a device authentication: whoever would start one asks first (10 §4.5)', async () => {
    await put(at(hours(1)));
    const { body } = await world.ask({ path: `/${HERE}/deviceAuthentications`, body: { user: { id: here.user } } });
    expect(body).toMatchObject({ status: 'OTP_REQUIRED', selectedDevice: { id: here.email } });
    await put(at(0));
  });

  it('takes a time in exactly one form', async () => {
    const before = await world.fingerprint();
    const refused = [undefined, '', 'tomorrow', '2031-06-01T00:00:00Z', '2031-06-01T00:00:00.000+00:00', 4, true];
    const details = [];
    for (const until of refused) details.push(refusalOf(await put(until)).details);
    expect(details).toEqual([
      ['REQUIRED_VALUE bypassMFAEnabledUntil'],
      ['EMPTY_VALUE bypassMFAEnabledUntil'],
      ...Array(5).fill(['INVALID_VALUE bypassMFAEnabledUntil']),
    ]);
    expect(refusalOf(await put('2031-13-01T00:00:00.000Z')).details).toEqual(['INVALID_VALUE bypassMFAEnabledUntil']);
    expect((await put(at(hours(1)), `${USERS}/${NOBODY}/bypassMFA`)).status).toBe(404);
    expect(await world.fingerprint()).toBe(before);
  });
});
