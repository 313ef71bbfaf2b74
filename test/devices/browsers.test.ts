import { describe, expect, it } from 'vitest';
import { checkBrowser } from '../../src/authentication/check-browser.js';
import type { CheckBrowserCommand } from '../../src/authentication/command.js';
import {
  browserProblem,
  digestBrowserToken,
  MAX_REMEMBERED_BROWSERS,
  type RememberedBrowser,
} from '../../src/devices/browsers/browser.js';
import { browserIn, forgetBrowser, rememberBrowser } from '../../src/devices/browsers/decide.js';
import { parseRemembering, type Remembering } from '../../src/devices/browsers/request.js';
import { days, minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { lockAccount } from '../../src/platform/users/account.js';
import type { Snapshot, Write } from '../../src/storage/port.js';
import { granted, refused } from '../authentication/results.js';
import { ENVIRONMENT, id, keyring, OTHER_POLICY, POLICY, T0, USER, World } from '../authentication/world.js';

const { digests } = keyring;
const TOKEN = 'a-token';

/** A user under a policy that remembers browsers for thirty days, in memory. */
class Browsers {
  readonly world = new World();
  now = T0;
  known: readonly RememberedBrowser[] = [];

  constructor(remembersFor: number | undefined = days(30)) {
    this.remembersFor(remembersFor);
    this.world.setPolicy({}, {}, undefined, OTHER_POLICY);
  }

  remembersFor(millis: number | undefined): void {
    const { remembersFor: _, ...policy } = this.world.policies.get(POLICY) ?? fail();
    this.world.policies.set(POLICY, millis === undefined ? policy : { ...policy, remembersFor: millis });
  }

  snapshot(plan: { readonly browser?: Uuid } = {}): Snapshot {
    return {
      ...this.world.snapshot({}),
      now: this.now,
      environment: { id: ENVIRONMENT } as NonNullable<Snapshot['environment']>,
      browsers: this.known.filter(({ id: known }) => plan.browser === undefined || known === plan.browser),
    };
  }

  remember(remembering: Partial<Remembering> = {}, n = 1) {
    const facts = { id: id(n), token: TOKEN, digests };
    return rememberBrowser(this.snapshot(), ENVIRONMENT, { policyId: POLICY, ...remembering }, facts);
  }

  /** One that is remembered from now on. */
  add(remembering: Partial<Remembering> = {}, n = 1): RememberedBrowser {
    const { outcome, writes } = this.remember(remembering, n);
    if (!outcome.result.ok) throw new Error(outcome.result.rejection.kind);
    const gone = writes.flatMap((write) =>
      write.kind === 'delete' && write.entity === 'browser' ? [write.value] : [],
    );
    this.known = [...this.known.filter((browser) => !gone.includes(browser)), outcome.result.value.browser];
    return outcome.result.value.browser;
  }

  check(command: Partial<CheckBrowserCommand> = {}) {
    const { deployment } = this.world.facts();
    const plan = command.browser ? { browser: command.browser.id } : { browser: id(999) };
    return checkBrowser(
      this.snapshot(plan),
      { userId: USER, policyId: POLICY, ...command },
      { id: id(500), digests, deployment },
    );
  }
}

function fail(): never {
  throw new Error('a world has a policy');
}

const kinds = (writes: readonly Write[]): readonly string[] => writes.map(({ kind, entity }) => `${kind} ${entity}`);
const presented = (token = TOKEN, n = 1) => ({ browser: { id: id(n), token } });

describe('remembering a browser (20 §16)', () => {
  it('keeps a digest of its token, under the policy that says for how long', () => {
    const browsers = new Browsers();
    const { writes, outcome } = browsers.remember({ nickname: 'Laptop' });
    const browser: RememberedBrowser = {
      id: id(1),
      environmentId: ENVIRONMENT,
      userId: USER,
      version: 1,
      policyId: POLICY,
      digest: expect.any(String),
      hasSession: false,
      nickname: 'Laptop',
      createdAt: T0,
      expiresAt: T0 + days(30),
    };
    expect(writes).toEqual([
      { kind: 'expect', entity: 'user', value: browsers.world.user },
      { kind: 'insert', entity: 'browser', value: browser },
    ]);
    expect(outcome.result).toEqual({ ok: true, value: { browser, token: expect.any(Redacted) } });
    if (outcome.result.ok) expect(outcome.result.value.token.reveal()).toBe(TOKEN);
    expect(JSON.stringify(writes)).not.toContain(TOKEN);
    const subject = { environmentId: ENVIRONMENT, userId: USER, deviceId: id(1) };
    expect(outcome.events).toEqual([
      { ...subject, type: 'DEVICE.CREATED', detail: { deviceType: 'BROWSER', status: 'ACTIVE' } },
      { ...subject, type: 'SESSION.BROWSER_TRUST_ESTABLISHED', detail: { deviceType: 'BROWSER' } },
    ]);
    expect(browsers.add({}, 2)).not.toHaveProperty('nickname');
  });

  it('is refused without its user, and under a policy that is not there or remembers none', () => {
    const browsers = new Browsers();
    expect(browsers.remember({ policyId: id(77) }).outcome.result).toMatchObject({
      rejection: { kind: 'PolicyUnknown' },
    });
    expect(browsers.remember({ policyId: OTHER_POLICY }).outcome.result).toMatchObject({
      rejection: { kind: 'NotRemembering' },
    });
    browsers.world.user = undefined;
    expect(browsers.remember()).toMatchObject({
      writes: [],
      outcome: { result: { rejection: { kind: 'UserNotFound' } } },
    });
  });

  it('of the fifty-first lets the oldest go, on record', () => {
    const browsers = new Browsers();
    for (let n = 1; n <= MAX_REMEMBERED_BROWSERS - 1; n++) browsers.add({}, n);
    expect(kinds(browsers.remember({}, 60).writes)).toEqual(['expect user', 'insert browser']);
    browsers.add({}, 50);
    const { writes, outcome } = browsers.remember({}, 60);
    expect(kinds(writes)).toEqual(['expect user', 'delete browser', 'insert browser']);
    expect(writes[1]).toMatchObject({ value: { id: id(1) } });
    expect(outcome.events.at(-1)).toMatchObject({
      type: 'DEVICE.DELETED',
      deviceId: id(1),
      detail: { deviceType: 'BROWSER', crowded: true },
    });
    browsers.add({}, 60);
    expect(browsers.known).toHaveLength(MAX_REMEMBERED_BROWSERS);
  });

  it('asks for policy and payload; an empty nickname is none', () => {
    const whole = { type: 'BROWSER', policy: { id: POLICY }, payload: 'x' } as const;
    expect(parseRemembering(whole)).toEqual({ ok: true, value: { policyId: POLICY } });
    expect(parseRemembering({ ...whole, nickname: '', session: { id: 's' } })).toEqual({
      ok: true,
      value: { policyId: POLICY, sessionId: 's' },
    });
    expect(parseRemembering({ ...whole, nickname: 'Laptop' })).toMatchObject({ value: { nickname: 'Laptop' } });
    for (const policy of [undefined, {}, { id: 'no id' }])
      expect(parseRemembering({ type: 'BROWSER', ...(policy ? { policy } : {}) })).toEqual({
        ok: false,
        rejection: [
          { problem: 'required', target: 'policy.id' },
          { problem: 'required', target: 'payload' },
        ],
      });
    expect(parseRemembering({ type: 'BROWSER', policy: { id: POLICY } })).toEqual({
      ok: false,
      rejection: [{ problem: 'required', target: 'payload' }],
    });
  });
});

describe('a remembered browser', () => {
  it('is found by its id, for its user, until its time is over', () => {
    const browsers = new Browsers();
    const browser = browsers.add();
    expect(browserIn(browsers.snapshot(), id(1))).toBe(browser);
    expect(browserIn(browsers.snapshot(), id(2))).toBeUndefined();
    expect(browserIn({ ...browsers.snapshot(), user: { ...browsers.world.user, id: id(3) } as never }, id(1))).toBe(
      undefined,
    );
    browsers.now = T0 + days(30) - 1;
    expect(browserIn(browsers.snapshot(), id(1))).toBe(browser);
    browsers.now += 1;
    expect(browserIn(browsers.snapshot(), id(1))).toBeUndefined();
    expect(browserIn(new World().snapshot({}), id(1))).toBeUndefined();
  });

  it('that is forgotten is gone, on record', () => {
    const browser = new Browsers().add();
    expect(forgetBrowser(browser)).toMatchObject({
      writes: [{ kind: 'delete', entity: 'browser', value: browser }],
      outcome: { result: { ok: true }, events: [{ type: 'DEVICE.DELETED', detail: { deviceType: 'BROWSER' } }] },
    });
  });

  it('is recognised by its token under the key that the digest was made with', () => {
    const { digests: own, vault } = createKeyring(new Redacted(Buffer.alloc(32, 8)));
    const first = vault.keys.mint(ENVIRONMENT, 1).row;
    vault.keys.install(ENVIRONMENT, [first]);
    const plain = new Browsers().add();
    const browser = { ...plain, digest: digestBrowserToken(plain, TOKEN, undefined, own) };
    vault.keys.install(ENVIRONMENT, [first, vault.keys.mint(ENVIRONMENT, 2).row]);
    const policy = { id: POLICY, remembersFor: days(30) };
    const claim = { token: TOKEN, sessionId: undefined, policy, now: T0 };
    expect(browserProblem(browser, claim, own)).toBeUndefined();
    expect(browserProblem(browser, { ...claim, token: 'another' }, own)).toBe('TOKEN');
  });
});

describe('the check of a remembered browser (10 §14)', () => {
  const failure = { status: 'FAILED', error: { code: 'REMEMBERED_DEVICE_NOT_FOUND' } };

  it('completes a flow at once, with nothing selected and nothing proved, guarded by factors and browser (SEC-10)', () => {
    const browsers = new Browsers();
    const browser = browsers.add();
    browsers.now += minutes(1);
    const { writes, outcome } = browsers.check(presented());
    const { flow } = granted(outcome.result);
    expect(flow).toMatchObject({
      id: id(500),
      environmentId: ENVIRONMENT,
      version: 1,
      userId: USER,
      policyId: POLICY,
      state: { status: 'COMPLETED' },
      sends: 0,
      createdAt: browsers.now,
      updatedAt: browsers.now,
    });
    expect(flow.state).toEqual({ status: 'COMPLETED' });
    expect(writes).toEqual([
      { kind: 'insert', entity: 'deviceAuthentication', value: flow },
      { kind: 'expect', entity: 'factors', value: browsers.world.factors },
      { kind: 'expect', entity: 'browser', value: browser },
    ]);
    expect(outcome.events).toEqual([
      expect.objectContaining({ type: 'AUTHENTICATION.CREATED', deviceId: id(1), detail: { status: 'COMPLETED' } }),
      expect.objectContaining({ type: 'DEVICE_PAYLOAD.CHECK_SUCCESS', deviceId: id(1) }),
      expect.objectContaining({ type: 'AUTHENTICATION.UPDATED', detail: { status: 'COMPLETED' } }),
    ]);
    expect(outcome.events[1]?.detail).toBeUndefined();
  });

  it('fails for whatever reason with the same error; the reason is for the records', () => {
    const browsers = new Browsers();
    browsers.add();
    browsers.add({ sessionId: 'session' }, 2);
    for (const [command, problem] of [
      [presented('another'), 'TOKEN'],
      [presented(''), 'TOKEN'],
      [presented(TOKEN, 9), 'UNKNOWN'],
      [{}, 'UNKNOWN'],
      [presented(TOKEN, 2), 'SESSION'],
      [{ ...presented(TOKEN, 2), sessionId: 'another' }, 'TOKEN'],
    ] as const) {
      const { writes, outcome } = browsers.check(command);
      expect(granted(outcome.result).flow.state).toMatchObject(failure);
      expect(kinds(writes).slice(0, 2)).toEqual(['insert deviceAuthentication', 'expect factors']);
      expect(outcome.events).toEqual([
        expect.objectContaining({ type: 'AUTHENTICATION.CREATED', detail: { status: 'FAILED' } }),
        expect.objectContaining({ type: 'DEVICE_PAYLOAD.CHECK_INVALID', detail: { problem } }),
      ]);
    }
    for (const n of [1, 2]) {
      const { outcome } = browsers.check({ ...presented(TOKEN, n), sessionId: 'session' });
      expect(granted(outcome.result).flow.state.status).toBe('COMPLETED');
    }
  });

  it('without a browser presented compares with none, whichever was loaded', () => {
    const browsers = new Browsers();
    browsers.add();
    const { deployment } = browsers.world.facts();
    const command = { userId: USER, policyId: POLICY };
    const { outcome } = checkBrowser(browsers.snapshot(), command, { id: id(500), digests, deployment });
    expect(outcome.events[1]).toMatchObject({ detail: { problem: 'UNKNOWN' } });
  });

  it('takes the cookie for its user, environment and policy alone (SEC-42)', () => {
    const browsers = new Browsers();
    const browser = browsers.add();
    browsers.known = [{ ...browser, policyId: OTHER_POLICY }];
    expect(browsers.check(presented()).outcome.events[1]).toMatchObject({ detail: { problem: 'POLICY' } });
    for (const other of [{ id: id(2) }, { environmentId: id(3) }, { userId: id(4) }]) {
      browsers.known = [{ ...browser, ...other }];
      const { outcome } = browsers.check(presented(TOKEN, other.id === undefined ? 1 : 2));
      expect(outcome.events[1]).toMatchObject({ detail: { problem: 'TOKEN' } });
    }
  });

  it('ends with the shorter of the two life times, its own and the policy’s of now', () => {
    for (const [now, lifeTime, expected] of [
      [days(30) - 1, days(30), 'COMPLETED'],
      [days(30), days(30), 'FAILED'],
      [days(30), days(90), 'FAILED'],
      [days(1) - 1, days(1), 'COMPLETED'],
      [days(1), days(1), 'FAILED'],
    ] as const) {
      const browsers = new Browsers();
      browsers.add();
      browsers.remembersFor(lifeTime);
      browsers.now = T0 + now;
      const { outcome } = browsers.check(presented());
      expect([now, lifeTime, granted(outcome.result).flow.state.status]).toEqual([now, lifeTime, expected]);
      if (expected === 'FAILED') expect(outcome.events[1]).toMatchObject({ detail: { problem: 'EXPIRED' } });
    }
    const policy = { id: POLICY };
    const claim = { token: TOKEN, sessionId: undefined, policy, now: T0 };
    expect(browserProblem(new Browsers().add(), claim, digests)).toBe('POLICY');
  });

  it('first says what stands in the user’s way, and compares nothing then (10 §3.2)', () => {
    const browsers = new Browsers();
    browsers.add();
    browsers.world.factors = lockAccount(browsers.world.factors, T0);
    const { writes, outcome } = browsers.check(presented());
    expect(granted(outcome.result).flow.state).toMatchObject({
      status: 'FAILED',
      error: { code: 'ACCOUNT_LOCKED_OUT' },
    });
    expect(kinds(writes)).toEqual(['insert deviceAuthentication']);
    expect(outcome.events).toEqual([
      expect.objectContaining({ type: 'AUTHENTICATION.CREATED', deviceId: undefined, detail: { status: 'FAILED' } }),
    ]);
    browsers.world.factors = { ...new World().factors, mfaEnabled: false };
    expect(granted(browsers.check(presented()).outcome.result).flow.state).toMatchObject({
      error: { code: 'MFA_DISABLED' },
    });
  });

  it('is refused without its user, and under a policy that is not there or remembers none', () => {
    const browsers = new Browsers();
    browsers.add();
    expect(refused(browsers.check({ policyId: id(77) }).outcome.result)).toEqual({ kind: 'PolicyUnknown' });
    expect(refused(browsers.check({ policyId: OTHER_POLICY }).outcome.result)).toEqual({ kind: 'NotRemembering' });
    browsers.world.user = undefined;
    expect(refused(browsers.check(presented()).outcome.result)).toEqual({ kind: 'NotFound' });
  });
});
