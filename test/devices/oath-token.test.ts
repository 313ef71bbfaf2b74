import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeToken, resynchronise } from '../../src/devices/oath/passcode.js';
import type { OathToken } from '../../src/devices/oath/token.js';
import { stepAt } from '../../src/otp/totp.js';
import { codeOf, SECRET, TOKEN } from './oath-fixtures.js';
import { T0 } from './world.js';

const TOTP: OathToken = { ...TOKEN, clock: { kind: 'TOTP', timeStep: 60, drift: 0 }, lastStep: -1, otpLength: 8 };

const judge = (token: OathToken, counter: number, now = T0) => judgeToken(token, codeOf(token, counter), SECRET, now);
const resync = (token: OathToken, counters: readonly number[], now = T0) =>
  resynchronise(
    token,
    counters.map((counter) => codeOf(token, counter)),
    SECRET,
    now,
  );

describe('an HOTP token', () => {
  it('takes the next count and ten ahead of it, and none that is over (10 §10.3, SEC-23)', () => {
    for (const counter of [100, 105, 110])
      expect(judge(TOKEN, counter)).toMatchObject({ kind: 'right', token: { lastStep: counter, updatedAt: T0 } });
    expect(judge(TOKEN, 111)).toEqual({ kind: 'wrong', replayed: false });
    for (const counter of [99, 95]) expect(judge(TOKEN, counter)).toEqual({ kind: 'wrong', replayed: true });
    expect(judge(TOKEN, 50)).toEqual({ kind: 'wrong', replayed: false });
  });

  it('never takes a code twice, in whatever order codes come (SEC-23)', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 90, max: 130 }), { maxLength: 40 }), (counters) => {
        let token = TOKEN;
        const taken: number[] = [];
        for (const counter of counters) {
          const verdict = judge(token, counter);
          if (verdict.kind !== 'right') continue;
          taken.push(counter);
          token = verdict.token;
        }
        expect(taken).toEqual([...new Set(taken)].sort((a, b) => a - b));
      }),
      { numRuns: 200 },
    );
  });

  it('is resynchronised by two consecutive codes within the next hundred, at once or one by one (20 §9.4)', () => {
    expect(resync(TOKEN, [180, 181])).toMatchObject({ kind: 'right', token: { lastStep: 181 } });
    const first = resync(TOKEN, [180]);
    if (first.kind !== 'unfinished') throw new Error(first.kind);
    expect(first.token.lastStep).toBe(TOKEN.lastStep);
    expect(resync(first.token, [181])).toMatchObject({ kind: 'right', token: { lastStep: 181 } });
    expect(resync(first.token, [182])).toMatchObject({ kind: 'unfinished', token: { resyncAt: 182 } });
    expect(resync(TOKEN, [180, 182])).toEqual({ kind: 'wrong', replayed: false });
    // Of two that come at once, what was begun before decides nothing.
    expect(resync(first.token, [181, 183])).toEqual({ kind: 'wrong', replayed: false });
    expect(resync(TOKEN, [202, 203])).toEqual({ kind: 'wrong', replayed: false });
    expect(resynchronise(TOKEN, [], SECRET, T0)).toEqual({ kind: 'wrong', replayed: false });
  });

  it('cannot be set back by a resynchronisation: no pair of used codes is taken (SEC-23)', () => {
    expect(resync(TOKEN, [98, 99])).toMatchObject({ kind: 'wrong' });
    expect(resync(TOKEN, [99, 100])).toMatchObject({ kind: 'wrong' });
    const first = resync(TOKEN, [150]);
    if (first.kind !== 'unfinished') throw new Error(first.kind);
    // Meanwhile the token has been used beyond: what was begun is over.
    const used = { ...first.token, lastStep: 160 };
    expect(resync(used, [151])).toMatchObject({ kind: 'wrong' });
    expect(resync({ ...first.token, lastStep: 151 }, [151])).toMatchObject({ kind: 'wrong' });
    const done = resync(TOKEN, [150, 151]);
    if (done.kind !== 'right') throw new Error(done.kind);
    for (const pair of [
      [150, 151],
      [151, 152],
      [100, 101],
    ])
      expect(resync(done.token, pair)).toMatchObject({ kind: 'wrong' });
    expect(judge(done.token, 152)).toMatchObject({ kind: 'right' });
  });

  it('forgets a resynchronisation that was begun once a code is right', () => {
    expect(judge({ ...TOKEN, resyncAt: 150 }, 100)).toEqual({
      kind: 'right',
      token: { ...TOKEN, lastStep: 100, updatedAt: T0 },
    });
  });
});

describe('a TOTP token', () => {
  const now = stepAt(T0, 60);

  it('takes one step on each side of its own clock, and follows its drift (20 §9.1, §9.4)', () => {
    for (const step of [now - 1, now, now + 1])
      expect(judge(TOTP, step)).toMatchObject({
        kind: 'right',
        token: { lastStep: step, clock: { kind: 'TOTP', timeStep: 60, drift: step - now } },
      });
    for (const step of [now - 2, now + 2]) expect(judge(TOTP, step)).toMatchObject({ kind: 'wrong' });
    const ahead: OathToken = { ...TOTP, clock: { kind: 'TOTP', timeStep: 60, drift: 7 } };
    expect(judge(ahead, now)).toMatchObject({ kind: 'wrong' });
    expect(judge(ahead, now + 8)).toMatchObject({ kind: 'right', token: { clock: { drift: 8 } } });
  });

  it('takes no step twice, whatever the clock does (SEC-22)', () => {
    const used = judge(TOTP, now);
    if (used.kind !== 'right') throw new Error(used.kind);
    expect(judge(used.token, now)).toEqual({ kind: 'wrong', replayed: true });
    expect(judge(used.token, now, T0 - 60_000)).toEqual({ kind: 'wrong', replayed: true });
    expect(judge(used.token, now + 1)).toMatchObject({ kind: 'right' });
  });

  it('is resynchronised within twenty steps on each side (20 §9.4)', () => {
    expect(resync(TOTP, [now + 19, now + 20])).toMatchObject({ kind: 'right', token: { clock: { drift: 20 } } });
    expect(resync(TOTP, [now - 20, now - 19])).toMatchObject({ kind: 'right', token: { clock: { drift: -19 } } });
    expect(resync(TOTP, [now + 21, now + 22])).toMatchObject({ kind: 'wrong' });
  });

  it('is not set back by a resynchronisation: a step that is over is a replay (SEC-23)', () => {
    const used = { ...TOTP, lastStep: now };
    for (const steps of [[now - 3], [now], [now - 3, now - 2], [now, now + 1]])
      expect(resync(used, steps)).toEqual({ kind: 'wrong', replayed: true });
    expect(resync(used, [now + 1])).toMatchObject({ kind: 'unfinished' });
  });
});
