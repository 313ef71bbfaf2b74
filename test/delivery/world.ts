import { composeContent } from '../../src/delivery/content.js';
import { createDispatcher, type Dispatcher, type DispatcherOptions } from '../../src/delivery/dispatcher.js';
import type { Gateway, Outgoing, SendResult } from '../../src/delivery/gateway.js';
import { type Channel, LEASE_MILLIS, type OutboxMessage } from '../../src/delivery/message.js';
import type { BusinessEvent } from '../../src/events.js';
import { minutes } from '../../src/kernel/duration.js';
import { createKeyring } from '../../src/kernel/keys.js';
import type { Logger } from '../../src/kernel/log.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { MemoryOutbox } from './memory-outbox.js';

export const START = Date.UTC(2026, 4, 1, 12);
export const CODE = '482915';
export const NUMBER = '+15551234567';

/** A clock that stands until it is moved. */
export class ManualClock {
  #now = START;
  now(): number {
    return this.#now;
  }
  advance(millis: number): void {
    this.#now += millis;
  }
}

export type Script = (message: Outgoing, signal: AbortSignal) => Promise<SendResult>;

/** A gateway that does as it is told and remembers what it was given. */
export function scriptedGateway(name: string, script: Script, channels: readonly Channel[] = ['SMS'], concurrency = 4) {
  const sent: Outgoing[] = [];
  const gateway: Gateway = {
    name,
    channels,
    concurrency,
    send(message, signal) {
      sent.push(message);
      return script(message, signal);
    },
    close() {},
  };
  return { ...gateway, sent };
}

export const takes: Script = async (message) => ({ ok: true, receipt: `r-${message.id}` });
export const failing = (failure: 'transient' | 'permanent', reason = 'busy'): Script => {
  return async () => ({ ok: false, failure, reason });
};

/** Keeps what was logged, as one text. */
export function recordingLogger(): Logger & { readonly text: () => string } {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push(JSON.stringify({ level, message, ...fields }));
    };
  return {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
    text: () => lines.join('\n'),
  };
}

export interface World {
  readonly clock: ManualClock;
  readonly outbox: MemoryOutbox;
  readonly dispatcher: Dispatcher;
  readonly events: BusinessEvent[];
  readonly logger: ReturnType<typeof recordingLogger>;
  /** Commits a message and tells the dispatcher, as the store does. */
  send(change?: Partial<OutboxMessage>): OutboxMessage;
  /** Commits a message of a process that died before it could send. */
  orphan(change?: Partial<OutboxMessage>): OutboxMessage;
}

/** A dispatcher over an outbox in memory and the given gateways, all of them for SMS. */
export function createWorld(gateways: readonly Gateway[], options: Partial<DispatcherOptions> = {}): World {
  const clock = new ManualClock();
  const random = createSystemRandom();
  const outbox = new MemoryOutbox(clock);
  const events: BusinessEvent[] = [];
  const logger = recordingLogger();
  const { vault } = createKeyring(new Redacted(Buffer.alloc(32, 7)));
  const dispatcher = createDispatcher({
    outbox,
    chains: new Map([['SMS', gateways]]),
    vault,
    clock,
    random: { ...random, fraction: () => 0.5 },
    logger,
    events: { emit: (event) => events.push(event) },
    lease: LEASE_MILLIS,
    ...options,
  });
  const content = composeContent({
    to: NUMBER,
    template: 'strong_authentication',
    user: { username: 'maria', profile: {} },
    otp: CODE,
  });
  const orphan = (change: Partial<OutboxMessage> = {}): OutboxMessage => {
    const message: OutboxMessage = {
      id: random.timeOrderedUuid(clock.now()),
      environmentId: random.uuid(),
      channel: 'SMS',
      userId: random.uuid(),
      content: new Redacted(JSON.stringify(content)),
      createdAt: clock.now(),
      deadline: clock.now() + minutes(30),
      ...change,
    };
    return outbox.append(message, LEASE_MILLIS);
  };
  return {
    clock,
    outbox,
    dispatcher,
    events,
    logger,
    orphan,
    send(change) {
      const message = orphan(change);
      dispatcher.nudge([message]);
      return message;
    },
  };
}
