import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, launch } from '../inbox/browser.js';
import { fulfill } from '../inbox/fulfill.js';
import { Scene } from './scene.js';

if (!CHROMIUM)
  console.warn('Passkeys are not tried in a browser: no Chromium here. Install one, or name it in CHROMIUM.');

/** Where the browser finds the server; a host that is a secure context without https. */
const ORIGIN = 'http://localhost:8080';

interface Kind {
  readonly protocol: 'ctap2' | 'u2f';
  readonly transport: 'usb' | 'internal';
  readonly hasUserVerification: boolean;
  readonly hasResidentKey: boolean;
}

/** What a virtual authenticator can be: U2F knows neither verification nor resident keys, and is never inside. */
const KINDS: readonly Kind[] = [
  { protocol: 'ctap2', transport: 'usb', hasUserVerification: true, hasResidentKey: true },
  { protocol: 'ctap2', transport: 'usb', hasUserVerification: true, hasResidentKey: false },
  { protocol: 'ctap2', transport: 'usb', hasUserVerification: false, hasResidentKey: true },
  { protocol: 'ctap2', transport: 'usb', hasUserVerification: false, hasResidentKey: false },
  { protocol: 'ctap2', transport: 'internal', hasUserVerification: true, hasResidentKey: true },
  { protocol: 'ctap2', transport: 'internal', hasUserVerification: true, hasResidentKey: false },
  { protocol: 'ctap2', transport: 'internal', hasUserVerification: false, hasResidentKey: false },
  { protocol: 'u2f', transport: 'usb', hasUserVerification: false, hasResidentKey: false },
];

describe.skipIf(!CHROMIUM)('in a browser, through the API and /sdk/webauthn.js', () => {
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    browser = await launch();
    scene = await Scene.open({ authUrl: ORIGIN, now: Date.now() });
  });
  afterAll(async () => {
    await browser?.close();
    await scene?.[Symbol.asyncDispose]();
  });

  /** A page of the server's own origin, with one virtual authenticator (CDP WebAuthn). */
  async function open(kind: Kind): Promise<{ page: Page; cdp: CDPSession } & AsyncDisposable> {
    const context = await browser.newContext();
    await context.route('**/*', (route) => fulfill(route, scene.postern));
    const page = await context.newPage();
    const cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable');
    await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...kind, isUserVerified: true, automaticPresenceSimulation: true },
    });
    await page.goto(`${ORIGIN}/sdk/webauthn.js`);
    return { page, cdp, [Symbol.asyncDispose]: () => context.close() };
  }

  /** Calls a function of the served module in the page. */
  function call(page: Page, name: 'createCredential' | 'useCredential', options: unknown): Promise<object> {
    // As text: what the test runner makes of an `import()` is nothing for a page.
    return page.evaluate(`import('/sdk/webauthn.js').then((sdk) => sdk.${name}(${JSON.stringify(options)}))`);
  }

  it.each(
    KINDS.map(
      (kind) =>
        [
          `${kind.transport} ${kind.protocol}, UV ${kind.hasUserVerification}, resident ${kind.hasResidentKey}`,
          kind,
        ] as const,
    ),
  )('%s registers and authenticates', async (_name, kind) => {
    await using world = await open(kind);
    const user = await scene.newUser();
    // A browser makes no discoverable credential where the user cannot be verified; it waits for one that can.
    const isWithout = kind.hasResidentKey && !kind.hasUserVerification;
    await scene.setFido2Policy(isWithout ? { discoverableCredentials: 'DISCOURAGED' } : {});
    const pending = await scene.pair({}, user);
    const proof = await call(world.page, 'createCredential', pending.body['publicKeyCredentialCreationOptions']);
    const active = await scene.activate(pending.body['id'], proof, user);
    expect(active).toMatchObject({ status: 200, body: { status: 'ACTIVE' } });

    for (let n = 0; n < 2; n++) {
      const flow = await scene.begin({}, user);
      expect(flow.body['status']).toBe('ASSERTION_REQUIRED');
      const assertion = await call(world.page, 'useCredential', flow.body['publicKeyCredentialRequestOptions']);
      const done = await scene.act(flow, 'assertion.check', assertion);
      expect(done).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
      expect(done.body['authenticators']).toEqual(['mfa', 'hwk', ...(kind.hasUserVerification ? ['user'] : [])]);
    }
  });

  it('without a user name, the passkey says who it is; a second one on the authenticator is excluded', async () => {
    await using world = await open({
      protocol: 'ctap2',
      transport: 'internal',
      hasUserVerification: true,
      hasResidentKey: true,
    });
    const user = await scene.newUser();
    const pending = await scene.pair({}, user);
    const proof = await call(world.page, 'createCredential', pending.body['publicKeyCredentialCreationOptions']);
    expect((await scene.activate(pending.body['id'], proof, user)).status).toBe(200);

    await scene.setFido2Policy();
    const flow = await scene.discover();
    const assertion = await call(world.page, 'useCredential', flow.body['publicKeyCredentialRequestOptions']);
    const done = await scene.act(flow, 'assertion.check', assertion);
    expect(done).toMatchObject({ status: 200, body: { status: 'COMPLETED', user: { id: user } } });

    const second = await scene.pair({}, user);
    await expect(
      call(world.page, 'createCredential', second.body['publicKeyCredentialCreationOptions']),
    ).rejects.toThrow(/InvalidStateError|already registered|excluded/i);
  });
});

describe.skipIf(!CHROMIUM)('a passkey on the inbox page', () => {
  it('is made, used and removed again', async () => {
    await using scene = await Scene.open({ authUrl: ORIGIN, now: Date.now() });
    const browser = await launch();
    try {
      const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
      await context.route('**/*', (route) => fulfill(route, scene.postern));
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const options = {
        ...({ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const),
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      };
      await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
      await page.goto(scene.postern.inboxUrl);
      await page.getByLabel('What to try').selectOption({ label: 'A passkey' });
      await page.getByRole('button', { name: 'Run all steps' }).click();
      await page.locator('.step').last().and(page.locator('[data-state="done"]')).waitFor();
      expect(await page.locator('.completed').textContent()).toBe('COMPLETED');
      expect(await page.locator('.exchange .status').allTextContents()).toEqual([
        ...['200 OK', '201 Created', '200 OK', '201 Created', '200 OK', '200 OK', '204 No Content'],
      ]);
      if (process.env['SCREENSHOT']) await page.screenshot({ path: process.env['SCREENSHOT'], fullPage: true });
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
