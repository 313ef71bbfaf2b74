import { METRICS } from './catalogue.js';
import { Counters, type Measured, type Source } from './series.js';

/** Counts what becomes of webhooks. */
export class WebhookMeter implements Source {
  readonly #batches = new Counters(METRICS.webhookBatches);
  readonly #events = new Counters(METRICS.webhookEvents);

  tried(result: string, events: number): void {
    this.#batches.add(result);
    if (result === 'delivered') this.#events.add(result, '', '', events);
  }

  dropped(events: number): void {
    this.#events.add('dropped', '', '', events);
  }

  measure(): readonly Measured[] {
    return [this.#batches.measured(), this.#events.measured()];
  }
}
