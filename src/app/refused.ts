import type { Refusals } from '../audit/refusals.js';
import type { BusinessEvent, EventSink } from '../events.js';
import { parseUuid } from '../kernel/ids.js';
import type { OnRefused } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';

/**
 * A sealed value that does not open under its own key was altered or moved by someone who can write to the database (SEC-66): an
 * error in the log and a business event, both with the row and nothing of the value. On record like what is refused, because a
 * value that is read again and again must not fill the trail.
 */
export function reportRefused(logger: Logger, events: EventSink, refusals?: Pick<Refusals, 'note'>): OnRefused {
  return ({ table, column, environmentId, row }) => {
    logger.error({ table, column, environmentId, row }, 'a sealed value does not open: it was altered or moved');
    const environment = parseUuid(environmentId);
    if (!environment) return;
    const event: BusinessEvent = {
      type: 'SEALED_VALUE.REFUSED',
      environmentId: environment,
      detail: { table, column, row },
    };
    events.emit(event);
    refusals?.note(event, {});
  };
}
