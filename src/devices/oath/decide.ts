import type { BusinessEvent } from '../../events.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Protected } from '../../kernel/sealed.js';
import type { Decided, Snapshot, Write } from '../../storage/port.js';
import { eventOf } from '../answer.js';
import { chargeDevice, chargeUser } from '../counting/counting.js';
import { lockOf } from '../eligibility.js';
import type { Device } from '../model.js';
import { withoutDeleted } from '../order.js';
import { resynchronise } from './passcode.js';
import type { OathTokenRejection } from './rejection.js';
import { guardOfCount, roomIn } from './room.js';
import { MAX_OATH_TOKENS, type OathToken, type OathTokenId } from './token.js';

/** What a decision says: the result for the caller, and what to report once it is durable. */
export type OathTokenDecision<T> = Decided<{
  readonly result: Outcome<T, OathTokenRejection>;
  readonly events: readonly BusinessEvent[];
}>;

type TokenEvent = 'OATH_TOKEN.CREATED' | 'OATH_TOKEN.REVOKED' | 'OATH_TOKEN.RESYNCHRONISED';

/** A token without an owner; its serial number is its own in the environment (`20` §9.1). */
export function createOathToken(snapshot: Snapshot, token: OathToken): OathTokenDecision<OathToken> {
  if (!snapshot.environment) return refuse({ kind: 'EnvironmentNotFound', environmentId: token.environmentId });
  const [twin] = snapshot.oathTokens ?? [];
  if (twin) return refuse({ kind: 'SerialNumberTaken', existingId: twin.id });
  if (roomIn(snapshot) === 0) return refuse({ kind: 'TooManyTokens', maximumAllowed: MAX_OATH_TOKENS });
  const created = { ...token, createdAt: snapshot.now, updatedAt: snapshot.now };
  return grant(
    created,
    [...guardOfCount(snapshot), { kind: 'insert', entity: 'oathToken', value: created }],
    [tell(created, 'OATH_TOKEN.CREATED')],
  );
}

/** Gone for good, and with it the device that it is paired as (`20` §9.2). */
export function revokeOathToken(snapshot: Snapshot, id: OathTokenId): OathTokenDecision<undefined> {
  const found = find(snapshot, id);
  if (!found.ok) return refuse(found.rejection);
  const { token, device } = found.value;
  const { factors } = snapshot;
  const writes: Write[] = [{ kind: 'delete', entity: 'oathToken', value: token }];
  const events = [tell(token, 'OATH_TOKEN.REVOKED')];
  if (!device || !factors) return grant(undefined, writes, events);
  const remaining = snapshot.devices.filter((other) => other.id !== device.id);
  const deviceOrder =
    device.status === 'ACTIVE' ? withoutDeleted(factors.deviceOrder, device.id, remaining) : factors.deviceOrder;
  writes.push(
    { kind: 'update', entity: 'factors', value: { ...factors, deviceOrder } },
    { kind: 'delete', entity: 'device', value: device },
  );
  return grant(undefined, writes, [...events, eventOf(device, 'DEVICE.DELETED')]);
}

export interface ResyncCommand {
  readonly id: OathTokenId;
  /** One or two consecutive codes, as the token shows them. */
  readonly otps: readonly string[];
}

/**
 * Finds out where a token stands, by two consecutive codes. Of a paired token a wrong code counts in the books of its device and user
 * like any other, and so does the first of two that come one by one (SEC-11, SEC-23).
 */
export function resyncOathToken(
  snapshot: Snapshot,
  { id, otps }: ResyncCommand,
  open: (value: Protected) => string,
): OathTokenDecision<OathToken> {
  const found = find(snapshot, id);
  if (!found.ok) return refuse(found.rejection);
  const { token, device } = found.value;
  const { factors, now } = snapshot;
  const lock = device && factors && lockOf(device, factors, now);
  if (lock)
    return refuse({ kind: 'DeviceLocked', ...(lock.expiresAt === undefined ? {} : { expiresAt: lock.expiresAt }) });
  if (otps.some((otp) => otp.length !== token.otpLength))
    return refuse({ kind: 'OtpMalformed', length: token.otpLength });
  const verdict = resynchronise(token, otps, open(token.secret), now);
  if (verdict.kind === 'right')
    return grant(verdict.token, [update(verdict.token)], [tell(token, 'OATH_TOKEN.RESYNCHRONISED', device)]);
  const rests: Write =
    verdict.kind === 'unfinished' ? update(verdict.token) : { kind: 'expect', entity: 'oathToken', value: token };
  const charged = charge(snapshot, device);
  return refuse(
    verdict.kind === 'unfinished' ? { kind: 'ResyncUnfinished' } : { kind: 'OtpMismatch', ...charged.left },
    [...charged.writes, rests],
    charged.events,
  );
}

function charge(
  { factors, configuration, now }: Snapshot,
  device: Device | undefined,
): {
  readonly left: { readonly attemptsRemaining?: number };
  readonly writes: readonly Write[];
  readonly events: readonly BusinessEvent[];
} {
  if (!device || !factors || !configuration) return { left: {}, writes: [], events: [] };
  const { device: charged, attemptsRemaining } = chargeDevice(
    device,
    configuration.defaultPolicy.methods.oathToken,
    now,
  );
  const billed = chargeUser(factors, device.type, configuration.mfaSettings.lockout, now);
  return {
    left: { attemptsRemaining },
    writes: [
      { kind: 'update', entity: 'factors', value: billed },
      { kind: 'put', entity: 'device', value: charged },
    ],
    events: [
      { ...eventOf(device, 'DEVICE.LOCKED'), type: 'OTP.CHECK_INVALID', detail: { attemptsRemaining } },
      ...(charged.lock ? [eventOf(device, 'DEVICE.LOCKED')] : []),
    ],
  };
}

/** The token and its device. A plan names the user whom it is paired with, as far as an earlier load could tell. */
function find(
  { environment, oathTokens, user, devices }: Snapshot,
  id: OathTokenId,
): Outcome<{ readonly token: OathToken; readonly device?: Device }, OathTokenRejection> {
  const token = environment && oathTokens?.find((one) => one.id === id);
  if (!token) return reject({ kind: 'TokenNotFound' });
  const { device: pairing } = token;
  if (!pairing) return accept({ token });
  // A user who is not there has taken the device along.
  if (user && user.id !== pairing.userId) return reject({ kind: 'PairingMoved' });
  const device = devices.find((one) => one.id === pairing.deviceId);
  return accept({ token, ...(device ? { device } : {}) });
}

const update = (value: OathToken): Write => ({ kind: 'update', entity: 'oathToken', value });

function tell(token: OathToken, type: TokenEvent, device?: Device): BusinessEvent {
  const { environmentId, id } = token;
  const of = device ? { userId: device.userId, deviceId: device.id } : {};
  return { type, environmentId, ...of, detail: { oathTokenId: id } };
}

/** Nothing is granted; what is written is what an attempt costs. */
export function refuse(
  rejection: OathTokenRejection,
  writes: readonly Write[] = [],
  events: readonly BusinessEvent[] = [],
): OathTokenDecision<never> {
  return { writes, outcome: { result: reject(rejection), events } };
}

/** Granted, with what happens by it. */
export function grant<T>(value: T, writes: readonly Write[], events: readonly BusinessEvent[]): OathTokenDecision<T> {
  return { writes, outcome: { result: accept(value), events } };
}
