import type { BusinessEvent } from '../events.js';
import { METRICS } from './catalogue.js';
import { Counters, type Measured, type Source } from './series.js';

const NONE = 'none';

/** Counts what happened, from the events that say so; a new event type counts nowhere until it has a line here. */
export class BusinessMeter implements Source {
  readonly #authentications = new Counters(METRICS.authentications);
  readonly #checked = new Counters(METRICS.codesChecked);
  readonly #confirmed = new Counters(METRICS.codesConfirmed);
  readonly #locks = new Counters(METRICS.locks);
  readonly #messages = new Counters(METRICS.messages);

  /** Takes one event, in the order in which they become durable. */
  readonly note = ({ type, detail = {} }: BusinessEvent): void => {
    switch (type) {
      case 'AUTHENTICATION.CREATED':
        this.#authentications.add('started', word(detail['deviceType']));
        if (detail['status'] === 'FAILED') this.#ended(detail);
        break;
      case 'AUTHENTICATION.UPDATED':
        if (detail['status'] === 'COMPLETED' || detail['status'] === 'FAILED') this.#ended(detail);
        break;
      case 'OTP.CHECK_SUCCESS':
        this.#right('authentication', detail);
        break;
      case 'OTP.CHECK_INVALID':
      case 'OTP.CHECK_FAILED':
        this.#checked.add('authentication', failureOf(detail), word(detail['deviceType']));
        break;
      case 'DEVICE.ACTIVATED':
        this.#right('pairing', detail);
        break;
      case 'DEVICE.ACTIVATION_OTP_INVALID':
      case 'DEVICE.ACTIVATION_OTP_FAILED':
        this.#checked.add('pairing', failureOf(detail), word(detail['deviceType']));
        break;
      case 'NOTIFICATION.UPDATED':
      case 'NOTIFICATION.REJECTED':
        this.#messages.add(word(detail['channel']), word(detail['result']));
        break;
      case 'DEVICE.LOCKED':
      case 'USER.LOCKED':
        this.#locks.add(type === 'USER.LOCKED' ? 'account' : 'device');
        break;
    }
  };

  measure(): readonly Measured[] {
    return [this.#authentications, this.#checked, this.#confirmed, this.#locks, this.#messages].map((counters) =>
      counters.measured(),
    );
  }

  #ended(detail: Detail): void {
    const outcome =
      detail['status'] === 'COMPLETED' ? 'completed' : detail['reason'] === 'SIGNOUT' ? 'canceled' : 'failed';
    this.#authentications.add(outcome, word(detail['deviceType']));
  }

  /** A code to a phone whose country is not known was never sent: test devices have theirs in the answer. */
  #right(purpose: string, detail: Detail): void {
    const channel = word(detail['deviceType']);
    this.#checked.add(purpose, 'right', channel);
    const country = detail['country'] ?? (channel === 'EMAIL' ? NONE : undefined);
    if (country !== undefined) this.#confirmed.add(purpose, channel, word(country));
  }
}

type Detail = NonNullable<BusinessEvent['detail']>;

const word = (value: Detail[string] | undefined): string => (typeof value === 'string' ? value : NONE);

function failureOf(detail: Detail): string {
  if (detail['expired'] === true) return 'expired';
  if (detail['expired'] === false || detail['compared'] === false) return 'dead';
  return detail['replacedCode'] === true || detail['replayed'] === true ? 'replaced' : 'wrong';
}
