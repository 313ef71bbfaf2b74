import { unlockContact } from '../devices/counting/unlock-contact.js';
import { FAILURE_CEILING } from '../devices/model.js';
import { canonicalContact, parseEmail, parsePhone } from '../devices/sending/contact.js';
import { parseUuid } from '../kernel/ids.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError } from './terminal.js';

/**
 * `postern contact unlock CONTACT --environment ID`: ends the failures in a row of a phone number or e-mail address that codes were
 * sent to without a device (SEC-14). No operation of the API names a contact without a device.
 */
export async function contact({ loaded, words, flags }: Invocation, composition: Composition): Promise<void> {
  const [action, text = ''] = words;
  if (action !== 'unlock' || text === '')
    throw new CommandError('say whose failures to end: `postern contact unlock CONTACT --environment ID`.');
  const environmentId = parseUuid(flags.get('environment') ?? '');
  if (!environmentId) throw new CommandError('name the environment: `--environment ID`.');
  const address = text.includes('@') ? parseEmail(text) : parsePhone(text);
  if (!address) throw new CommandError(`${JSON.stringify(text)} is neither an e-mail address nor a phone number.`);
  await using parts = await composition.openStore(loaded.config);
  const destination = parts.digests.contact(environmentId, canonicalContact(address));
  const done = await parts.store.transact({ environmentId, destination }, (snapshot) =>
    unlockContact(snapshot, environmentId),
  );
  if (done.kind === 'noEnvironment') throw new CommandError(`there is no environment ${environmentId}.`);
  composition.terminal.out(
    done.kind === 'unchanged'
      ? 'The contact has no failures in a row; nothing was changed.'
      : `Ended ${done.failures} failures in a row${done.failures >= FAILURE_CEILING ? ', and the ceiling that stood' : ''}.`,
  );
}
