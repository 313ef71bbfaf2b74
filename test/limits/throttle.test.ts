import { setTimeout as rest } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { ClientThrottle } from '../../src/http/client-throttle.js';
import { createSourceOf } from '../../src/http/source.js';
import { minutes, seconds } from '../../src/kernel/duration.js';
import { startPostern } from '../helpers/postern.js';

const never = new AbortController().signal;

/** A throttle whose waits are noted and last no time. */
function throttle(free = 3) {
  const waits: number[] = [];
  // Any origin will do for a monotonic clock.
  let now: number = minutes(20);
  const made = new ClientThrottle({
    free,
    now: () => now,
    wait: async (time) => waits.push(time),
  });
  return { made, waits, advance: (time: number) => (now += time) };
}

describe('wrong client secrets (SEC-50)', () => {
  it('wait twice as long each time once the free ones are used up, and never longer than 8 seconds', async () => {
    const { made, waits } = throttle();
    for (let n = 0; n < 12; n++) expect(await made.failed('192.0.2.1', 'client', never)).toEqual({ kind: 'answered' });
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000]);
  });

  it('of others hold nobody back: each address and client waits for itself, and a right one is over it', async () => {
    const { made, waits } = throttle();
    for (let n = 0; n < 6; n++) await made.failed('192.0.2.1', 'client', never);
    const before = waits.length;
    await made.failed('192.0.2.2', 'client', never);
    await made.failed('192.0.2.1', 'another client', never);
    expect(waits).toHaveLength(before);
    made.succeeded('192.0.2.1', 'client');
    for (let n = 0; n < 3; n++) await made.failed('192.0.2.1', 'client', never);
    expect(waits).toHaveLength(before);
  });

  it('of many clients from one address wait too', async () => {
    const { made, waits } = throttle();
    for (let n = 0; n < 31; n++) await made.failed('192.0.2.1', `client ${n}`, never);
    expect(waits).toEqual([250]);
  });

  it('are forgotten after a quarter of an hour of peace', async () => {
    const { made, waits, advance } = throttle();
    for (let n = 0; n < 4; n++) await made.failed('192.0.2.1', 'client', never);
    advance(minutes(15) + 1);
    await made.failed('192.0.2.1', 'client', never);
    expect(waits).toEqual([250]);
  });

  it('that wait are few: the next is refused at once, and one that went away leaves its place', async () => {
    const waiting: (() => void)[] = [];
    const made = new ClientThrottle({ free: 1, wait: () => new Promise<void>((resolve) => waiting.push(resolve)) });
    await made.failed('192.0.2.1', 'client', never);
    const held = Array.from({ length: 4 }, () => made.failed('192.0.2.1', 'client', never));
    expect(await made.failed('192.0.2.1', 'client', never)).toMatchObject({ kind: 'refused' });
    waiting.shift()?.();
    await held[0];
    const next = made.failed('192.0.2.1', 'client', never);
    for (const go of waiting.splice(0)) go();
    expect(await next).toEqual({ kind: 'answered' });
    const gone = new AbortController();
    gone.abort();
    const real = new ClientThrottle({ free: 1 });
    await real.failed('192.0.2.1', 'client', gone.signal);
    expect(await real.failed('192.0.2.1', 'client', gone.signal)).toEqual({ kind: 'answered' });
  });

  it('cost nothing where nothing is held back', async () => {
    const { made, waits } = throttle(0);
    for (let n = 0; n < 20; n++) expect(await made.failed('192.0.2.1', 'client', never)).toEqual({ kind: 'answered' });
    expect(waits).toEqual([]);
  });

  it('are told apart by the first 64 characters of the client', async () => {
    const { made, waits } = throttle();
    const long = 'c'.repeat(64);
    for (const end of ['1', '2', '3']) await made.failed('192.0.2.1', long + end, never);
    expect(waits).toEqual([]);
    await made.failed('192.0.2.1', `${long}4`, never);
    expect(waits).toEqual([250]);
    made.succeeded('192.0.2.1', `${long}5`);
    await made.failed('192.0.2.1', `${long}6`, never);
    expect(waits).toEqual([250]);
  });

  it('are still known after a quarter of an hour to the millisecond', async () => {
    const { made, waits, advance } = throttle();
    for (let n = 0; n < 4; n++) await made.failed('192.0.2.1', 'client', never);
    advance(minutes(15));
    await made.failed('192.0.2.1', 'client', never);
    expect(waits).toEqual([250, 500]);
  });

  it('that wait are 32 in all, whoever sends them', async () => {
    const waiting: (() => void)[] = [];
    const made = new ClientThrottle({ free: 1, wait: () => new Promise<void>((resolve) => waiting.push(resolve)) });
    const second = async (n: number) => {
      await made.failed(`192.0.2.${n}`, 'client', never);
      return made.failed(`192.0.2.${n}`, 'client', never);
    };
    const held = Array.from({ length: 32 }, (_, n) => second(n));
    await vi.waitFor(() => expect(waiting).toHaveLength(32));
    expect(await second(32)).toEqual({ kind: 'refused', wait: 250 });
    waiting.shift()?.();
    await held[0];
    const next = second(33);
    await vi.waitFor(() => expect(waiting).toHaveLength(32));
    for (const go of waiting.splice(0)) go();
    expect(await next).toEqual({ kind: 'answered' });
    expect(await Promise.all(held)).toEqual(held.map(() => ({ kind: 'answered' })));
  });

  it('end with the request that waits: who went away keeps no place', async () => {
    const gone = new AbortController();
    const made = new ClientThrottle({ free: 1 });
    for (let n = 0; n < 6; n++) {
      const answer = made.failed('192.0.2.1', 'client', gone.signal);
      gone.abort();
      // The sixth would wait for four seconds.
      expect(await Promise.race([answer, rest(200, 'still waiting')])).toEqual({ kind: 'answered' });
    }
  });

  it('of 10,000 addresses and clients are remembered: then the one that failed longest ago is forgotten', async () => {
    const { made, waits } = throttle(1);
    await made.failed('victim', 'client', never);
    // Each takes two places, its own and its address's.
    for (let n = 1; n < 5_000; n++) await made.failed(`${n}`, 'client', never);
    expect(waits).toEqual([]);
    await made.failed('victim', 'client', never);
    expect(waits).toEqual([250]);

    const other = throttle(1);
    await other.made.failed('victim', 'client', never);
    for (let n = 1; n < 5_000; n++) await other.made.failed(`${n}`, 'client', never);
    await other.made.failed('1', 'another', never);
    await other.made.failed('victim', 'client', never);
    expect(other.waits).toEqual([]);
  });

  it(
    'are held back at the token endpoint, and a right one is not',
    async () => {
      await using postern = await startPostern({ env: { POSTERN_TOKEN_FAILURES: '1' } });
      const ask = async (secret: string) => {
        const begun = performance.now();
        const { status } = await postern.send({
          method: 'POST',
          url: `${postern.authPath}/${postern.environmentId}/as/token`,
          contentType: 'application/x-www-form-urlencoded',
          body: 'grant_type=client_credentials',
          token: null,
          headers: { authorization: `Basic ${Buffer.from(`${postern.clientId}:${secret}`).toString('base64')}` },
        });
        return { status, took: performance.now() - begun };
      };
      expect((await ask('wrong')).status).toBe(401);
      const second = await ask('wrong');
      expect(second.status).toBe(401);
      expect(second.took).toBeGreaterThanOrEqual(240);
      const burst = await Promise.all(Array.from({ length: 8 }, () => ask('wrong')));
      expect(burst.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
      expect((await ask(postern.clientSecret)).status).toBe(200);
    },
    seconds(60),
  );
});

describe('the address a request came from (SEC-56)', () => {
  const from = (peer: string, forwarded?: string) => ({
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
    // The finder looks at the peer's address only.
    socket: { remoteAddress: peer } as never,
  });

  it('is the peer’s, whatever a header says', () => {
    const sourceOf = createSourceOf([]);
    expect(sourceOf(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
    expect(sourceOf(from('::ffff:192.0.2.1'))).toBe('192.0.2.1');
  });

  it('is the last that is no proxy of the operator’s, when the peer is one', () => {
    const sourceOf = createSourceOf(['10.0.0.0/8', '2001:db8::1']);
    expect(sourceOf(from('10.1.2.3', '203.0.113.9, 198.51.100.7, 10.9.9.9'))).toBe('198.51.100.7');
    expect(sourceOf(from('::ffff:10.1.2.3', '198.51.100.7'))).toBe('198.51.100.7');
    expect(sourceOf(from('2001:db8::1', '198.51.100.7'))).toBe('198.51.100.7');
    expect(sourceOf(from('10.1.2.3', '198.51.100.7, unknown'))).toBe('10.1.2.3');
    expect(sourceOf(from('10.1.2.3'))).toBe('10.1.2.3');
    expect(sourceOf(from('192.0.2.1', '198.51.100.7'))).toBe('192.0.2.1');
  });
});
