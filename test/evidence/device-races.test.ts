import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Answer, range, unlessUnserved } from './client.js';
import { figure, rounds } from './figures.js';
import { CONNECTIONS, idOf, newUser, type Servers, startServers, TOPOLOGIES, threeAttempts } from './topology.js';

vi.setConfig({ testTimeout: 3_600_000 });

const ROUNDS = rounds(5, 100);
const ACTIVATE = 'application/vnd.pingidentity.device.activate+json';
const REORDER = 'application/vnd.pingidentity.devices.reorder+json';

const detailsOf = ({ body }: Answer) =>
  (body['details'] as readonly { innerError?: { attemptsRemaining?: number } }[] | undefined) ?? [];

describe.each(TOPOLOGIES)('%s: devices under parallel requests over 64 connections', (topology) => {
  let servers: Servers;
  const node = (index: number) => servers.node(index);
  beforeAll(async () => {
    servers = await startServers(topology);
  });
  afterAll(() => servers[Symbol.asyncDispose]());

  /** A device that waits for its code, with the code. */
  async function pending(name: string, policyId: string) {
    const userId = await newUser(node(0), name);
    const device = await node(0).manage('POST', `/users/${userId}/devices`, {
      type: 'SMS',
      phone: '+14135550160',
      status: 'ACTIVATION_REQUIRED',
      policy: { id: policyId },
    });
    const path = `/users/${userId}/devices/${idOf(device)}`;
    const otp = await node(0).codeFor(idOf(device));
    return { path, otp };
  }

  it('of 32 right and 32 wrong activation codes at most one succeeds, and no more are compared than the policy allows (SEC-07, SEC-11)', async () => {
    const policyId = await threeAttempts(node(0), `activation ${topology}`);
    let activated = 0;
    for (const round of range(ROUNDS)) {
      const { path, otp } = await pending(`activates-${topology}-${round}`, policyId);
      const wrong = otp.replace(/.$/, (last) => String((Number(last) + 1) % 10));
      const answers = await Promise.all(
        range(CONNECTIONS).map((index) =>
          // In an order of its own in each round.
          unlessUnserved(() => node(index).act(path, ACTIVATE, { otp: (index * 7 + round) % 2 === 0 ? otp : wrong })),
        ),
      );
      const succeeded = answers.filter(({ status }) => status === 200);
      const compared = answers.filter((answer) => detailsOf(answer)[0]?.innerError?.attemptsRemaining !== undefined);
      expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
      expect(succeeded.length).toBeLessThanOrEqual(1);
      expect(compared.length).toBeLessThanOrEqual(3);
      activated += succeeded.length;
      const { body } = await node(1).manage('GET', path);
      expect(body['status']).toBe(succeeded.length === 1 ? 'ACTIVE' : 'ACTIVATION_REQUIRED');
    }
    figure(
      'races',
      `activation, ${topology}`,
      `${ROUNDS} rounds of 64: ${activated} activated once, never more than 3 wrong compared`,
    );
  });

  it('of parallel orders, creations and deletions each leaves a list that holds every device once (SEC-89)', async () => {
    for (const round of range(ROUNDS)) {
      const userId = await newUser(node(0), `orders-${topology}-${round}`);
      const devices = `/users/${userId}/devices`;
      const create = (n: number): Promise<Answer> =>
        node(n).manage('POST', devices, { type: 'EMAIL', email: `d${n}@example.org` });
      const ids: string[] = [];
      // One fewer than a user may have.
      for (const n of range(4)) ids.push(idOf(await create(n)));
      const doomed = ids[round % ids.length] ?? '';
      const answers = await Promise.all(
        range(CONNECTIONS).map((index) => {
          if (index === 20) return unlessUnserved(() => node(index).manage('DELETE', `${devices}/${doomed}`));
          if (index === 40) return unlessUnserved(() => create(100));
          const order = ids.map((_id, at) => ({ id: ids[(at + index) % ids.length] }));
          return unlessUnserved(() => node(index).act(devices, REORDER, { order }));
        }),
      );
      expect(answers.filter(({ status }) => ![200, 201, 204, 400].includes(status))).toEqual([]);
      const lists = await Promise.all([0, 1].map((index) => node(index).manage('GET', devices)));
      const seen = lists.map(({ body }) =>
        (body['_embedded'] as { devices: readonly { id: string }[] }).devices.map(({ id }) => id),
      );
      const expected = new Set([...ids.filter((id) => id !== doomed), String(answers[40]?.body['id'])]);
      expect(answers[20]?.status).toBe(204);
      expect(answers[40]?.status, JSON.stringify(answers[40]?.body)).toBe(201);
      expect(new Set(seen[0])).toEqual(expected);
      expect(seen[0]).toHaveLength(expected.size);
      expect(seen[1]).toEqual(seen[0]);
      // What an order named is a rotation of what there was: whatever came last, the survivors stand as some request put them.
      const survivors = (seen[0] ?? []).filter((id) => ids.includes(id));
      const rotations = range(ids.length).map((by) =>
        ids.map((_id, at) => ids[(at + by) % ids.length]).filter((id) => id !== doomed),
      );
      expect(rotations.map(String)).toContain(String(survivors));
    }
    figure(
      'races',
      `device order, ${topology}`,
      `${ROUNDS} rounds of 62 orders, 1 creation, 1 deletion: every device once, both processes agree`,
    );
  });
});
