import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { PosternProcess } from '../helpers/postern.js';
import {
  type Answer,
  api,
  attemptsRemaining,
  type Client,
  createClient,
  inParallel,
  range,
  unlessUnserved,
  wrong,
} from './client.js';

export const WORKERS = 16;
/** Flows per round that are guessed at once the trouble is over. */
const SAMPLE = 20;

/** What a client was told of one flow while the server was in trouble. */
interface Flow {
  readonly otp: string;
  /** Attempts left as last answered; 3 = no guess was answered. */
  attempts: number;
  completed: boolean;
  rightSent: boolean;
  /** A request got no answer, or 503: its effect is unknown. */
  open: boolean;
}

export type Acknowledged = ReadonlyMap<string, Flow>;

export interface Load {
  /** No further request; resolves when each has its answer, or none. */
  stop(): Promise<Acknowledged>;
  /** Whether a request was answered as it should be since this was last asked. */
  isServed(): boolean;
  /** Statuses other than 200, 201 and 400, and how often. */
  readonly refused: ReadonlyMap<number, number>;
}

/** Creates and checks over many connections until it is stopped, and remembers every answer. */
export async function underLoad(postern: PosternProcess): Promise<Load> {
  const flows = new Map<string, Flow>();
  const refused = new Map<number, number>();
  const client = await createClient(postern, WORKERS);
  const node = api(postern, client);
  let running = true;
  let served = false;

  const turn = async (n: number): Promise<void> => {
    const created = await node.create();
    if (created.status !== 201) {
      refused.set(created.status, (refused.get(created.status) ?? 0) + 1);
      await sleep(20);
      return;
    }
    served = true;
    const { otp } = created.body['test'] as { otp: string };
    const id = String(created.body['id']);
    const flow: Flow = { otp, attempts: 3, completed: false, rightSent: false, open: false };
    flows.set(id, flow);
    const check = async (submitted: string): Promise<Answer | undefined> => {
      flow.open = true;
      flow.rightSent ||= submitted === otp;
      const answer = await node.check(id, submitted);
      if (answer.status === 200 || answer.status === 400) {
        flow.open = false;
        return answer;
      }
      refused.set(answer.status, (refused.get(answer.status) ?? 0) + 1);
      return undefined;
    };
    if (n % 2 === 0) {
      const answer = await check(wrong(otp));
      if (!answer) return;
      flow.attempts = attemptsRemaining(answer) ?? flow.attempts;
    }
    if (n % 3 === 0) flow.completed = (await check(otp))?.status === 200;
  };
  const worker = async (seed: number): Promise<void> => {
    // A request that is cut off has no answer: the worker goes on, as a client does.
    for (let n = seed; running; n++) await turn(n).catch(() => sleep(20));
  };
  const workers = range(WORKERS).map(worker);
  return {
    refused,
    isServed() {
      const was = served;
      served = false;
      return was;
    },
    async stop() {
      running = false;
      await Promise.all(workers);
      await client[Symbol.asyncDispose]();
      return flows;
    },
  };
}

/**
 * Holds what was acknowledged against what the server has now: nothing is lost, no attempt is given back, no code is good twice,
 * and nothing succeeded without its code. Returns how many flows were looked at.
 */
export async function verify(postern: PosternProcess, acknowledged: Acknowledged): Promise<number> {
  await using client: Client = await createClient(postern, WORKERS);
  const node = api(postern, client);
  let guesses = 0;
  let repeats = 0;
  const all = [...acknowledged];
  await inParallel(all.length, WORKERS, async (index) => {
    const [id, flow] = all[index] ?? [];
    if (id === undefined || flow === undefined) throw new Error('nothing to verify');
    const answer = await unlessUnserved(() => node.read(id));
    expect(answer.status).toBe(200);
    const status = answer.body['status'];
    if (flow.completed) expect(status).toBe('COMPLETED');
    else if (!flow.open) expect(status).toBe('OTP_REQUIRED');
    if (!flow.rightSent) expect(status).not.toBe('COMPLETED');
    if (status === 'COMPLETED' && repeats < SAMPLE) {
      repeats++;
      expect((await unlessUnserved(() => node.check(id, flow.otp))).status).toBe(400);
    }
    if (status === 'OTP_REQUIRED' && guesses < SAMPLE) {
      guesses++;
      const left = attemptsRemaining(await unlessUnserved(() => node.check(id, wrong(flow.otp))));
      if (flow.open) expect(left).toBeLessThan(flow.attempts);
      else expect(left).toBe(flow.attempts - 1);
    }
  });
  // A right code: the failures of this round must not add up to the ceilings of user and contact (SEC-13, SEC-14).
  const { id, otp } = await node.oneTime();
  expect((await node.check(id, otp)).status).toBe(200);
  return all.length;
}
