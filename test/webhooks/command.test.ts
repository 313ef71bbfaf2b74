import { expect, it } from 'vitest';
import { composition } from '../../src/app/composition.js';
import type { Composition } from '../../src/cli/composition.js';
import { runCommand } from '../../src/cli/run.js';
import { localUrls } from '../../src/config/base-urls.js';
import { uuid } from '../contract/world.js';
import { startWebhookWorld } from './world.js';

it('postern webhooks secret prints what a subscription’s requests are signed with (SEC-64)', async () => {
  await using world = await startWebhookWorld({ database: { kind: 'sqlite', file: ':memory:' } });
  const { store, random, keyring } = world.test;
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const parts: Composition = {
    ...composition,
    openStore: async () => ({
      store,
      random,
      ...keyring,
      urls: localUrls('http://127.0.0.1'),
      async [Symbol.asyncDispose]() {},
    }),
    sources: (flags) => ({
      ...composition.sources(flags),
      env: {
        POSTERN_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
        POSTERN_AUTH_URL: 'https://auth.example.org',
        POSTERN_API_URL: 'https://api.example.org',
      },
    }),
    terminal: { out: say, err: say },
  };
  const run = (...words: string[]) => runCommand(['webhooks', ...words], parts);
  const id = await world.subscribe();
  expect(await run('secret', id, '--environment', world.environmentId)).toBe(0);
  expect(said).toEqual([keyring.webhooks.secret(world.environmentId, id).reveal()]);

  said.length = 0;
  const wrong = [
    ['secret'],
    ['show', id],
    ['secret', id],
    ['secret', 'x', '--environment', world.environmentId],
    ['secret', uuid(), '--environment', world.environmentId],
    ['secret', id, '--environment', uuid()],
  ];
  const codes: number[] = [];
  for (const words of wrong) codes.push(await run(...words));
  expect(codes).toEqual(wrong.map(() => 1));
  expect(said.join('\n')).not.toContain('whsec_');
});
