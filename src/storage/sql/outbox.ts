import type { AuditEvent } from '../../audit/record.js';
import type { LeasedMessage, Settlement } from '../../delivery/message.js';
import type { Outbox } from '../../delivery/port.js';
import type { Instant } from '../../kernel/clock.js';
import type { KeyTable } from '../../kernel/data-keys.js';
import type { Uuid } from '../../kernel/ids.js';
import { Sealed } from '../../kernel/sealed.js';
import type { AppendAudit } from './audit-tail.js';
import { withKeysFor } from './data-keys.js';
import type { Engine } from './engine.js';
import { optionalText, text } from './row.js';
import { ask, call, type Row, type Script } from './statement.js';
import {
  abandonExpired,
  claimOutbox,
  postponeOutbox,
  selectClaimable,
  selectExpired,
  settleOutbox,
  toLeasedMessage,
  userIn,
} from './tables/outbox.js';

/** A line of a row's history: what became of one attempt, in the order of events. Never the message. */
function entry(
  at: Instant,
  attempt: number | null,
  settlement: Settlement | { readonly result: 'abandoned'; readonly reason: string },
): string {
  return `${JSON.stringify({ at, attempt, ...settlement })}\n`;
}

const PAST = 'past its deadline';
/** Expired messages of one claim: each is an update and a record in the trail, and requests wait meanwhile. */
const EXPIRED_STEP = 200;

/** What becomes of a message that nobody has sent in time (`10` §16). */
function rejected(row: Row): AuditEvent {
  const deviceAuthenticationId = optionalText(row, 4) as Uuid | undefined;
  const deviceId = optionalText(row, 5) as Uuid | undefined;
  return {
    type: 'NOTIFICATION.REJECTED',
    environmentId: text(row, 0) as Uuid,
    userId: userIn(row),
    ...(deviceId ? { deviceId } : {}),
    ...(deviceAuthenticationId ? { deviceAuthenticationId } : {}),
    detail: { channel: text(row, 2), reason: PAST },
  };
}

/**
 * The dispatcher's view (`design.md` §7): every change of hands is a guarded update and a row count. `lock` passes over rows that
 * another process is writing.
 */
export function createOutbox(engine: Engine, lock: string, processId: string, keys: KeyTable): Outbox {
  const expirable = selectExpired(lock);
  const claimable = selectClaimable(lock);
  return {
    claim: (limit, lease) =>
      engine.write('queues', function* (append) {
        const now = yield* engine.time.now();
        const { rows: expired } = yield* ask(expirable, { now, limit: EXPIRED_STEP });
        const gone = entry(now, null, { result: 'abandoned', reason: PAST });
        const results = yield expired.map((row) =>
          call(abandonExpired, { environment: text(row, 0), id: text(row, 1), now, entry: gone }),
        );
        for (const [at, row] of expired.entries())
          if (results[at]?.count === 1)
            append({ environmentId: text(row, 0) as Uuid, at: now, by: {}, events: [rejected(row)] });
        const { rows } = yield* ask(claimable, { now, limit });
        const claimed = yield rows.map((row) =>
          call(claimOutbox, {
            environment: text(row, 0),
            id: text(row, 1),
            owner: processId,
            now,
            leaseUntil: now + lease,
          }),
        );
        const messages = claimed.flatMap((result) => result.rows.map(toLeasedMessage));
        return yield* withKeysFor(keys, messages, (all) =>
          all.map(({ content }) => (content instanceof Sealed ? content : undefined)),
        );
      }),
    settle: (message, settlement, event) =>
      engine.write('message', (append) => settle(engine, processId, append, message, settlement, event)),
  };
}

/** A function of its own, not one made for each message: a generator function that is new has a class of iterators of its own. */
function* settle(
  engine: Engine,
  owner: string,
  append: AppendAudit,
  message: LeasedMessage,
  settlement: Settlement,
  event: AuditEvent | undefined,
): Script<boolean> {
  const now = yield* engine.time.now();
  const { environmentId, id, attempt } = message;
  const held = { environment: environmentId, id, attempt, owner, entry: entry(now, attempt, settlement) };
  const [result] = yield settlement.result === 'retry'
    ? [call(postponeOutbox, { notBefore: settlement.notBefore, givenBack: settlement.untried ? 1 : 0, ...held })]
    : [call(settleOutbox, { now, ...held })];
  const isHeld = result?.count === 1;
  if (isHeld && event) append({ environmentId, at: now, by: {}, events: [event] });
  return isHeld;
}
