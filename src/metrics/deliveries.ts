import type { Outgoing } from '../delivery/gateway.js';
import type { SendEnding, SendWatch } from '../delivery/watched-gateway.js';
import { monotonicMillis } from '../kernel/clock.js';
import { countryOfPhone } from '../kernel/numbering-plan.js';
import { METRICS } from './catalogue.js';
import { Counters, Histogram, type Measured, SECONDS, type Source } from './series.js';

interface Outlet {
  readonly seconds: Histogram;
  open: number;
}

/** Counts what gateways make of messages, by watching them. */
export class DeliveryMeter implements Source {
  readonly #attempts = new Counters(METRICS.deliveries);
  readonly #sent = new Counters(METRICS.codesSent);
  readonly #outlets = new Map<string, Outlet>();

  /** For the gateway of this name, which is shown from now on. */
  watch(gateway: string): SendWatch {
    const outlet: Outlet = { seconds: new Histogram(SECONDS), open: 0 };
    this.#outlets.set(gateway, outlet);
    return (message) => this.#begin(gateway, outlet, message);
  }

  measure(): readonly Measured[] {
    const outlets = [...this.#outlets];
    return [
      this.#attempts.measured(),
      this.#sent.measured(),
      {
        family: METRICS.deliverySeconds,
        distributions: outlets.map(([name, { seconds }]) => seconds.distribution([name])),
      },
      { family: METRICS.deliveriesOpen, samples: outlets.map(([name, { open }]) => ({ labels: [name], value: open })) },
    ];
  }

  #begin(name: string, outlet: Outlet, message: Outgoing): (ending: SendEnding) => void {
    const startedAt = monotonicMillis();
    outlet.open += 1;
    return (ending) => {
      outlet.open -= 1;
      outlet.seconds.observe((monotonicMillis() - startedAt) / 1000);
      this.#attempts.add(name, message.channel, ending);
      if (ending === 'accepted') this.#sent.add(...destinationOf(message));
    };
  }
}

function destinationOf({ channel, to, deviceAuthenticationId }: Outgoing): [string, string, string] {
  const purpose = deviceAuthenticationId === undefined ? 'pairing' : 'authentication';
  return [purpose, channel, channel === 'EMAIL' ? 'none' : countryOfPhone(to)];
}
