import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FidoMetadataParts, openFidoMetadata } from '../../src/app/fido-metadata.js';
import { untilNextLook } from '../../src/app/fido-metadata-source.js';
import { createDestinationGuard } from '../../src/kernel/destination.js';
import { hours, minutes } from '../../src/kernel/duration.js';
import { createGet } from '../../src/outbound/get.js';
import { openTestStore } from '../helpers/store.js';
import { blob, maker, NOW, published } from './metadata-service.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'postern-mds-'));
});
afterAll(() => rm(directory, { recursive: true }));

const INSIDE = { allowsHttp: true, ports: 'any', internal: ['127.0.0.0/8'] } as const;

/** What a process of the installation that has these marks is told, and its log. */
function aProcess(marks: Map<string, number>, over: Partial<FidoMetadataParts> = {}) {
  const told: string[] = [];
  const tell = (_fields: object, message: string): void => void told.push(message);
  const parts: FidoMetadataParts = {
    clock: { now: () => NOW },
    logger: { debug: tell, info: tell, warn: tell, error: tell },
    get: createGet(createDestinationGuard(INSIDE)),
    async raiseMark(name, value) {
      marks.set(name, Math.max(value, marks.get(name) ?? 0));
      return marks.get(name) ?? 0;
    },
    ...over,
  };
  return { told, parts };
}

describe('the metadata in force', () => {
  it('never goes back, and survives what cannot be read', async () => {
    const { source, root } = await published(directory, blob(7));
    const { told, parts } = aProcess(new Map());
    await using metadata = await openFidoMetadata({ source, root }, parts);
    expect(metadata.models().size).toBe(5);
    for (const text of [blob(6), blob(8, { by: maker }), 'x']) {
      await writeFile(source, text);
      await metadata.refresh();
    }
    await rm(source);
    await metadata.refresh();
    expect(metadata.models().size).toBe(5);
    await writeFile(source, blob(8, { nextUpdate: '2026-01-01' }));
    await metadata.refresh();
    expect(told).toEqual([
      'FIDO metadata in force',
      'the FIDO metadata is older than before: bring its source up to date',
      'the FIDO metadata is not believed',
      'the FIDO metadata is not believed',
      'the FIDO metadata could not be read',
      'the FIDO metadata is past its next update: is its source kept up?',
      'FIDO metadata in force',
    ]);
  });

  it('never goes back after a restart, nor in another process; of another service the numbers are others (SEC-29)', async () => {
    await using test = await openTestStore({ kind: 'sqlite' });
    const { raiseMark } = test.store;
    const { source, root } = await published(directory, blob(8));
    const before = aProcess(new Map(), { raiseMark });
    await using first = await openFidoMetadata({ source, root }, before.parts);
    expect(first.models().size).toBe(5);
    await writeFile(source, blob(7));
    const after = aProcess(new Map(), { raiseMark });
    await using second = await openFidoMetadata({ source, root }, after.parts);
    expect(second.models().size).toBe(0);
    expect(after.told).toEqual(['the FIDO metadata is older than before: bring its source up to date']);
    expect(await raiseMark('fido-metadata', 3)).toBe(3);
    await writeFile(source, blob(8));
    await second.refresh();
    expect(second.models().size).toBe(5);
  });

  it('is not in force before its number is kept', async () => {
    const { source, root } = await published(directory, blob(7));
    const { told, parts } = aProcess(new Map(), { raiseMark: () => Promise.reject(new Error('no database')) });
    await using metadata = await openFidoMetadata({ source, root }, parts);
    expect(metadata.models().size).toBe(0);
    expect(told).toEqual(['the FIDO metadata could not be read']);
  });

  it('comes from an address only where the operator’s guard lets requests go, redirects and all (SEC-59)', async () => {
    const { root } = await published(directory, '');
    const asked: string[] = [];
    const server = createServer(({ url = '' }, answer) => {
      asked.push(url);
      if (url === '/moved') answer.writeHead(302, { location: '/blob' }).end();
      else if (url === '/inside') answer.writeHead(302, { location: 'http://10.0.0.1/blob' }).end();
      else if (url === '/round') answer.writeHead(302, { location: '/round' }).end();
      else if (url === '/blob') answer.end(blob(7));
      else answer.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const models = async (path: string, internal: readonly string[] = INSIDE.internal): Promise<number> => {
      const get = createGet(createDestinationGuard({ ...INSIDE, internal }));
      const { parts } = aProcess(new Map(), { get });
      await using metadata = await openFidoMetadata({ source: `${origin}${path}`, root }, parts);
      return metadata.models().size;
    };
    try {
      expect(await models('/moved')).toBe(5);
      expect(await models('/inside')).toBe(0);
      expect(await models('/round')).toBe(0);
      expect(await models('/none')).toBe(0);
      expect(await models('/blob', [])).toBe(0);
      expect(asked).toEqual(['/moved', '/blob', '/inside', '/round', '/round', '/round', '/round', '/none']);
    } finally {
      server.close();
    }
  });

  it('is asked for when the next one is due, each day before, and hourly when that is overdue or nothing came', () => {
    expect(untilNextLook(true, NOW, NOW + hours(5))).toBe(hours(5));
    expect(untilNextLook(true, NOW, NOW + hours(500))).toBe(hours(24));
    expect(untilNextLook(true, NOW, NOW + 1)).toBe(minutes(1));
    expect(untilNextLook(true, NOW, NOW)).toBe(hours(1));
    expect(untilNextLook(true, NOW, undefined)).toBe(hours(1));
    expect(untilNextLook(false, NOW, NOW + 1)).toBe(hours(6));
  });
});
