import type { Clock, Instant, Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { type Gateway, type Outgoing, resting, type SendResult, transient } from './gateway.js';

/** Transient failures in a row after which a gateway is left alone, and for how long (SEC-60). */
const FAILURES_TO_OPEN = 5;
const OPEN_FOR = seconds(10);

/** `late`: no time was left when its turn came. `closed`: the line was closed while it waited. Neither was sent. */
export type Tried = SendResult | 'late' | 'closed';

/** A gateway with its limits: how many at once, how long each, and a rest when it fails again and again. */
export interface Line {
  readonly name: string;
  /** `timeLeft` is asked when the turn has come: what the lease and the code's life allow. */
  send(message: Outgoing, timeLeft: () => Millis): Promise<Tried>;
  /** Lets no further message through; those being sent finish. */
  close(): void;
}

export interface LineOptions {
  readonly clock: Clock;
  /** Longest send (SEC-60). */
  readonly timeout: Millis;
  /** Told of a gateway that threw, which none should. */
  readonly onFault: (gateway: string, error: unknown) => void;
}

export function createLine(gateway: Gateway, { clock, timeout, onFault }: LineOptions): Line {
  const waiting: ((turn: boolean) => void)[] = [];
  let sending = 0;
  let closed = false;
  let failures = 0;
  let openUntil: Instant = 0;

  const turn = async (): Promise<boolean> => {
    if (closed) return false;
    if (sending < gateway.concurrency) {
      sending += 1;
      return true;
    }
    return new Promise((resolve) => waiting.push(resolve));
  };
  const done = (): void => {
    const next = waiting.shift();
    // The place is handed on rather than given back, so that nobody overtakes.
    if (next) next(true);
    else sending -= 1;
  };
  const note = (result: SendResult): void => {
    failures = result.ok || result.failure === 'permanent' ? 0 : failures + 1;
    if (failures >= FAILURES_TO_OPEN) openUntil = clock.now() + OPEN_FOR;
  };

  return {
    name: gateway.name,
    async send(message, timeLeft) {
      if (!(await turn())) return 'closed';
      try {
        const left = timeLeft();
        if (left <= 0) return 'late';
        if (clock.now() < openUntil) return resting(`${gateway.name}: resting`, openUntil);
        return await sendWithin(gateway, message, Math.min(left, timeout), note, onFault);
      } finally {
        done();
      }
    },
    close() {
      closed = true;
      for (const resolve of waiting.splice(0)) resolve(false);
    },
  };
}

/** Settles in time even if the gateway does not heed its signal. */
function sendWithin(
  gateway: Gateway,
  message: Outgoing,
  limit: Millis,
  note: (result: SendResult) => void,
  onFault: LineOptions['onFault'],
): Promise<SendResult> {
  return new Promise((resolve) => {
    const controller = new AbortController();
    const finish = (result: SendResult): void => {
      clearTimeout(timer);
      resolve(result);
    };
    const timer = setTimeout(() => {
      const result = transient(`${gateway.name}: timed out`);
      note(result);
      finish(result);
      controller.abort();
    }, limit);
    gateway.send(message, controller.signal).then(
      (result) => {
        if (controller.signal.aborted) return;
        note(result);
        finish(result);
      },
      (error) => {
        if (controller.signal.aborted) return;
        // Our own fault says nothing of the provider.
        onFault(gateway.name, error);
        finish(transient(`${gateway.name}: fault`));
      },
    );
  });
}
