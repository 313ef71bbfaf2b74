import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inboxRoutes } from '../../src/inbox/routes.js';
import { CHROMIUM, launch } from './browser.js';
import { serve } from './http.js';
import { ENVIRONMENT, standInApi, USER } from './stand-in-api.js';
import { openInbox, random, sms } from './world.js';

const TRY_IT = {
  environmentId: ENVIRONMENT,
  clientId: random.uuid(),
  clientSecret: 'development-only-secret',
  users: [
    { id: USER, username: 'maria', devices: [] },
    { id: random.uuid(), username: 'jane', devices: [{ id: random.uuid(), type: 'EMAIL' }] },
  ],
};

const long = () => ({ createdAt: Date.now(), deadline: Date.now() + 1_800_000 });

if (!CHROMIUM) console.warn('The inbox page is not tested: no Chromium here. Install one, or name it in CHROMIUM.');

describe.skipIf(!CHROMIUM)('the inbox page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** The page over an inbox and a stand-in for the API; fails on any error of its script. */
  async function open() {
    const { inbox } = openInbox();
    const server = await serve(
      inboxRoutes({ inbox, clock: { now: Date.now }, random, tryIt: TRY_IT }),
      standInApi(inbox),
    );
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const page: Page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      // A refused code is a 400, which the browser reports as an error of its own.
      if (message.type() === 'error' && !message.text().includes('status of 400')) errors.push(message.text());
    });
    await page.goto(`${server.url}/inbox`);
    await page.locator('#live[data-state=live]').waitFor();
    return {
      inbox,
      page,
      async [Symbol.asyncDispose]() {
        await context.close();
        await inbox[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
        expect(errors).toEqual([]);
      },
    };
  }

  it('explains itself while it is empty', async () => {
    await using world = await open();
    await expect.poll(() => world.page.locator('#nothing').textContent()).toContain('No messages yet');
    expect(await world.page.locator('#messages-url').textContent()).toBe('/inbox/messages');
  });

  it('shows messages as they arrive, newest first', async () => {
    await using world = await open();
    await world.inbox.deliver(sms({ ...long(), otp: '111111' }));
    await world.page.getByText('111111', { exact: true }).waitFor();
    await world.inbox.deliver(
      sms({ ...long(), otp: '222222', channel: 'EMAIL', to: 'jane@example.com', subject: 'Hello' }),
    );
    await world.page.getByText('222222', { exact: true }).waitFor();
    expect(await world.page.locator('.card .code').allTextContents()).toEqual(['222222', '111111']);
    expect(await world.page.locator('.card .to').allTextContents()).toEqual(['jane@example.com', '+15551234567']);
    await expect.poll(() => world.page.locator('#announcer').textContent()).toContain('code 2 2 2 2 2 2');
  });

  it('copies a code', async () => {
    await using world = await open();
    await world.inbox.deliver(sms({ ...long(), otp: '735182' }));
    await world.page.getByRole('button', { name: 'Copy code' }).click();
    await world.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await world.page.evaluate('navigator.clipboard.readText()')).toBe('735182');
  });

  it('greys what has expired', async () => {
    await using world = await open();
    await world.inbox.deliver(sms({ createdAt: Date.now() - 10_000, deadline: Date.now() - 1_000 }));
    await world.page.locator('.card.expired').waitFor();
    expect(await world.page.locator('.expiry').textContent()).toBe('Expired');
  });

  it('filters by address, code and id', async () => {
    await using world = await open();
    const message = sms({ ...long(), otp: '444444', to: 'jane@example.com', channel: 'EMAIL' });
    await world.inbox.deliver(message);
    await world.inbox.deliver(sms({ ...long(), otp: '555555' }));
    await world.page.getByText('555555', { exact: true }).waitFor();
    const shown = async (text: string): Promise<readonly string[]> => {
      await world.page.getByLabel('Filter messages').fill(text);
      return world.page.locator('.card:not([hidden]) .code').allTextContents();
    };
    expect(await shown('JANE@')).toEqual(['444444']);
    expect(await shown(String(message.userId))).toEqual(['444444']);
    expect(await shown('555555')).toEqual(['555555']);
    expect(await shown('nobody')).toEqual([]);
    expect(await world.page.locator('#no-match').isVisible()).toBe(true);
    expect(await shown('')).toHaveLength(2);
  });

  it('empties the inbox, here and in every other window', async () => {
    await using world = await open();
    await world.inbox.deliver(sms(long()));
    await world.page.locator('.card').waitFor();
    await world.page.getByRole('button', { name: 'Empty inbox' }).click();
    await world.page.locator('#nothing').waitFor();
    expect((await world.inbox.find({ after: 0, wait: 0, wanted: new Map() }, AbortSignal.abort())).entries).toEqual([]);
    await world.inbox.deliver(sms(long()));
    await world.page.locator('.card').waitFor();
    await world.inbox.clear();
    await world.page.locator('#nothing').waitFor();
  });

  it('shows markup in a message as the text it is (SEC-62)', async () => {
    await using world = await open();
    const markup = '<img src=x onerror="document.title=1">';
    await world.inbox.deliver(sms({ ...long(), to: markup, subject: markup, text: markup, otp: markup }));
    await world.page.locator('.card').waitFor();
    expect(await world.page.locator('.card img').count()).toBe(0);
    expect(await world.page.locator('.card .to').textContent()).toBe(markup);
  });

  it('runs a whole MFA and shows each request with its answer', async () => {
    await using world = await open();
    await world.page.getByRole('button', { name: 'Run all steps' }).click();
    await world.page.locator('.completed').waitFor();
    expect(await world.page.locator('.completed').textContent()).toBe('COMPLETED');
    expect(await world.page.locator('.exchange .method').allTextContents()).toEqual([
      'POST',
      'POST',
      'GET',
      'POST',
      'GET',
    ]);
    expect(await world.page.locator('.exchange .status').allTextContents()).toEqual([
      ...['200 OK', '201 Created', '200 OK', '200 OK', '200 OK'],
    ]);
    const [token = ''] = await world.page.locator('.exchange').first().locator('pre').allTextContents();
    expect(token).toContain(`Basic ${Buffer.from(`${TRY_IT.clientId}:${TRY_IT.clientSecret}`).toString('base64')}`);
    expect(await world.page.locator('.card').count()).toBe(1);
  });

  it('goes step by step, and a wrong code may be corrected', async () => {
    await using world = await open();
    const { page } = world;
    await page.getByRole('button', { name: 'Get token' }).click();
    await page.getByLabel('User').selectOption({ label: 'jane' });
    expect(await page.getByLabel('Address', { exact: true }).isVisible()).toBe(false);
    await page.getByLabel('Code goes to').selectOption({ label: 'One time: WhatsApp' });
    await page.getByLabel('Address', { exact: true }).fill('+4915112345678');
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByRole('button', { name: 'Fetch code' }).click();
    const field = page.locator('#code');
    await expect.poll(() => field.inputValue()).toMatch(/^\d{6}$/);
    const right = await field.inputValue();
    await field.fill('x');
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByText('Attempts remaining: 2').waitFor();
    await field.fill(right);
    await page.getByRole('button', { name: 'Submit' }).click();
    await page.getByRole('button', { name: 'Read' }).click();
    await page.locator('.completed').waitFor();
    expect(await page.locator('.card .to').textContent()).toBe('+4915112345678');
    await page.getByRole('button', { name: 'Start over' }).click();
    expect(await page.locator('.exchange').count()).toBe(0);
  });

  it('fits a phone: one view at a time, nothing wider than the screen', async () => {
    await using world = await open();
    const { page } = world;
    await page.setViewportSize({ width: 375, height: 740 });
    await world.inbox.deliver(sms({ ...long(), to: `${'long'.repeat(15)}@example.com` }));
    await page.locator('.card').waitFor();
    expect(await page.locator('#try-it').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Try it' }).click();
    expect(await page.locator('#list').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Run all steps' }).click();
    await page.locator('.completed').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375);
  });
});
