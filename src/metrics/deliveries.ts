import type { Gateway, Outgoing, SendResult } from '../delivery/gateway.js';
import { monotonicMillis } from '../kernel/clock.js';
import { countryOfPhone } from '../kernel/numbering-plan.js';
import { METRICS } from './catalogue.js';
import { Counters, Histogram, type Measured, SECONDS, type Source } from './series.js';

interface Outlet {
  readonly seconds: Histogram;
  open: number;
}

/** Counts what gateways make of messages, by standing around them. */
export class DeliveryMeter implements Source {
  readonly #attempts = new Counters(METRICS.deliveries);
  readonly #sent = new Counters(METRICS.codesSent);
  readonly #outlets = new Map<string, Outlet>();

  /** The same gateway, watched. */
  readonly around = (gateway: Gateway): Gateway => {
    const outlet: Outlet = { seconds: new Histogram(SECONDS), open: 0 };
    this.#outlets.set(gateway.name, outlet);
    return {
      name: gateway.name,
      channels: gateway.channels,
      concurrency: gateway.concurrency,
      close: () => gateway.close(),
      send: (message, signal) => this.#send(gateway, outlet, message, signal),
    };
  };

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

  /** Counted when it is over for whoever asked: at the answer, or when the signal ends, whatever the gateway does after that. */
  async #send(gateway: Gateway, outlet: Outlet, message: Outgoing, signal: AbortSignal): Promise<SendResult> {
    const startedAt = monotonicMillis();
    let over = false;
    const conclude = (result: string): void => {
      if (over) return;
      over = true;
      outlet.open -= 1;
      outlet.seconds.observe((monotonicMillis() - startedAt) / 1000);
      this.#attempts.add(gateway.name, message.channel, result);
      if (result === 'accepted') this.#sent.add(...destinationOf(message));
    };
    outlet.open += 1;
    const onAbort = (): void => conclude('timeout');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const sent = await gateway.send(message, signal);
      conclude(sent.ok ? 'accepted' : sent.failure);
      return sent;
    } finally {
      // It threw, which no gateway should.
      conclude('fault');
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function destinationOf({ channel, to, deviceAuthenticationId }: Outgoing): [string, string, string] {
  const purpose = deviceAuthenticationId === undefined ? 'pairing' : 'authentication';
  return [purpose, channel, channel === 'EMAIL' ? 'none' : countryOfPhone(to)];
}
