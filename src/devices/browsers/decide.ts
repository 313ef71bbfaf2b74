import type { BusinessEvent } from '../../events.js';
import type { Digests } from '../../kernel/keys.js';
import { Redacted } from '../../kernel/sealed.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { Snapshot, Write } from '../../storage/port.js';
import { type DeviceDecided, grant, refuse } from '../answer.js';
import type { DeviceId } from '../model.js';
import { findUser } from '../subject.js';
import { digestBrowserToken, isPast, MAX_REMEMBERED_BROWSERS, type RememberedBrowser } from './browser.js';
import type { Remembering } from './request.js';

export interface RememberFacts {
  readonly id: DeviceId;
  /** `BROWSER_TOKEN_BYTES` of chance, as text. */
  readonly token: string;
  readonly digests: Digests;
}

/** A browser as its creation answers it: its token is in this one answer and in no other. */
export interface Remembered {
  readonly browser: RememberedBrowser;
  readonly token: Redacted<string>;
}

/**
 * Remembers a browser for as long as the policy says (`20` §16). That the user has just proved anything is the relying party's to see
 * to: the reference asks for nothing. The snapshot has the user's browsers.
 */
export function rememberBrowser(
  snapshot: Snapshot,
  environmentId: EnvironmentId,
  { policyId, sessionId, nickname }: Remembering,
  { id, token, digests }: RememberFacts,
): DeviceDecided<Remembered> {
  const found = findUser(snapshot, environmentId);
  if (!found.ok) return refuse(found.rejection);
  const { user, configuration, now } = found.value;
  const policy = configuration.policies.get(policyId);
  if (!policy) return refuse({ kind: 'PolicyUnknown' });
  if (policy.remembersFor === undefined) return refuse({ kind: 'NotRemembering' });
  const place = { id, environmentId, userId: user.id, policyId };
  const browser: RememberedBrowser = {
    ...place,
    version: 1,
    digest: digestBrowserToken(place, token, sessionId, digests),
    hasSession: sessionId !== undefined,
    ...(nickname === undefined ? {} : { nickname }),
    createdAt: now,
    expiresAt: now + policy.remembersFor,
  };
  const { browsers = [] } = snapshot;
  const crowded = browsers.slice(0, Math.max(0, browsers.length + 1 - MAX_REMEMBERED_BROWSERS));
  const writes: Write[] = [
    // Its row hangs on the user's, who may be deleted meanwhile.
    { kind: 'expect', entity: 'user', value: user },
    ...crowded.map((value): Write => ({ kind: 'delete', entity: 'browser', value })),
    { kind: 'insert', entity: 'browser', value: browser },
  ];
  return grant({ browser, token: new Redacted(token) }, writes, [
    browserEvent(browser, 'DEVICE.CREATED', { status: 'ACTIVE' }),
    browserEvent(browser, 'SESSION.BROWSER_TRUST_ESTABLISHED'),
    ...crowded.map((gone) => browserEvent(gone, 'DEVICE.DELETED', { crowded: true })),
  ]);
}

/** The browser of a user that goes by this id, unless it is past its time. */
export function browserIn({ browsers = [], now, user }: Snapshot, id: DeviceId): RememberedBrowser | undefined {
  return browsers.find((browser) => browser.id === id && browser.userId === user?.id && !isPast(browser, now));
}

/** Revoked: its cookie is good for nothing from now on (`20` §13.3). */
export function forgetBrowser(browser: RememberedBrowser): DeviceDecided<undefined> {
  return grant(
    undefined,
    [{ kind: 'delete', entity: 'browser', value: browser }],
    [browserEvent(browser, 'DEVICE.DELETED')],
  );
}

/** What happened to a remembered browser (`20` §18.2). */
export function browserEvent(
  { environmentId, userId, id }: Pick<RememberedBrowser, 'environmentId' | 'userId' | 'id'>,
  type: 'DEVICE.CREATED' | 'DEVICE.DELETED' | 'SESSION.BROWSER_TRUST_ESTABLISHED',
  detail: BusinessEvent['detail'] = {},
): BusinessEvent {
  return { type, environmentId, userId, deviceId: id, detail: { deviceType: 'BROWSER', ...detail } };
}
