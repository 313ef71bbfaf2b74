import type { Requester } from '../../audit/record.js';
import { createTrail } from '../../audit/trail.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { DeviceRejection } from '../rejection.js';
import type { DeviceAddress, DeviceDependencies, Owner } from '../service.js';
import { findUser } from '../subject.js';
import { BROWSER_TOKEN_BYTES, isPast, type RememberedBrowser } from './browser.js';
import { browserIn, type Remembered, rememberBrowser } from './decide.js';
import type { Remembering } from './request.js';

export interface BrowserDependencies extends Pick<DeviceDependencies, 'store' | 'digests' | 'events' | 'refusals'> {
  readonly random: Pick<Random, 'uuid' | 'bytes'>;
}

/**
 * Remembered browsers of users (`20` §16); one is deleted as any device is. Each call is durable when it settles, and on record as done
 * `by` whom. Rejects with `StoreError` only, which reveals nothing.
 */
export interface BrowserService {
  remember(owner: Owner, remembering: Remembering, by?: Requester): Promise<Outcome<Remembered, DeviceRejection>>;
  /** By creation, oldest first. */
  list(owner: Owner): Promise<Outcome<readonly RememberedBrowser[], DeviceRejection>>;
  read(address: DeviceAddress): Promise<Outcome<RememberedBrowser, DeviceRejection>>;
}

export function createBrowserService(dependencies: BrowserDependencies): BrowserService {
  const { store, random, digests } = dependencies;
  const trail = createTrail(dependencies);
  return {
    remember({ environmentId, userId }, remembering, by) {
      const facts = { id: random.uuid(), token: random.bytes(BROWSER_TOKEN_BYTES).toString('base64url'), digests };
      return trail.transact({ environmentId, user: userId, browsers: 'all' }, by, (snapshot) =>
        rememberBrowser(snapshot, environmentId, remembering, facts),
      );
    },
    async list({ environmentId, userId }) {
      const snapshot = await store.load({ environmentId, user: userId, browsers: 'all' });
      const found = findUser(snapshot, environmentId);
      const { browsers = [], now } = snapshot;
      return found.ok ? accept(browsers.filter((browser) => !isPast(browser, now))) : found;
    },
    async read({ environmentId, userId, deviceId }) {
      const browser = browserIn(await store.load({ environmentId, user: userId, browsers: deviceId }), deviceId);
      return browser ? accept(browser) : reject({ kind: 'DeviceNotFound' });
    },
  };
}
