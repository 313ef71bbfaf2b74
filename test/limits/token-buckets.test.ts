import { describe, expect, it } from 'vitest';
import { TokenBuckets } from '../../src/http/token-buckets.js';

const CLIENTS = 20_000;
const ENVIRONMENTS = 1_000;

/** Takes everything that a client has in an environment where one request a second is allowed; what comes next waits. */
function empty(buckets: TokenBuckets, client: string, environment: string, now: number): void {
  for (let n = 0; n < 3; n++) buckets.take(client, environment, now);
}

describe('the requests of a client (SEC-35)', () => {
  it('may be any number where there is no limit', () => {
    const buckets = new TokenBuckets(0);
    expect(buckets.isLimited).toBe(false);
    expect(new Set(Array.from({ length: 100 }, () => buckets.take('a', 'e', 0)))).toEqual(new Set([0]));
  });

  it('are two seconds’ worth at once, and then wait for exactly as long as one takes to come', () => {
    const buckets = new TokenBuckets(4);
    expect(buckets.isLimited).toBe(true);
    for (let n = 0; n < 8; n++) expect(buckets.take('a', 'e', 0)).toBe(0);
    expect(buckets.take('a', 'e', 0)).toBe(250);
    expect(buckets.take('a', 'e', 100)).toBe(150);
    // A clock that goes back takes nothing away.
    expect(buckets.take('a', 'e', 50)).toBe(150);
    expect(buckets.take('a', 'e', 250)).toBe(0);
    expect(buckets.take('a', 'e', 250)).toBe(250);
    // However long the rest was.
    for (let n = 0; n < 8; n++) expect(buckets.take('a', 'e', 1_000_000)).toBe(0);
    expect(buckets.take('a', 'e', 1_000_000)).toBe(250);
  });

  it('count for each client and each environment by themselves', () => {
    const buckets = new TokenBuckets(1);
    empty(buckets, 'a', 'e', 0);
    expect(buckets.take('b', 'e', 0)).toBe(0);
    expect(buckets.take('a', 'f', 0)).toBe(0);
    expect(buckets.take('a', 'e', 0)).toBe(1_000);
  });

  it('of 20,000 clients are remembered, and of 1,000 environments of one: then what came first is as good as new', () => {
    const clients = new TokenBuckets(1);
    empty(clients, 'first', 'e', 0);
    for (let n = 1; n < CLIENTS; n++) clients.take(`${n}`, 'e', 0);
    expect(clients.take('first', 'e', 0)).toBe(1_000);
    clients.take('one more', 'e', 0);
    expect(clients.take('first', 'e', 0)).toBe(0);

    const environments = new TokenBuckets(1);
    empty(environments, 'a', 'first', 0);
    for (let n = 1; n < ENVIRONMENTS; n++) environments.take('a', `${n}`, 0);
    expect(environments.take('a', 'first', 0)).toBe(1_000);
    environments.take('a', 'one more', 0);
    expect(environments.take('a', 'first', 0)).toBe(0);
  });
});
