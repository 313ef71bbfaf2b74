import { describe, expect, it } from 'vitest';
import { authenticateClient, type ClientCredentials } from '../../src/platform/client-authentication.js';
import { worker } from './world.js';

const credentials = (method: ClientCredentials['method'], clientSecret = 'right'): ClientCredentials => ({
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
