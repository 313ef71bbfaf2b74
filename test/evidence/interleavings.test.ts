import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuthenticationService, createAuthenticationService } from '../../src/authentication/service.js';
import { CHANNELS } from '../../src/delivery/message.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createSystemRandom } from '../../src/kernel/random.js';
import { lockAccount } from '../../src/platform/users/account.js';
import { Model } from '../authentication/model.js';
import { type Result, wrong } from '../authentication/results.js';
import { ENVIRONMENT, id, keyring, T0, World } from '../authentication/world.js';
import { FULL, figure } from './figures.js';
import { type Event, isLinearizable, type Step } from './linearizable.js';
import { TurnStore } from './turn-store.js';

const RUNS = FULL ? 10_000 : 200;
const seed = Number(process.env['POSTERN_EVIDENCE_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Flows that are open at the beginning: three of one device, one of another, one of a one-time contact. */
const FLOWS = [0, 0, 0, 1, 'oneTime'] as const;

const flow = fc.integer({ min: 0, max: FLOWS.length - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('check' as const), flow, right: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('select' as const), flow, device: fc.integer({ min: 0, max: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), flow }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lockAccount' as const) }) },
);

interface Terms {
  readonly limit: number;
  readonly coolDown: number;
  readonly lockoutCount: number;
}

function saying(result: Result): string {
  if (result.ok) return result.value.flow.state.status;
  const { rejection } = result;
  return rejection.kind === 'OtpMismatch' ? `OtpMismatch ${rejection.attemptsRemaining}` : rejection.kind;
}

/** Lets several clients loose on one user's world, and holds every answer against the model in the order of the effects. */
async function explore(
  scheduler: fc.Scheduler,
  { limit, coolDown, lockoutCount }: Terms,
  clients: readonly (readonly Step[])[],
  withoutGuards = false,
): Promise<{ readonly steps: number; readonly conflicts: number }> {
  const world = new World();
  world.addDevice(0, 'SMS');
  world.addDevice(1, 'EMAIL');
  world.setPolicy({}, { coolDown, failureCount: limit });
  const freshModel = (): Model => {
    const model = Object.assign(new Model(), { coolDown, limit, lockoutCount, now: T0 });
    // The user of this world has no authenticator app.
    model.devices = model.devices.filter(({ lastStep }) => lastStep === undefined);
    for (const selected of FLOWS) model.create(selected);
    return model;
  };
  world.settings = {
    ...world.settings,
    lockout: lockoutCount === 0 ? undefined : { failureCount: lockoutCount, duration: freshModel().lockoutDuration },
  };
  const flows: Uuid[] = FLOWS.map((selected) => {
    const selection = selected === 'oneTime' ? world.oneTime() : ({ kind: 'device', id: id(selected) } as const);
    const result = world.create({ selection });
    if (!result.ok) throw new Error('not started');
    return result.value.flow.id;
  });

  const random = createSystemRandom();
  const stores: TurnStore[] = [];
  const turn = (): Promise<void> => scheduler.schedule(Promise.resolve());
  const run = async (next: Step): Promise<string> => {
    const store = new TurnStore(world, turn, withoutGuards);
    stores.push(store);
    if (next.do === 'lockAccount') {
      await store.transact({ environmentId: ENVIRONMENT, user: world.factors.userId }, ({ factors }) => ({
        writes: factors
          ? [{ kind: 'update', entity: 'factors', value: lockAccount(factors, T0, T0 + minutes(7)) }]
          : [],
        outcome: { result: undefined, events: [] },
      }));
      return 'locked';
    }
    const target = flows[next.flow] ?? id(999);
    const service: AuthenticationService = createAuthenticationService({
      store,
      random,
      clock: { now: () => world.now },
      digests: keyring.digests,
      vault: keyring.vault,
      deployment: { channels: new Set(CHANNELS), allowsTestMode: () => true },
      events: { emit() {} },
    });
    switch (next.do) {
      case 'check': {
        const otp = next.right ? world.code(target) : wrong(world.code(target));
        return saying(await service.checkOtp(ENVIRONMENT, target, { otp }));
      }
      case 'select':
        return saying(await service.select(ENVIRONMENT, target, { deviceId: id(next.device) }));
      case 'cancel':
        return saying(await service.cancel(ENVIRONMENT, target, { reason: 'CHANGE_DEVICE' }));
    }
  };
  let ticks = 0;
  const client = async (steps: readonly Step[]): Promise<readonly Event[]> => {
    const events: Event[] = [];
    for (const next of steps) {
      const sent =
        next.do === 'check'
          ? world.outbox.filter(({ deviceAuthenticationId }) => deviceAuthenticationId === flows[next.flow]).length
          : 0;
      const from = ++ticks;
      const said = await run(next);
      events.push({ step: next, sent, said, from, to: ++ticks });
    }
    return events;
  };
  const histories = await scheduler.waitFor(Promise.all(clients.map(client)));
  const ends = flows.map((target) => world.flow(target).state.status);
  expect(isLinearizable(histories, { model: freshModel(), sent: flows.map(() => 1) }, ends), told(histories)).toBe(
    true,
  );
  return {
    steps: histories.flat().length,
    conflicts: stores.reduce((sum, { conflicts }) => sum + conflicts, 0),
  };
}

const told = (histories: readonly (readonly Event[])[]): string =>
  histories
    .flat()
    .sort((a, b) => a.from - b.from)
    .map(({ step: one, said, from, to }) => `${from}–${to} ${JSON.stringify(one)} ${said}`)
    .join('\n');

const terms: fc.Arbitrary<Terms> = fc.record({
  limit: fc.integer({ min: 1, max: 3 }),
  coolDown: fc.constantFrom(0, minutes(5)),
  lockoutCount: fc.constantFrom(0, 0, 3),
});
const clients = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 5 });

describe('every order of turns that a scheduler finds', () => {
  it('concurrent requests are answered as the model answers them one after another, in some order that their times allow (SEC-07, SEC-10, SEC-12, SEC-89)', {
    timeout: 1_800_000,
  }, async () => {
    let [steps, conflicts] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), terms, clients, async (scheduler, given, requests) => {
        const explored = await explore(scheduler, given, requests);
        steps += explored.steps;
        conflicts += explored.conflicts;
      }),
      { seed, numRuns: RUNS },
    );
    // Otherwise nothing was interleaved.
    expect(conflicts).toBeGreaterThan(RUNS / 10);
    figure(
      'interleavings',
      'device authentications',
      `seed ${seed}, ${RUNS} schedules, ${steps} requests, ${conflicts} decided again; 0 answers differ from the model`,
    );
  });

  it('a control: a store that writes over what has moved is found out', async () => {
    // Wrong guesses at several flows of one device: two that were counted from the same number give one attempt away.
    const guess = fc.record({
      do: fc.constant('check' as const),
      flow: fc.integer({ min: 0, max: 2 }),
      right: fc.boolean(),
    });
    const guesses = fc.array(fc.array(guess, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 5 });
    const forgetful = fc.assert(
      fc.asyncProperty(fc.scheduler(), guesses, async (scheduler, requests) => {
        await explore(scheduler, { limit: 3, coolDown: minutes(5), lockoutCount: 0 }, requests, true);
      }),
      { seed: 1, numRuns: 100, endOnFailure: true },
    );
    await expect(forgetful).rejects.toThrow(/Property failed/);
  });
});
