import { expect, test } from 'vitest';
import { judged, ratioOf } from '../../bench/harness/figures.js';

const run = (rate: number, failed = 0) => ({ rate, failed, completed: rate });

test('a ratio is taken within each round, so that a slow round of the machine moves it little', () => {
  const results = { ours: [run(60), run(6), run(66)], floor: [run(100), run(10), run(100)] };
  expect(ratioOf(results, 'ours', 'floor')).toEqual({ median: 0.6, least: 0.6, greatest: 0.66 });
});

test.each([
  ['failed once', { ours: [run(90), run(90, 1)], floor: [run(100), run(100)] }],
  ['did nothing', { ours: [run(90), run(90)], floor: [run(100), run(0)] }],
  ['was left out', { ours: [run(90), run(90)] }],
])('a case that %s gives no figure, and none is reached with it', (_, results) => {
  const ratio = ratioOf(results, 'ours', 'floor');
  expect(ratio).toBeUndefined();
  expect(judged('ours : floor', { atLeast: 0.6 }, ratio).verdict).toBe('not measured');
});

test.each([
  [{ atLeast: 0.6 }, 0.61, 'reached'],
  [{ atLeast: 0.6 }, 0.59, 'MISSED'],
  [{ atMost: 1.5 }, 1.5, 'reached'],
  [{ atMost: 1.5 }, 1.51, 'MISSED'],
  [{ atMost: 1.5 }, Number.NaN, 'not measured'],
])('%o with %d is %s', (goal, measured, verdict) => {
  expect(judged('a figure', goal, measured).verdict).toBe(verdict);
});
