import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  type Ask,
  clientId,
  HERE,
  here,
  NOBODY,
  SECRET,
  startWorld,
  there,
  type World,
} from '../api/world.js';
import { FULL, figure } from './figures.js';

vi.setConfig({ testTimeout: 3_600_000 });

/** Requests of each of two kinds, on average. */
const SAMPLES = 2_000;
/** Orders drawn anew to see how far medians differ when nothing does. */
const PERMUTATIONS = 2_000;
/** How far medians may be apart. */
const INDISTINCT_MICROS = 15;
/** For what is looked up by its id alone, before its environment is known: reading a row that is there takes longer than finding none. */
const ROW_MICROS = 150;

/** Two questions that must be answered alike, in what is done for them and in how long it takes. */
interface Pair {
  readonly name: string;
  readonly apart?: number;
  /** `true`: the one that could tell something. */
  ask(telling: boolean): Promise<Ask>;
}

const basic = (id: string, secret: string): Ask => ({
  path: `/${HERE}/as/token`,
  type: 'application/x-www-form-urlencoded',
  body: 'grant_type=client_credentials',
  token: null,
  headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
});

let world: World;
let theirFlow = '';
beforeAll(async () => {
  world = await startWorld();
  const flow = { user: { id: there.user }, selectedDevice: { id: there.email } };
  const token = await world.tokenOf('backend', there.environment);
  const started = await world.ask({ path: `/${there.environment}/deviceAuthentications`, body: flow, token });
  theirFlow = String(started.body['id']);
});
afterAll(() => world[Symbol.asyncDispose]());

/** A code that is wrong: in its last digit, or in each of them. */
async function wrongCode(nearly: boolean): Promise<Ask> {
  const oneTime = { type: 'EMAIL', email: 'someone@example.org' };
  const flow = await world.ask({
    path: `/${HERE}/deviceAuthentications`,
    body: { user: { id: here.user }, selectedDevice: { oneTime } },
  });
  const id = String(flow.body['id']);
  const otp = await world.postern.lastCode({ deviceAuthentication: id });
  const other = (digit: string): string => String((Number(digit) + 5) % 10);
  right = { path: `/${HERE}/deviceAuthentications/${id}`, type: 'otp.check', body: { otp } };
  return { ...right, body: { otp: nearly ? otp.replace(/.$/, other) : otp.replace(/./g, other) } };
}
/** Sent behind a wrong one, which counts no longer then. */
let right: Ask | undefined;

const users = `/environments/${HERE}/users`;
const PAIRS: readonly Pair[] = [
  {
    name: 'a wrong secret of a client that is there, and of one that is not',
    apart: ROW_MICROS,
    ask: async (telling) => basic(telling ? clientId(HERE, 'backend') : NOBODY, 'wrong-secret'),
  },
  {
    name: 'the secret of another environment’s client, and of one that is not there',
    apart: ROW_MICROS,
    ask: async (telling) => basic(telling ? clientId(there.environment, 'backend') : NOBODY, SECRET),
  },
  {
    name: 'another environment’s user, and one who is not there',
    ask: async (telling) => ({ path: `${users}/${telling ? there.user : NOBODY}` }),
  },
  {
    name: 'another environment’s device, and one that is not there',
    ask: async (telling) => ({ path: `${users}/${here.user}/devices/${telling ? there.email : NOBODY}` }),
  },
  {
    name: 'another environment’s device authentication, and one that is not there',
    ask: async (telling) => ({ path: `/${HERE}/deviceAuthentications/${telling ? theirFlow : NOBODY}` }),
  },
  {
    name: 'a check of another environment’s device authentication, and of one that is not there',
    ask: async (telling) => ({
      path: `/${HERE}/deviceAuthentications/${telling ? theirFlow : NOBODY}`,
      type: 'otp.check',
      body: { otp: '123456' },
    }),
  },
  { name: 'a code that is nearly right, and one that is wrong throughout', ask: wrongCode },
];

const WATCHED = ['createHmac', 'createDecipheriv', 'hash', 'timingSafeEqual'] as const;
const crypto: Record<string, unknown> = createRequire(import.meta.url)('node:crypto');
/** What is done for a request, in distinction from what the server does meanwhile. */
const within = new AsyncLocalStorage<Record<string, number>>();

/** The cryptography of a request: how often it calls functions of `node:crypto`. */
async function workOf(request: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
  const calls: Record<string, number> = {};
  const kept = WATCHED.map((name) => [name, crypto[name]] as const);
  for (const [name, original] of kept)
    if (typeof original === 'function')
      crypto[name] = (...args: unknown[]) => {
        const counted = within.getStore();
        if (counted) counted[name] = (counted[name] ?? 0) + 1;
        return Reflect.apply(original, crypto, args);
      };
  syncBuiltinESMExports();
  try {
    await within.run(calls, request);
    // Not what is done behind the answer.
    return { ...calls };
  } finally {
    for (const [name, original] of kept) crypto[name] = original;
    syncBuiltinESMExports();
  }
}

/** What a stranger sees of an answer, but for what names the request. */
const seen = ({ status, text }: Answer): string => `${status} ${text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')}`;

async function settle(): Promise<void> {
  if (right) expect((await world.ask(right)).status).toBe(200);
  right = undefined;
}

const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return ((sorted[half] ?? 0) + (sorted[sorted.length - 1 - half] ?? 0)) / 2;
};

/** How often medians of the same numbers, dealt out at random, differ at least as much: small when the difference is no chance. */
function chance(one: readonly number[], other: readonly number[]): number {
  const all = [...one, ...other];
  const found = Math.abs(median(one) - median(other));
  let asFar = 0;
  for (let n = 0; n < PERMUTATIONS; n++) {
    for (let at = all.length - 1; at > 0; at--) {
      const dealt = Math.floor(Math.random() * (at + 1));
      [all[at], all[dealt]] = [all[dealt] ?? 0, all[at] ?? 0];
    }
    if (Math.abs(median(all.slice(0, one.length)) - median(all.slice(one.length))) >= found) asFar++;
  }
  return asFar / PERMUTATIONS;
}

describe.each(PAIRS)('$name', ({ name, apart = INDISTINCT_MICROS, ask }) => {
  it('are answered alike, by the same comparisons and the same cryptography (SEC-05, SEC-42)', async () => {
    const answers: string[] = [];
    const work = async (telling: boolean) => {
      const request = await ask(telling);
      const done = await workOf(async () => answers.push(seen(await world.ask(request))));
      await settle();
      return done;
    };
    // Once before: what is remembered of a client and its environment is looked up then.
    for (const telling of [true, false]) await work(telling);
    const [telling, silent] = [await work(true), await work(false)];
    expect(answers[2]).toBe(answers[3]);
    expect(telling).toEqual(silent);
  });

  it.runIf(FULL)('are answered in the same time (SEC-05, SEC-42)', async () => {
    const times = new Map<boolean, number[]>([
      [true, []],
      [false, []],
    ]);
    for (let n = 0; n < 2 * SAMPLES; n++) {
      // In an order that no other rhythm of the process falls in with.
      const telling = Math.random() < 0.5;
      const request = await ask(telling);
      const since = performance.now();
      await world.ask(request);
      times.get(telling)?.push((performance.now() - since) * 1000);
      await settle();
    }
    const [telling = [], silent = []] = [times.get(true), times.get(false)];
    const difference = median(telling) - median(silent);
    const p = chance(telling, silent);
    figure(
      'times',
      name,
      `medians ${median(telling).toFixed(0)} and ${median(silent).toFixed(0)} µs in the process itself, ${difference.toFixed(1)} µs apart (p ${p.toFixed(3)}) in ${2 * SAMPLES} requests`,
    );
    // What chance does as well says nothing, and on a busy machine chance does much.
    expect(p < 0.01 ? Math.abs(difference) : 0).toBeLessThan(apart);
  });
});

describe('the watch over cryptography', () => {
  it('a control: sees what a right secret costs, and that a request without one costs less', async () => {
    const right = await workOf(() => world.ask(basic(clientId(HERE, 'backend'), SECRET)));
    const none = await workOf(() => world.ask({ ...basic(NOBODY, ''), headers: {} }));
    expect(right['timingSafeEqual']).toBeGreaterThan(0);
    expect(none['timingSafeEqual'] ?? 0).toBe(0);
  });
});
