import type { Channel } from '../delivery/message.js';
import type { Reservation } from '../devices/sending/reserve-send.js';
import type { BusinessEvent } from '../events.js';
import { unreachable } from '../kernel/outcome.js';
import type { Decision, Write } from '../storage/port.js';
import { refuse, type Verdict } from './answer.js';
import type { ChallengeState } from './model.js';
import type { AuthenticationRejection } from './rejection.js';

/** A challenge that has begun: the state that waits for its proof, and what is to be written for it. */
export interface Begun {
  readonly kind: 'begun';
  readonly state: ChallengeState;
  /** Codes issued in the flow, this one included. */
  readonly sends: number;
  readonly writes: readonly Write[];
  /** Messages among the writes. */
  readonly messages: 0 | 1;
  /** What else is to be told. */
  readonly events: readonly BusinessEvent[];
  readonly testOtp?: string;
}

/** Why a challenge has not begun, or what must be loaded before that can be said. */
export type NotBegun =
  | { readonly kind: 'noContent' }
  | (Extract<Reservation, { readonly kind: 'refused' }> & {
      readonly channel: Channel;
      readonly selected: 'device' | 'oneTime';
      readonly events: readonly BusinessEvent[];
    })
  | Extract<Reservation, { readonly kind: 'needs' }>;

/** `10` §9.5, §9.6. */
function refusalOf(refused: Extract<NotBegun, { readonly kind: 'refused' }>): AuthenticationRejection {
  const { reason, channel, until, selected } = refused;
  if (reason === 'COUNTRY') return { kind: 'CountryRefused', selected };
  return { kind: 'SendRefused', channel, ...(until === undefined ? {} : { expiresAt: until }) };
}

/** The decision of whoever could not begin; the state is as it was, and so is the code before (`10` §9.5). */
export function notBegun(reason: NotBegun): Decision<Verdict> {
  switch (reason.kind) {
    case 'noContent':
      return refuse({ kind: 'NoContent' });
    case 'refused':
      return refuse(refusalOf(reason), [], reason.events);
    case 'needs':
      return { needs: reason.needs };
    default:
      return unreachable(reason);
  }
}
