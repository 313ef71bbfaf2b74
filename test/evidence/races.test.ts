import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { attemptsRemaining, inParallel, range, unlessUnserved, wrong } from './client.js';
import { figure, rounds } from './figures.js';
import { CONNECTIONS, idOf, newUser, type Servers, startServers, TOPOLOGIES, threeAttempts } from './topology.js';

vi.setConfig({ testTimeout: 3_600_000 });

const GUESSES = rounds(10_000, 1_000_000);

describe.each(TOPOLOGIES)('%s: parallel guesses over 64 connections', (topology) => {
  let servers: Servers;
  const node = (index: number) => servers.node(index);
  beforeAll(async () => {
    servers = await startServers(topology);
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  it(`of ${GUESSES} wrong guesses exactly three are compared and answered 2, 1, 0; the rest is refused, and so is the right code after them (SEC-07, SEC-10, SEC-11)`, async () => {
    const flow = await node(0).oneTime();
    const compared: number[] = [];
    const statuses = new Map<number, number>();
    const since = performance.now();
    await inParallel(GUESSES, CONNECTIONS, async (index) => {
      // Every code of six digits but the right one.
      const guess = wrong(flow.otp, 1 + (index % 999_999));
      const answer = await unlessUnserved(() => node(index).check(flow.id, guess));
      const left = attemptsRemaining(answer);
      if (left !== undefined) compared.push(left);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    });
    const seconds = (performance.now() - since) / 1_000;
    expect(compared.sort()).toEqual([0, 1, 2]);
    expect([...statuses]).toEqual([[400, GUESSES]]);
    for (const index of [0, 1]) {
      expect((await node(index).check(flow.id, flow.otp)).status).toBe(400);
      expect((await node(index).read(flow.id)).body['status']).toBe('FAILED');
    }
    figure(
      'races',
      `wrong guesses, ${topology}`,
      `${GUESSES} over ${CONNECTIONS} connections in ${Math.round(seconds)} s: ${compared.length} compared (attempts left ${compared.reverse().join(', ')}), ${GUESSES - compared.length} refused unread, 0 succeeded`,
    );
  });

  it('of 64 right codes exactly one succeeds, in every round (SEC-07)', async () => {
    for (const _round of range(rounds(20, 200))) {
      const flow = await node(0).oneTime();
      const answers = await Promise.all(
        range(CONNECTIONS).map((index) => unlessUnserved(() => node(index).check(flow.id, flow.otp))),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
      expect(answers.filter((answer) => answer.status !== 200 && answer.status !== 400)).toEqual([]);
    }
    figure('races', `right codes, ${topology}`, `${rounds(20, 200)} rounds of ${CONNECTIONS}: one success in each`);
  });

  it('64 open authentications of one device share three attempts between successes, in every round (SEC-11, SEC-12)', async () => {
    const policyId = await threeAttempts(node(0), `three attempts ${topology}`);
    let successes = 0;
    for (const round of range(rounds(20, 200))) {
      const userId = await newUser(node(0), `racer-${topology}-${round}`);
      const device = await node(0).manage('POST', `/users/${userId}/devices`, {
        type: 'SMS',
        phone: `+1413555${String(1000 + round)}`,
        testMode: true,
        policy: { id: policyId },
      });
      const opened = await Promise.all(
        range(CONNECTIONS).map((index) => node(index).withDevice(userId, idOf(device), policyId)),
      );
      const right = round % CONNECTIONS;
      const answers = await Promise.all(
        opened.map((flow, index) =>
          unlessUnserved(() => node(index).check(flow.id, index === right ? flow.otp : wrong(flow.otp))),
        ),
      );
      const wrongCompared = answers.map(attemptsRemaining).filter((left) => left !== undefined).length;
      const succeeded = answers.filter((answer) => answer.status === 200).length;
      expect(answers.every((answer) => answer.status === 200 || answer.status === 400)).toBe(true);
      // A success ends the run (`10` §9.3), so up to three more wrong codes may follow it; without one, three is all there is.
      if (succeeded === 0) expect(wrongCompared).toBe(3);
      else expect(wrongCompared).toBeLessThanOrEqual(2 + 3);
      expect(succeeded).toBe(answers[right]?.status === 200 ? 1 : 0);
      successes += succeeded;
      const after = await node(1).manage('GET', `/users/${userId}/devices/${idOf(device)}`);
      expect((after.body['lock'] as { status: string }).status).toBe('LOCKED');
    }
    figure(
      'races',
      `open authentications of one device, ${topology}`,
      `${rounds(20, 200)} rounds of 63 wrong and 1 right: never more than three wrong compared in a run, ${successes} right in time, locked after each`,
    );
  });
});
