import { createDestinationGuard, type DestinationRules } from '../kernel/destination.js';
import { seconds } from '../kernel/duration.js';
import type { Logger } from '../kernel/log.js';
import { codeOf } from '../outbound/exchange.js';
import { createGet } from '../outbound/get.js';
import type { ReadKeySet } from '../platform/tokens/remote-key-sets.js';

/** Some forty keys with their certificates. */
const MAX_BYTES = 64 * 1024;
const TOTAL_TIMEOUT = seconds(5);

/**
 * Reads key sets at addresses that tenants have written: under the guard, without redirects (SEC-59), bounded in size and time
 * (SEC-60). Why one cannot be had is logged, by its host; whoever asks is not told.
 */
export function createKeySetReader(outbound: DestinationRules, logger: Logger): ReadKeySet {
  const get = createGet(createDestinationGuard(outbound));
  return async (url) => {
    try {
      const bytes = await get({ url, maxBytes: MAX_BYTES, redirects: 0, signal: AbortSignal.timeout(TOTAL_TIMEOUT) });
      return bytes.toString('utf8');
    } catch (error) {
      const { host } = new URL(url);
      logger.warn({ host, reason: codeOf(error) }, 'the key set of a client could not be read');
      return undefined;
    }
  };
}
