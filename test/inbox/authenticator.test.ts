import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { qrSvg } from '../../src/inbox/qr.js';
import { fromBase32 } from '../../src/otp/base32.js';
import { hotp } from '../../src/otp/hotp.js';
import { stepAt } from '../../src/otp/totp.js';
import { startPostern } from '../helpers/postern.js';
import { CHROMIUM, launch } from './browser.js';
import { fulfill } from './fulfill.js';

const KEY_URI = 'otpauth://totp/mira.holt?secret=MZXW6YTBOI4DQNRSGQ2TGMJXHA3DIMRR&issuer=Harbor%20Demo';

describe('a QR code', () => {
  it('is drawn of a key URI, black on white, with four modules of white around it', async () => {
    const svg = (await qrSvg(KEY_URI)) ?? '';
    const [, size] = /viewBox="0 0 (\d+) \1"/.exec(svg) ?? [];
    expect((Number(size) / 10 - 8 - 17) % 4).toBe(0);
    expect(svg).toContain('<rect fill="white"');
    expect(svg).toMatch(/<path fill="black" d="M40,40h10v10h-10z/);
    expect(svg).not.toMatch(/script|style|href|on[a-z]+=/);
  });

  it.each(['', 'https://example.org/', `otpauth://totp/${'a'.repeat(1000)}`])('is not drawn of %j', async (text) => {
    expect(await qrSvg(text)).toBeUndefined();
  });

  it('is asked for by POST, so that the secret is in no URL', async () => {
    await using postern = await startPostern();
    const url = `${postern.inboxUrl}/qr`;
    const drawn = await postern.send({ method: 'POST', url, token: null, contentType: 'text/plain', body: KEY_URI });
    expect([drawn.status, drawn.headers['content-type'], drawn.headers['cache-control']]).toEqual([
      200,
      'image/svg+xml',
      'no-store',
    ]);
    expect(
      (await postern.send({ method: 'POST', url, token: null, contentType: 'text/plain', body: 'x' })).status,
    ).toBe(400);
    expect((await postern.send({ method: 'GET', url, token: null })).status).not.toBe(200);
  });
});

describe.skipIf(!CHROMIUM)('an authenticator app on the inbox page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** The page over a whole server without a socket. */
  async function open() {
    const postern = await startPostern({ authUrl: 'http://localhost:8080', now: Date.now() });
    const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
    await context.route('**/*', (route) => fulfill(route, postern));
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(postern.inboxUrl);
    await page.getByLabel('What to try').selectOption({ label: 'An authenticator app' });
    return {
      postern,
      page,
      async [Symbol.asyncDispose]() {
        await context.close();
        await postern[Symbol.asyncDispose]();
        expect(errors).toEqual([]);
      },
    };
  }

  it('is paired, authenticated with and removed again, the page playing the app', async () => {
    await using world = await open();
    const { page } = world;
    await page.getByRole('button', { name: 'Run all steps' }).click();
    await page.locator('.step').last().and(page.locator('[data-state="done"]')).waitFor();
    expect(await page.locator('.completed').textContent()).toBe('COMPLETED');
    expect(await page.locator('.exchange .status').allTextContents()).toEqual([
      ...['200 OK', '201 Created', '200 OK', '201 Created', '200 OK', '200 OK', '204 No Content'],
    ]);
    expect(await page.evaluate("document.querySelector('.qr img').naturalWidth > 0")).toBe(true);
  });

  it('takes the codes of an app that has read the QR code; a used one is refused', async () => {
    await using world = await open();
    const { page, postern } = world;
    for (const name of ['Get token', 'Create']) await page.getByRole('button', { name, exact: true }).click();
    const secret = fromBase32((await page.locator('.secret').textContent()) ?? '') ?? Buffer.alloc(0);
    const shown = (steps: number) => hotp({ secret, algorithm: 'SHA1', digits: 6 }, stepAt(postern.now(), 30) + steps);
    await page.locator('#first-code').fill(shown(0));
    for (const name of ['Activate', 'Start']) await page.getByRole('button', { name, exact: true }).click();
    await page.locator('#code').fill(shown(0));
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Attempts remaining: 2').waitFor();
    await page.locator('#code').fill(shown(1));
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('button', { name: 'Read' }).click();
    await page.locator('.completed').waitFor();
  });
});
