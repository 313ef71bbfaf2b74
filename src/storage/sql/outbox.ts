import type { LeasedMessage, Settlement } from '../../delivery/message.js';
import type { Outbox } from '../../delivery/port.js';
import type { Instant } from '../../kernel/clock.js';
import type { KeyTable } from '../../kernel/data-keys.js';
import { Sealed } from '../../kernel/sealed.js';
import { withKeysFor } from './data-keys.js';
import type { Engine } from './engine.js';
import { text } from './row.js';
import { ask, call, type Statement } from './statement.js';
import { abandonExpired, claimOutbox, postponeOutbox, settleOutbox, toLeasedMessage } from './tables/outbox.js';

/** A line of a row's history: what became of one attempt, in the order of events. Never the message. */
function entry(
  at: Instant,
  attempt: number | null,
  settlement: Settlement | { readonly result: 'abandoned'; readonly reason: string },
): string {
  return `${JSON.stringify({ at, attempt, ...settlement })}\n`;
}

/** The dispatcher's view (`design.md` §7): every change of hands is a guarded update and a row count. */
export function createOutbox(engine: Engine, claimable: Statement, processId: string, keys: KeyTable): Outbox {
  return {
    claim: (limit, lease) =>
      engine.write('queues', function* () {
        const now = yield* engine.time.now();
        yield* ask(abandonExpired, {
          now,
          entry: entry(now, null, { result: 'abandoned', reason: 'past its deadline' }),
        });
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
    settle: (message: LeasedMessage, settlement) =>
      engine.write('message', function* () {
        const now = yield* engine.time.now();
        const { environmentId: environment, id, attempt } = message;
        const held = { environment, id, attempt, owner: processId, entry: entry(now, attempt, settlement) };
        const [result] = yield settlement.result === 'retry'
          ? [call(postponeOutbox, { ...held, notBefore: settlement.notBefore })]
          : [call(settleOutbox, { ...held, now })];
        return result?.count === 1;
      }),
  };
}
