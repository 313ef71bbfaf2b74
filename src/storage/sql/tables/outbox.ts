import type { Channel, LeasedMessage, OutboxMessage } from '../../../delivery/message.js';
import type { Instant, Millis } from '../../../kernel/clock.js';
import type { Uuid } from '../../../kernel/ids.js';
import type { SealedPlace } from '../../../kernel/sealed.js';
import { decode, integer, optionalText, type SealingVault, sealedFrom, sealInto, text } from '../row.js';
import { type Row, type Statement, statement, type Value } from '../statement.js';

/** In the order that `toLeasedMessage` reads. */
const OUTBOX_COLUMNS = [
  'id',
  'environment_id',
  'channel',
  'user_id',
  'device_authentication_id',
  'device_id',
  'content',
  'deadline',
  'created_at',
  'attempt',
];

export const outboxPlace = (environmentId: string, id: string): SealedPlace => ({
  table: 'outbox',
  column: 'content',
  environmentId,
  row: id,
});

/** In the column of a message that goes to no user: it was never null. */
const NOBODY = '';

/** Whom the message in a row goes to. */
export function userIn(row: Row): Uuid | undefined {
  const user = text(row, 3);
  return user === NOBODY ? undefined : (user as Uuid);
}

export function toLeasedMessage(row: Row): LeasedMessage {
  return decode('outbox', row[0], () => {
    const id = text(row, 0) as Uuid;
    const environmentId = text(row, 1) as Uuid;
    const deviceAuthenticationId = optionalText(row, 4) as Uuid | undefined;
    const deviceId = optionalText(row, 5) as Uuid | undefined;
    const content = sealedFrom(row, 6, outboxPlace(environmentId, id));
    if (!content) throw new TypeError('the content of an open message is missing');
    return {
      id,
      environmentId,
      channel: text(row, 2) as Channel,
      userId: userIn(row),
      ...(deviceAuthenticationId ? { deviceAuthenticationId } : {}),
      ...(deviceId ? { deviceId } : {}),
      content,
      deadline: integer(row, 7),
      createdAt: integer(row, 8),
      attempt: integer(row, 9),
    };
  });
}

/** Who holds a new row, and until when. */
export interface Lease {
  readonly owner: string;
  readonly until: Instant;
}

export function outboxValues(message: OutboxMessage, vault: SealingVault, lease: Lease): Record<string, Value> {
  const { environmentId, id } = message;
  return {
    environment: environmentId,
    id,
    channel: message.channel,
    user: message.userId ?? NOBODY,
    deviceAuthentication: message.deviceAuthenticationId ?? null,
    device: message.deviceId ?? null,
    content: sealInto(vault, message.content, outboxPlace(environmentId, id)),
    deadline: message.deadline,
    createdAt: message.createdAt,
    owner: lease.owner,
    leaseUntil: lease.until,
  };
}

/** Length of the lease of a new row, from `now`. */
export const leaseFrom = (owner: string, now: Instant, lease: Millis): Lease => ({ owner, until: now + lease });

/** Born leased, attempt 1 counted (`design.md` §7). */
export const appendOutbox = statement(
  'count',
  `insert into outbox (environment_id, id, channel, user_id, device_authentication_id, device_id, content, deadline,
   created_at, attempt, lease_owner, lease_until, settled_at, history)
   values (:environment, :id, :channel, :user, cast(:deviceAuthentication as text), cast(:device as text), :content,
   :deadline, :createdAt, 1, :owner, :leaseUntil, null, '')`,
);

const EXPIRED = 'settled_at is null and lease_until <= cast(:now as bigint) and deadline < cast(:now as bigint)';

/**
 * What nobody holds any more and is past its deadline, longest first: a step of it, for thousands may lapse while a gateway is down.
 * `lock` passes over those that another process is taking.
 */
export const selectExpired = (lock: string): Statement =>
  statement(
    'rows',
    `select environment_id, id, channel, user_id, device_authentication_id, device_id from outbox where ${EXPIRED}
     order by lease_until limit cast(:limit as bigint) ${lock}`,
  );

/** Never sent, its content erased (SEC-80). */
export const abandonExpired = statement(
  'count',
  `update outbox set settled_at = cast(:now as bigint), content = null, history = history || cast(:entry as text)
   where environment_id = :environment and id = :id and ${EXPIRED}`,
);

const CLAIMABLE = 'settled_at is null and lease_until <= cast(:now as bigint) and deadline >= cast(:now as bigint)';

/**
 * Rows whose lease has ended and that are worth sending still, longest first. `lock` passes over those that another process is
 * taking. A statement of its own and not a part of the update: there, PostgreSQL may run it several times and lock more than its
 * limit.
 */
export const selectClaimable = (lock: string): Statement =>
  statement(
    'rows',
    `select environment_id, id from outbox where ${CLAIMABLE} order by lease_until limit cast(:limit as bigint) ${lock}`,
  );

/** Takes a row over, counting the attempt before it is made. */
export const claimOutbox = statement(
  'returning',
  `update outbox set attempt = attempt + 1, lease_owner = :owner, lease_until = cast(:leaseUntil as bigint)
   where environment_id = :environment and id = :id and ${CLAIMABLE}
   returning ${OUTBOX_COLUMNS.join(', ')}`,
);

const HELD = `environment_id = :environment and id = :id and settled_at is null and lease_owner = :owner
   and attempt = cast(:attempt as bigint)`;

/** Sent, or given up: the content goes (SEC-80). */
export const settleOutbox = statement(
  'count',
  `update outbox set settled_at = cast(:now as bigint), content = null, history = history || cast(:entry as text) where ${HELD}`,
);

/** Anyone may take it from `notBefore` on; an attempt that was none is given back. */
export const postponeOutbox = statement(
  'count',
  `update outbox set lease_until = cast(:notBefore as bigint), attempt = attempt - cast(:givenBack as bigint), history = history || cast(:entry as text) where ${HELD}`,
);

/** How much is open, and since when; `limit` bounds the work. */
export const countOpen = statement(
  'row',
  `select count(*), min(created_at) from
   (select created_at from outbox where settled_at is null limit cast(:limit as bigint)) as open`,
);

/** The oldest of an environment; ids are time-ordered, as those of authentications. */
export const oldestMessages = statement(
  'rows',
  `select environment_id, id, settled_at from outbox where environment_id = :environment order by id
   limit cast(:limit as bigint)`,
);

export const purgeMessage = statement(
  'count',
  `delete from outbox where environment_id = :environment and id = :id and settled_at <= cast(:before as bigint)`,
);
