import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Status } from '../../src/authentication/model.js';
import { linksOf } from '../../src/authentication/table.js';
import { minutes } from '../../src/kernel/duration.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { lockAccount, unlockAccount } from '../../src/platform/users/account.js';
import type { MethodRules } from '../../src/policies/model.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import { Model } from './model.js';
import { type Result, wrong } from './results.js';
import { id, POLICY, T0, World } from './world.js';

const LINKS: Record<Status, readonly string[]> = {
  DEVICE_SELECTION_REQUIRED: ['device.select'],
  OTP_REQUIRED: ['device.select', 'otp.check'],
  ASSERTION_REQUIRED: ['device.select', 'assertion.check'],
  COMPLETED: [],
  FAILED: [],
};

type Step =
  | { readonly do: 'create'; readonly device: number | 'oneTime' }
  | { readonly do: 'select'; readonly flow: number; readonly device: number }
  | { readonly do: 'check'; readonly flow: number; readonly guess: 'right' | 'wrong' | 'old' }
  | { readonly do: 'supply'; readonly guess: 'right' | 'wrong' | 'old' }
  | { readonly do: 'cancel'; readonly flow: number }
  | { readonly do: 'wait'; readonly time: number }
  | { readonly do: 'limit'; readonly count: number }
  | { readonly do: 'block' | 'unblock'; readonly device: number }
  | { readonly do: 'lockAccount' | 'unlockAccount' };

/** An SMS device, an EMAIL device, an authenticator app. */
const device = fc.integer({ min: 0, max: 2 });
const flow = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('create'), device: fc.oneof(device, fc.constant('oneTime')) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('select'), flow, device }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('check'),
      flow,
      guess: fc.constantFrom('wrong', 'wrong', 'wrong', 'old', 'right'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('supply'), guess: fc.constantFrom('wrong', 'old', 'right') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), flow }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), time: fc.constantFrom(1, 5, 12, 31).map(minutes) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('limit'), count: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('block', 'unblock'), device }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lockAccount', 'unlockAccount') }) },
) as fc.Arbitrary<Step>;

/** A world and a model in the same state, taken through the same steps. */
class Pair {
  readonly world = new World();
  readonly model = new Model();
  readonly flows: Uuid[] = [];
  /** Codes that were sent, by flow; the last is the current one. */
  readonly codes = new Map<Uuid, string[]>();
  /** Answered guesses per device since its counter last started anew: what SEC-11 bounds. */
  readonly comparisons = [0, 0, 0];

  constructor(coolDown: number, lockoutCount: number) {
    this.world.addDevice(0, 'SMS');
    this.world.addDevice(1, 'EMAIL');
    this.world.addApp(2);
    this.setRules({ coolDown });
    this.world.settings = {
      ...this.world.settings,
      lockout: lockoutCount === 0 ? undefined : { failureCount: lockoutCount, duration: this.model.lockoutDuration },
    };
    Object.assign(this.model, { coolDown, lockoutCount, now: T0 });
  }

  take(next: Step): void {
    const { world, model } = this;
    switch (next.do) {
      case 'create': {
        const selection =
          next.device === 'oneTime' ? world.oneTime('VOICE') : ({ kind: 'device', id: id(next.device) } as const);
        const result = world.create({ selection });
        if (result.ok) this.flows.push(result.value.flow.id);
        this.collect(this.flows.at(-1));
        this.compare(result, model.create(next.device), this.flows.length - 1);
        return;
      }
      case 'select': {
        const target = this.flows[next.flow] ?? id(999);
        const result = world.select(target, next.device);
        this.collect(target);
        this.compare(result, model.select(next.flow, next.device), next.flow);
        return;
      }
      case 'check':
        this.check(next);
        return;
      case 'supply': {
        const result = world.create({ otp: this.passcode(next.guess) });
        if (result.ok) this.flows.push(result.value.flow.id);
        this.compare(result, model.supply(next.guess === 'right'), result.ok ? this.flows.length - 1 : -1);
        this.bound(id(2), result);
        return;
      }
      case 'cancel':
        this.compare(world.cancel(this.flows[next.flow] ?? id(999)), model.cancel(next.flow), next.flow);
        return;
      case 'wait':
        world.now += next.time;
        model.now += next.time;
        return;
      case 'limit':
        this.setRules({ failureCount: next.count });
        model.limit = next.count;
        return;
      case 'block':
      case 'unblock': {
        const blocked = next.do === 'block';
        world.devices = world.devices.map(({ blockedAt, ...rest }) => {
          const known = blockedAt === undefined ? rest : { ...rest, blockedAt };
          if (rest.id !== id(next.device)) return known;
          return blocked ? { ...rest, blockedAt: world.now } : rest;
        });
        Object.assign(model.devices[next.device] ?? {}, { blocked });
        return;
      }
      case 'lockAccount':
        world.factors = lockAccount(world.factors, world.now, world.now + minutes(7));
        model.lockAccount(model.now + minutes(7));
        return;
      case 'unlockAccount':
        world.factors = unlockAccount(world.factors);
        model.unlockAccount();
        return;
    }
  }

  /** The same for sent codes and passcodes. */
  private setRules(rules: Partial<Pick<MethodRules, 'coolDown' | 'failureCount'>>): void {
    const { totp } = this.world.policies.get(POLICY)?.methods ?? DEVICE_METHODS;
    this.world.setPolicy({}, rules, undefined, POLICY, { totp: { ...totp, ...rules } });
  }

  /** Of the app: the current one, one that is long gone, or one that it does not make in these minutes. */
  private passcode(guess: 'right' | 'wrong' | 'old'): string {
    const { world } = this;
    if (guess !== 'wrong') return world.passcode(2, guess === 'right' ? 0 : -9);
    const made = Array.from({ length: 11 }, (_, n) => world.passcode(2, n - 5));
    return ['000000', '111111', '222222'].find((code) => !made.includes(code)) ?? '333333';
  }

  private check(next: Extract<Step, { do: 'check' }>): void {
    const target = this.flows[next.flow] ?? id(999);
    const codes = this.codes.get(target) ?? ['314159'];
    const current = codes.at(-1) ?? '314159';
    const before = this.flows[next.flow] === undefined ? undefined : this.world.flow(target).state;
    const otp =
      before?.selected?.type === 'TOTP'
        ? this.passcode(next.guess)
        : { right: current, wrong: wrong(current), old: codes.at(-2) ?? wrong(current) }[next.guess];
    const result = this.world.check(target, otp);
    this.compare(result, this.model.check(next.flow, next.guess === 'right'), next.flow);
    if (before?.status === 'OTP_REQUIRED' && before.selected.kind === 'device') this.bound(before.selected.id, result);
  }

  /** SEC-11: never more answered guesses than the limit allows, whatever the flows. */
  private bound(deviceId: Uuid, result: Result): void {
    const n = [0, 1, 2].find((known) => id(known) === deviceId) ?? 0;
    if (result.ok) this.comparisons[n] = 0;
    else if (result.rejection.kind === 'OtpMismatch') {
      this.comparisons[n] = (this.comparisons[n] ?? 0) + 1;
      expect(this.comparisons[n]).toBeLessThanOrEqual(7);
      if (result.rejection.attemptsRemaining === 0) this.comparisons[n] = 0;
    }
  }

  private collect(target: Uuid | undefined): void {
    if (target === undefined) return;
    const sent = this.world.outbox.filter((message) => message.deviceAuthenticationId === target);
    const codes = this.codes.get(target) ?? [];
    if (sent.length > codes.length) this.codes.set(target, [...codes, this.world.code(target)]);
  }

  private compare(result: Result, expected: string, n: number): void {
    const { world, model } = this;
    expect(saying(result)).toBe(expected);
    if (!result.ok && ['WrongState', 'NotFound', 'CodeDead', 'DeviceNotEligible'].includes(result.rejection.kind))
      expect(world.writes, 'illegal, and nothing happened').toEqual([]);
    if (result.ok) expect(linksOf(result.value.flow.state)).toEqual(LINKS[result.value.flow.state.status]);
    const target = this.flows[n];
    if (target === undefined) return;
    expect(world.flow(target).state.status).toBe(model.flows[n]?.status);
    expect(world.flow(target).expiresAt).toBe(model.flows[n]?.expires);
  }
}

function saying(result: Result): string {
  if (result.ok) return result.value.flow.state.status;
  const { rejection } = result;
  return rejection.kind === 'OtpMismatch' ? `OtpMismatch ${rejection.attemptsRemaining}` : rejection.kind;
}

describe('random commands', () => {
  it('answer as the model does, under any limits, cool-downs and locks (SEC-10 to SEC-16)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, minutes(5)),
        fc.constantFrom(0, 0, 4),
        fc.array(step, { minLength: 5, maxLength: 60 }),
        (coolDown, lockoutCount, steps) => {
          const pair = new Pair(coolDown, lockoutCount);
          for (const next of steps) pair.take(next);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('of one device and a fixed limit: the attempts told count down without a gap, across all flows (SEC-11)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 10, maxLength: 40 }),
        (limit, guesses) => {
          const world = new World();
          world.addDevice(1, 'SMS');
          world.setPolicy({}, { failureCount: limit });
          const start = () => world.create({ selection: { kind: 'device', id: id(1) } });
          const flows = [0, 1, 2, 3].map(start);
          let left = limit;
          for (const n of guesses) {
            const open = flows[n];
            if (!open?.ok) throw new Error('not started');
            const result = world.check(open.value.flow.id, wrong(world.code(open.value.flow.id)));
            if (result.ok) throw new Error('a wrong code was accepted');
            if (result.rejection.kind !== 'OtpMismatch') {
              flows[n] = start();
              continue;
            }
            left -= 1;
            expect(result.rejection.attemptsRemaining).toBe(left);
            if (left === 0) left = limit;
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
