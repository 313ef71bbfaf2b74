import { describe, expect, it } from 'vitest';
import { createHealth } from '../../src/http/health.js';
import type { Logger } from '../../src/kernel/log.js';
import { startPostern } from '../helpers/postern.js';
import { testClock } from '../helpers/store.js';

interface Entry {
  readonly level: string;
  readonly message: string;
  readonly fields: object;
}

function recorded(): Logger & { readonly entries: Entry[] } {
  const entries: Entry[] = [];
  const at = (level: string) => (fields: object, message: string) => void entries.push({ level, message, fields });
  return { entries, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

type Check = { readonly ready: true } | { readonly ready: false; readonly reason: string };

describe('readiness (SEC-83)', () => {
  it('says no more than yes or no; the reason is for the log, and there once, not at each probe', async () => {
    const clock = testClock();
    const logger = recorded();
    let now: Check = { ready: true };
    const health = createHealth({ check: async () => now }, clock, logger);
    const probe = async (): Promise<number> => {
      clock.advance(1_000);
      const { status, body, headers } = await health.ready();
      expect(body).toBe(status === 200 ? 'ready\n' : 'not ready\n');
      expect(Object.keys(headers ?? {}).sort()).toEqual(
        status === 200 ? ['content-type'] : ['content-type', 'retry-after'],
      );
      return status;
    };
    expect(await probe()).toBe(200);
    expect(logger.entries).toEqual([]);

    now = { ready: false, reason: 'the disk of the database is full; make room' };
    for (let n = 0; n < 10; n++) expect(await probe()).toBe(503);
    now = { ready: false, reason: 'the clock is off' };
    for (let n = 0; n < 10; n++) expect(await probe()).toBe(503);
    now = { ready: true };
    for (let n = 0; n < 10; n++) expect(await probe()).toBe(200);
    expect(logger.entries).toEqual([
      { level: 'warn', message: 'not ready', fields: { reason: 'the disk of the database is full; make room' } },
      { level: 'warn', message: 'not ready', fields: { reason: 'the clock is off' } },
      { level: 'info', message: 'ready again', fields: {} },
    ]);
  });

  it('a check that throws is not ready', async () => {
    const logger = recorded();
    const health = createHealth({ check: () => Promise.reject(new Error('gone')) }, testClock(), logger);
    expect((await health.ready()).status).toBe(503);
    expect(logger.entries).toMatchObject([{ fields: { reason: 'Error: gone' } }]);
  });

  it('asks the store once a second, however many probe', async () => {
    const clock = testClock();
    let asked = 0;
    const health = createHealth({ check: async () => ({ ready: ++asked > 0 }) as Check }, clock, recorded());
    for (let n = 0; n < 50; n++) await health.ready();
    expect(asked).toBe(1);
    clock.advance(1_000);
    await health.ready();
    expect(asked).toBe(2);
  });

  it('ends with the first word of the end, and stays ended (SEC-84)', async () => {
    const health = createHealth({ check: async () => ({ ready: true }) }, testClock(), recorded());
    expect((await health.ready()).status).toBe(200);
    health.leave();
    expect((await health.ready()).status).toBe(503);
    expect(health.live().status).toBe(200);
  });
});

describe('the log of requests', () => {
  it('has one line at info for each, with names and numbers only, and none for probes', async () => {
    const logger = recorded();
    await using postern = await startPostern({ logger });
    logger.entries.length = 0;
    const before = (await postern.send({ method: 'GET', url: `${postern.apiPath}/environments?limit=5` })).status;
    for (const path of ['/livez', '/readyz'])
      expect((await postern.send({ method: 'GET', url: `${postern.authPath}${path}`, token: null })).status).toBe(200);
    expect(before).toBe(200);
    const lines = logger.entries.filter(({ level }) => level !== 'debug');
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          method: 'GET',
          route: 'environment.list',
          status: 200,
          ms: expect.any(Number),
          correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          environmentId: undefined,
        },
      },
    ]);
  });
});
