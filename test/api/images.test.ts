import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invalidData, refusalOf } from './refusal.js';
import { ONE_PIXEL } from './samples.js';
import type { Answer } from './world.js';
import { HERE, NOBODY, startWorld, THERE, type World } from './world.js';

const IMAGE_URL = 'https://images.postern.test/shown';
let world: World;
beforeAll(async () => {
  world = await startWorld({ env: { POSTERN_IMAGE_URL: IMAGE_URL } });
});
afterAll(() => world[Symbol.asyncDispose]());

const PATH = `/environments/${HERE}/images`;
/** One red pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

const upload = (body: Buffer | string, type = 'image/png', path = PATH): Promise<Answer> =>
  world.ask({ path, type, body, headers: { 'content-disposition': 'attachment; filename=logo.png' } });
const hrefOf = ({ body }: Answer): string => (body['targets'] as { original: { href: string } }).original.href;
/** What a browser gets, which has no token. */
const shown = (url: string, method = 'GET') =>
  world.postern.app.inject({ method: method as 'GET', url: new URL(url).pathname });

describe('images of an environment', () => {
  it('are uploaded as they are, read, and deleted', async () => {
    const made = await upload(ONE_PIXEL);
    expect([made.status, made.text.length > 0]).toEqual([201, true]);
    const { id, targets } = made.body;
    const { original } = targets as { original: { id: string } };
    expect(made.body).toEqual({
      _links: {
        self: { href: `${world.postern.apiPath}${PATH}/${id}` },
        environment: { href: `${world.postern.apiPath}/environments/${HERE}` },
      },
      id,
      environment: { id: HERE },
      createdAt: expect.stringMatching(/Z$/),
      targets: {
        original: {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          href: `${IMAGE_URL}/environments/${HERE}/images/${id}_${original.id}_original.png`,
          type: 'png',
          width: 1,
          height: 1,
        },
      },
    });
    expect(original.id).not.toBe(id);
    expect((await world.ask({ path: `${PATH}/${id}` })).body).toEqual(made.body);
    expect((await world.ask({ method: 'DELETE', path: `${PATH}/${id}` })).status).toBe(204);
    expect((await world.ask({ path: `${PATH}/${id}` })).status).toBe(404);
    expect((await shown(hrefOf(made))).statusCode).toBe(404);
  });

  it('are shown to whoever has the address, as images and nothing else', async () => {
    const href = hrefOf(await upload(ONE_PIXEL));
    const { statusCode, headers, rawPayload } = await shown(href);
    expect([statusCode, rawPayload.equals(ONE_PIXEL)]).toEqual([200, true]);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(ONE_PIXEL.length),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'public, max-age=86400, immutable',
    });
    expect((await shown(`${href}?v=1`)).statusCode).toBe(200);
  });

  it('are at one address: another environment, image, file or ending is 404 (SEC-42, SEC-47)', async () => {
    const href = hrefOf(await upload(ONE_PIXEL));
    const [, file = ''] = /_([0-9a-f-]{36})_/.exec(href) ?? [];
    const [, image = ''] = /([0-9a-f-]{36})_/.exec(href) ?? [];
    for (const other of [
      href.replace(HERE, THERE),
      href.replace(HERE, NOBODY),
      href.replace(image, NOBODY),
      href.replace(file, NOBODY),
      href.replace('.png', '.jpg'),
      href.replace('.png', '.html'),
      href.replace('_original', ''),
      href.replace('/shown', ''),
      `${href}/`,
    ])
      expect([other, (await shown(other)).statusCode]).toEqual([other, 404]);
    expect((await shown(href)).statusCode).toBe(200);
  });

  it('are what their bytes say, whatever they are called: a GIF is shown as PNG', async () => {
    for (const type of ['image/gif', 'image/png', 'image/*']) {
      const made = await upload(GIF, type);
      expect(made.body).toMatchObject({ targets: { original: { type: 'png', width: 1, height: 1 } } });
      const { headers, rawPayload } = await shown(hrefOf(made));
      expect([headers['content-type'], rawPayload.toString('latin1', 1, 4)]).toEqual(['image/png', 'PNG']);
    }
  });

  it.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', '<html></html>', '{}', ''])(
    'are no %j: nothing is stored of it',
    async (body) => {
      const before = await world.fingerprint();
      expect(refusalOf(await upload(body))).toEqual(invalidData('INVALID_VALUE file'));
      expect(await world.fingerprint()).toBe(before);
    },
  );

  it('may have more than a JSON body, up to 1 MiB (SEC-53)', async () => {
    // What follows the end of a PNG is not looked at.
    const large = Buffer.concat([ONE_PIXEL, Buffer.alloc(1_048_576 - ONE_PIXEL.length)]);
    const made = await upload(large);
    expect(made.status).toBe(201);
    expect((await shown(hrefOf(made))).rawPayload.equals(large)).toBe(true);
    expect((await upload(Buffer.concat([large, Buffer.alloc(1)]))).status).toBe(413);
  });

  it('are two hundred at most, however many come at once', async () => {
    await using own = await startWorld();
    const put = () => own.ask({ path: PATH, type: 'image/png', body: ONE_PIXEL });
    const answers = await Promise.all(Array.from({ length: 205 }, put));
    const [made, refused] = [201, 400].map((wanted) => answers.filter(({ status }) => status === wanted));
    expect([made?.length, refused?.length]).toEqual([200, 5]);
    expect(refused?.[0]?.body['details']).toMatchObject([{ code: 'LIMIT_EXCEEDED' }]);
    expect((await own.ask({ method: 'DELETE', path: `${PATH}/${made?.[0]?.body['id']}` })).status).toBe(204);
    expect((await put()).status).toBe(201);
  });

  it('are told of in the trail by their ids', async () => {
    const { body } = await upload(ONE_PIXEL);
    await world.ask({ method: 'DELETE', path: `${PATH}/${body['id']}` });
    expect(world.events.slice(-2)).toEqual(['IMAGE.CREATED', 'IMAGE.DELETED']);
  });

  it('have no list, and do not change', async () => {
    expect((await world.ask({ path: PATH })).status).toBe(405);
    const { body } = await upload(ONE_PIXEL);
    expect((await world.ask({ method: 'PUT', path: `${PATH}/${body['id']}`, body: {} })).status).toBe(405);
  });
});
