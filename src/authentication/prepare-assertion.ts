import { credentialKeyOf } from '../devices/credential.js';
import { reject } from '../kernel/outcome.js';
import type { Plan, Store } from '../storage/port.js';
import { parseAssertionJson } from '../webauthn/credential-json.js';
import type { AssertionFacts, CheckAssertionCommand, Facts } from './command.js';
import { isDiscovery } from './discovery.js';
import { verifyBy } from './verify-assertion.js';

/**
 * What an assertion's decision needs beforehand: what verifying it has found (`design.md` §6), and, in a flow without a user, the user
 * whose credential it is. Nothing of it is believed: the decision holds it against what its own load shows.
 */
export async function prepareAssertion(
  store: Pick<Store, 'load'>,
  plan: Plan,
  command: CheckAssertionCommand,
  facts: Facts,
): Promise<{ readonly plan: Plan; readonly facts: AssertionFacts }> {
  const { deviceAuthentication: flow, devices } = await store.load(plan);
  if (flow?.state.status !== 'ASSERTION_REQUIRED') return { plan, facts };
  const credential = parseAssertionJson(command.assertion);
  if (!credential) return { plan, facts: { ...facts, verified: 'malformed' } };
  const { asked } = flow.state;
  if (!isDiscovery(flow))
    return { plan, facts: { ...facts, verified: verifyBy(devices, credential, command, asked, false, facts) } };

  const { environmentId } = plan;
  const found = await store.load({ environmentId, credential: credentialKeyOf(credential.credentialId) });
  const holder = found.credentialHolder;
  if (!holder) {
    const verified = { challenge: asked.challenge, outcome: reject('CREDENTIAL_ID' as const) };
    return { plan, facts: { ...facts, verified } };
  }
  const theirs = await store.load({ environmentId, user: holder.userId });
  const verified = verifyBy(theirs.devices, credential, command, asked, true, facts);
  return { plan: { ...plan, user: holder.userId }, facts: { ...facts, verified } };
}
