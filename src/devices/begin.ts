import type { BusinessEvent } from '../events.js';
import type { JsonObject } from '../kernel/json.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Write } from '../storage/port.js';
import { eventOf } from './answer.js';
import { lockOf } from './eligibility.js';
import { KINDS } from './kinds/index.js';
import type { DeviceKind } from './kinds/kind.js';
import type { PairingContext, PairingDraws, PairingTerms } from './kinds/pairing.js';
import type { Device } from './model.js';
import type { DeviceRejection } from './rejection.js';

/** A pairing on its way: the device that waits, what is sent, what is shown once. */
export interface Beginning {
  readonly device: Device;
  readonly writes: readonly Write[];
  readonly events: readonly BusinessEvent[];
  readonly once: JsonObject;
}

/**
 * Begins a pairing, or begins it again. A locked device is refused: a code that cannot be used is not sent, so a new device that
 * takes over a running lock is not created either (`20` §6.4, `10` §9.5, SEC-16).
 */
export function beginPairing(
  device: Device,
  terms: PairingTerms,
  context: PairingContext,
  draws: PairingDraws,
): Outcome<Beginning, DeviceRejection> {
  const { channel, pairing }: DeviceKind = KINDS[device.type];
  const lock = lockOf(device, context.factors, context.now);
  if (lock)
    return reject({
      kind: 'SendRefused',
      ...(channel ? { channel } : {}),
      ...(lock.expiresAt === undefined ? {} : { expiresAt: lock.expiresAt }),
    });
  const begun = pairing.begin(device, terms, context, draws);
  if (!begun.ok) return reject({ kind: begun.rejection });
  const { device: pending, message, once } = begun.value;
  return accept({
    device: pending,
    writes: message ? [{ kind: 'append', entity: 'outbox', value: message }] : [],
    events: message ? [eventOf(pending, 'NOTIFICATION.CREATED', { channel: message.channel })] : [],
    once,
  });
}
