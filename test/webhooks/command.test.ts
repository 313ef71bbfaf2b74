import { expect, it } from 'vitest';
import { uuid } from '../contract/world.js';
import { commandOver } from '../helpers/command.js';
import { startWebhookWorld } from './world.js';

it('postern webhooks secret prints what a subscription’s requests are signed with (SEC-64)', async () => {
  await using world = await startWebhookWorld({ database: { kind: 'sqlite', file: ':memory:' } });
  const { keyring } = world.test;
  const run = (...words: string[]) => commandOver(world.test, ['webhooks', ...words]);
  const id = await world.subscribe();
  const said = [keyring.webhooks.secret(world.environmentId, id).reveal()];
  expect(await run('secret', id, '--environment', world.environmentId)).toEqual({ code: 0, said });

  const wrong = [
    ['secret'],
    ['show', id],
    ['secret', id],
    ['secret', 'x', '--environment', world.environmentId],
    ['secret', uuid(), '--environment', world.environmentId],
    ['secret', id, '--environment', uuid()],
  ];
  for (const words of wrong) {
    const refused = await run(...words);
    expect(refused.code).toBe(1);
    expect(refused.said.join('\n')).not.toContain('whsec_');
  }
});
