import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../src/delivery/gateway.js';
import { LEASE_MILLIS } from '../../src/delivery/message.js';
import { pauseAfter } from '../../src/delivery/settlement.js';
import { seconds } from '../../src/kernel/duration.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { StoreError } from '../../src/storage/store-error.js';
import { CODE, createWorld, failing, NUMBER, scriptedGateway, takes } from './world.js';

/** A gateway call that the test ends when it likes. */
function held() {
  const release: (() => void)[] = [];
  const script = () =>
    new Promise<SendResult>((resolve) => release.push(() => resolve({ ok: true, receipt: 'released' })));
  return { script, release };
}

/** Until the loop has run every callback that is due. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a message that was just committed', () => {
  it('is sent at once and recorded as accepted', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.send();
    await world.dispatcher.idle();
    expect(gateway.sent).toMatchObject([{ id: message.id, to: NUMBER, text: `Your sign-on code is ${CODE}.` }]);
    expect(world.outbox.settlements(message.id)).toEqual([
      { result: 'accepted', gateway: 'one', receipt: `r-${message.id}` },
    ]);
    expect(world.events.map(({ type }) => type)).toEqual(['NOTIFICATION.CREATED', 'NOTIFICATION.UPDATED']);
  });

  it('is sent without the caller waiting for a provider (SEC-80)', async () => {
    const { script, release } = held();
    const world = createWorld([scriptedGateway('slow', script)]);
    const message = world.send();
    expect(release).toHaveLength(0);
    await turn();
    expect(world.outbox.settlements(message.id)).toEqual([]);
    for (const go of release) go();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toHaveLength(1);
  });

  it('goes out over at most as many connections as the gateway takes', async () => {
    const { script, release } = held();
    const gateway = scriptedGateway('slow', script, ['SMS'], 2);
    const world = createWorld([gateway]);
    for (let n = 0; n < 5; n += 1) world.send();
    await turn();
    expect(gateway.sent).toHaveLength(2);
    while (release.length > 0) {
      release.shift()?.();
      await turn();
    }
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(5);
  });

  it('stays in the outbox when too many wait, and is claimed when its lease ends', async () => {
    const { script, release } = held();
    const gateway = scriptedGateway('slow', script, ['SMS'], 1);
    const world = createWorld([gateway], { queueLimit: 1 });
    world.send();
    const second = world.send();
    await turn();
    release.shift()?.();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(second.id)).toEqual([]);
    world.clock.advance(LEASE_MILLIS);
    await world.dispatcher.takeOver();
    release.shift()?.();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(second.id)).toMatchObject([{ result: 'accepted' }]);
  });
});

describe('a failure', () => {
  it('that may pass is tried again after a growing pause, three times in all (SEC-60)', async () => {
    const gateway = scriptedGateway('one', failing('transient'));
    const world = createWorld([gateway]);
    const message = world.send();
    await world.dispatcher.idle();
    const pauses = [];
    for (const attempt of [1, 2]) {
      const last = world.outbox.settlements(message.id).at(-1);
      expect(last).toMatchObject({ result: 'retry', gateway: 'one', reason: 'busy' });
      pauses.push(pauseAfter(attempt, 0.5));
      world.clock.advance(pauseAfter(attempt, 0.5) - 1);
      await world.dispatcher.takeOver();
      await world.dispatcher.idle();
      expect(gateway.sent).toHaveLength(attempt);
      world.clock.advance(1);
      await world.dispatcher.takeOver();
      await world.dispatcher.idle();
      expect(gateway.sent).toHaveLength(attempt + 1);
    }
    expect(pauses).toEqual([3_000, 12_000]);
    expect(world.outbox.settlements(message.id).at(-1)).toEqual({
      result: 'abandoned',
      gateway: 'one',
      reason: 'busy',
    });
    expect(world.events.at(-1)).toMatchObject({
      type: 'NOTIFICATION.REJECTED',
      detail: { reason: 'busy', attempt: 3 },
    });
  });

  it('that will not pass is given up at once', async () => {
    const world = createWorld([scriptedGateway('one', failing('permanent', 'bad number'))]);
    const message = world.send();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toEqual([
      { result: 'abandoned', gateway: 'one', reason: 'bad number' },
    ]);
  });

  it('of one gateway lets the next of the channel try in the same attempt', async () => {
    const first = scriptedGateway('first', failing('permanent'));
    const second = scriptedGateway('second', takes);
    const world = createWorld([first, second]);
    const message = world.send();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'accepted', gateway: 'second' }]);
  });

  it('of all gateways is worth another attempt if one of them may recover', async () => {
    const world = createWorld([
      scriptedGateway('first', failing('transient')),
      scriptedGateway('second', failing('permanent')),
    ]);
    const message = world.send();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'retry', gateway: 'first' }]);
  });

  it('without any gateway is not silent: it is tried again, given up and logged', async () => {
    const world = createWorld([]);
    const message = world.send();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'retry', reason: 'no gateway' }]);
    expect(world.logger.text()).toContain('no gateway');
  });

  it('by silence ends with the time limit, and the signal with it (SEC-60)', async () => {
    let aborted = false;
    const gateway = scriptedGateway(
      'silent',
      (_, signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
    );
    const world = createWorld([gateway], { timeout: 5 });
    const message = world.send();
    await world.dispatcher.idle();
    expect(aborted).toBe(true);
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'retry', reason: 'silent: timed out' }]);
  });

  it('by a thrown fault is logged without its text, which may repeat the message (SEC-71)', async () => {
    const gateway = scriptedGateway('broken', async ({ text, to }) => {
      throw new TypeError(`cannot send ${text} to ${to}`);
    });
    const world = createWorld([gateway]);
    world.send();
    await world.dispatcher.idle();
    expect(world.logger.text()).toContain('TypeError');
    expect(world.logger.text()).not.toContain(CODE);
    expect(world.logger.text()).not.toContain(NUMBER.slice(1));
    expect(JSON.stringify(world.events)).not.toContain(CODE);
  });

  it('five times in a row gives the gateway a rest of ten seconds (SEC-60)', async () => {
    const gateway = scriptedGateway('one', failing('transient'));
    const world = createWorld([gateway]);
    for (let n = 0; n < 5; n += 1) {
      world.send();
      await world.dispatcher.idle();
    }
    world.send();
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(5);
    world.clock.advance(seconds(10));
    world.send();
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(6);
  });

  it('to a gateway at rest is followed by an attempt after its rest, so that none is spent on nothing', async () => {
    const world = createWorld([scriptedGateway('one', failing('transient'))]);
    for (let n = 0; n < 5; n += 1) {
      world.send();
      await world.dispatcher.idle();
    }
    const end = world.clock.now() + seconds(10);
    const message = world.send();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toMatchObject([
      { result: 'retry', reason: 'one: resting', notBefore: end },
    ]);
  });

  it('to a gateway at rest costs no attempt, however often it rests, while the code lives (SEC-60)', async () => {
    let works = false;
    const gateway = scriptedGateway('one', async (message, signal) =>
      (works ? takes : failing('transient'))(message, signal),
    );
    const world = createWorld([gateway]);
    for (let n = 0; n < 5; n += 1) {
      world.send();
      await world.dispatcher.idle();
    }
    const message = world.send();
    await world.dispatcher.idle();
    // The others fail when the rest ends, first come, and each puts the gateway to rest again before this one has its turn.
    for (let rest = 0; rest < 4; rest += 1) {
      world.clock.advance(seconds(10));
      world.send();
      await world.dispatcher.idle();
      await world.dispatcher.takeOver();
      await world.dispatcher.idle();
    }
    expect(gateway.sent.filter(({ id }) => id === message.id)).toEqual([]);
    expect(world.outbox.settlements(message.id)).toHaveLength(5);
    works = true;
    world.clock.advance(seconds(10));
    await world.dispatcher.takeOver();
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id).at(-1)).toMatchObject({ result: 'accepted' });
    const told = world.events.filter(({ userId }) => userId === message.userId).at(-1);
    expect(told).toMatchObject({ detail: { attempt: 1, result: 'accepted' } });
  });

  it('to a gateway at rest does not hold back the one that may recover sooner', async () => {
    let calls = 0;
    const tired = scriptedGateway('tired', failing('transient'));
    const other = scriptedGateway('other', async () => {
      calls += 1;
      return calls % 2 === 0 ? { ok: true, receipt: 'r' } : { ok: false, failure: 'transient', reason: 'busy' };
    });
    const world = createWorld([tired, other]);
    for (let n = 0; n < 6; n += 1) {
      world.send();
      await world.dispatcher.idle();
    }
    const message = world.send();
    await world.dispatcher.idle();
    const [settlement] = world.outbox.settlements(message.id);
    expect(tired.sent).toHaveLength(5);
    expect(settlement).toMatchObject({ result: 'retry', gateway: 'other', reason: 'busy' });
    expect(settlement?.result === 'retry' && settlement.notBefore - world.clock.now()).toBeLessThan(seconds(5));
  });
});

describe('time', () => {
  it('past the deadline nothing is sent (SEC-80)', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.send({ deadline: world.clock.now() + seconds(5) });
    world.clock.advance(seconds(5) + 1);
    await world.dispatcher.idle();
    expect(gateway.sent).toEqual([]);
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'abandoned' }]);
  });

  it('that would run out before the next attempt ends the attempts', async () => {
    const world = createWorld([scriptedGateway('one', failing('transient'))]);
    const message = world.send({ deadline: world.clock.now() + seconds(3) });
    await world.dispatcher.idle();
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'abandoned', reason: 'busy' }]);
  });

  it('left of a lease that is too short for its turn leaves the message to whoever claims it', async () => {
    const { script, release } = held();
    const gateway = scriptedGateway('slow', script, ['SMS'], 1);
    const world = createWorld([gateway]);
    world.send();
    const second = world.send();
    await turn();
    world.clock.advance(LEASE_MILLIS - seconds(2));
    release.shift()?.();
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(1);
    expect(world.outbox.settlements(second.id)).toEqual([]);
  });
});

describe('taking over', () => {
  it('sends what a dead process left when its lease ends, not before (SEC-80)', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.orphan();
    world.clock.advance(LEASE_MILLIS - 1);
    await world.dispatcher.takeOver();
    await world.dispatcher.idle();
    expect(gateway.sent).toEqual([]);
    world.clock.advance(1);
    await world.dispatcher.takeOver();
    await world.dispatcher.idle();
    expect(gateway.sent).toMatchObject([{ id: message.id }]);
    expect(world.outbox.rows.get(message.id)?.attempt).toBe(2);
  });

  it('gives up what has killed its senders three times', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.orphan();
    const row = world.outbox.rows.get(message.id);
    if (row) row.attempt = 3;
    world.clock.advance(LEASE_MILLIS);
    await world.dispatcher.takeOver();
    await world.dispatcher.idle();
    expect(gateway.sent).toEqual([]);
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'abandoned' }]);
  });

  it('does not send again what was sent while the database was away (SEC-80, SEC-82)', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.send();
    world.outbox.failure = new StoreError('unavailable', 'away');
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(1);
    world.clock.advance(LEASE_MILLIS);
    world.outbox.failure = undefined;
    await world.dispatcher.takeOver();
    await world.dispatcher.idle();
    expect(gateway.sent).toHaveLength(1);
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'accepted' }]);
  });

  it('begins with the start of the dispatcher', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    world.orphan();
    world.clock.advance(LEASE_MILLIS);
    world.dispatcher.start();
    await turn();
    await world.dispatcher.drain();
    expect(gateway.sent).toHaveLength(1);
  });
});

describe('draining', () => {
  it('finishes what is being sent and hands the rest over at once (SEC-84)', async () => {
    const { script, release } = held();
    const gateway = scriptedGateway('slow', script, ['SMS'], 1);
    const world = createWorld([gateway]);
    const first = world.send();
    const second = world.send();
    await turn();
    const drained = world.dispatcher.drain();
    release.shift()?.();
    await drained;
    expect(world.outbox.settlements(first.id)).toMatchObject([{ result: 'accepted' }]);
    expect(world.outbox.settlements(second.id)).toMatchObject([{ result: 'retry', notBefore: world.clock.now() }]);
    expect(gateway.sent).toHaveLength(1);
    expect(await world.outbox.claim(10, LEASE_MILLIS)).toMatchObject([{ id: second.id, attempt: 1 }]);
  });
});

describe('a content that does not open', () => {
  it('is given up and reported, never thrown', async () => {
    const gateway = scriptedGateway('one', takes);
    const world = createWorld([gateway]);
    const message = world.send({ content: new Redacted('not JSON') });
    await world.dispatcher.idle();
    expect(gateway.sent).toEqual([]);
    expect(world.outbox.settlements(message.id)).toMatchObject([{ result: 'abandoned', gateway: 'none' }]);
  });
});
