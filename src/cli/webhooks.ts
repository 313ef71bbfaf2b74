import { parseUuid } from '../kernel/ids.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError } from './terminal.js';

/**
 * `postern webhooks secret SUBSCRIPTION --environment ID`: prints what whoever receives checks signatures with (SEC-64). No operation
 * of the API shows it, because the reference's subscriptions have no such member.
 */
export async function webhooks({ loaded, words, flags }: Invocation, composition: Composition): Promise<void> {
  const [action, text = ''] = words;
  if (action !== 'secret' || text === '')
    throw new CommandError('say whose secret to print: `postern webhooks secret SUBSCRIPTION --environment ID`.');
  const environmentId = parseUuid(flags.get('environment') ?? '');
  if (!environmentId) throw new CommandError('name the environment: `--environment ID`.');
  const id = parseUuid(text);
  if (!id) throw new CommandError(`${JSON.stringify(text)} is not the id of a subscription.`);
  await using parts = await composition.openStore(loaded.config);
  const [found] = await parts.store.documents(environmentId, { kind: 'subscription', id });
  if (!found) throw new CommandError(`there is no subscription ${id} in environment ${environmentId}.`);
  composition.terminal.out(parts.webhooks.secret(environmentId, id).reveal());
}
