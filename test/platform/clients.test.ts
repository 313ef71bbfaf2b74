import { describe, expect, it } from 'vitest';
import { livePrevious, liveSecrets, replacedSecret } from '../../src/platform/applications/application-secret.js';
import { authenticateClient, type PresentedSecret } from '../../src/platform/tokens/client-authentication.js';
import { worker } from './world.js';

const credentials = (method: PresentedSecret['method'], clientSecret = 'right'): PresentedSecret => ({
  method,
  clientId: worker().id,
  clientSecret,
});
const BASIC = credentials('CLIENT_SECRET_BASIC');
const POST = credentials('CLIENT_SECRET_POST');
const NOBODY = { ok: false, rejection: { kind: 'ClientNotAuthenticated' } };

describe('a client at the token endpoint (00 §5.1)', () => {
  it('is taken by its own method and its own secret', () => {
    const byForm = worker({ tokenEndpointAuthMethod: 'CLIENT_SECRET_POST' });
    expect(authenticateClient(worker(), ['right'], BASIC)).toEqual({ ok: true, value: worker() });
    expect(authenticateClient(byForm, ['right'], POST)).toEqual({ ok: true, value: byForm });
    expect(authenticateClient(worker(), ['other'], BASIC)).toEqual(NOBODY);
    expect(authenticateClient(worker({ enabled: false }), ['right'], BASIC)).toEqual(NOBODY);
  });

  it('is told that the method is wrong only when the secret is right', () => {
    expect(authenticateClient(worker(), ['right'], POST)).toEqual({
      ok: false,
      rejection: { kind: 'AuthenticationMethodNotSupported' },
    });
    expect(authenticateClient(worker(), ['right'], credentials('CLIENT_SECRET_POST', 'wrong'))).toEqual(NOBODY);
    expect(authenticateClient(worker({ anySecretMethod: true }), ['right'], POST).ok).toBe(true);
  });

  it('a client that is not there is judged by a secret all the same (SEC-05, SEC-50)', () => {
    // Also when the secret that stands in for it is guessed.
    expect(authenticateClient(undefined, ['right'], BASIC)).toEqual(NOBODY);
    expect(authenticateClient(undefined, ['other'], BASIC)).toEqual(NOBODY);
  });
});

describe('the secrets of an application', () => {
  const passing = { current: 'first', currentUntil: 100 };

  it('are good until their time is over, each for itself (SEC-50, SEC-51)', () => {
    const both = { ...passing, previous: { secret: 'earlier', expiresAt: 200 } };
    expect([99, 100, 199, 200].map((now) => liveSecrets(both, now))).toEqual([
      ['first', 'earlier'],
      ['earlier'],
      ['earlier'],
      [],
    ]);
    expect([199, 200].map((now) => livePrevious(both, now)?.secret)).toEqual(['earlier', undefined]);
    expect(liveSecrets({ current: 'for good' }, Number.MAX_SAFE_INTEGER)).toEqual(['for good']);
  });

  it('live no longer for being replaced; the new one stays (SEC-51)', () => {
    const replaced = replacedSecret(passing, 'second', 150);
    expect(replaced).toEqual({ current: 'second', previous: { secret: 'first', expiresAt: 100 } });
    expect(liveSecrets(replaced, 99)).toEqual(['second', 'first']);
    expect(liveSecrets(replaced, 100)).toEqual(['second']);
    expect(replacedSecret(passing, 'second', 50).previous?.expiresAt).toBe(50);
    expect(replacedSecret({ ...passing, members: { a: 1 } }, 'second', undefined)).toEqual({
      current: 'second',
      members: { a: 1 },
    });
  });
});
