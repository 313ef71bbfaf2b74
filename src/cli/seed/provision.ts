import type { Instant } from '../../kernel/clock.js';
import type { Uuid } from '../../kernel/ids.js';
import { unreachable } from '../../kernel/outcome.js';
import { createSigningKey } from '../../platform/tokens/signing-key.js';
import { relyingPartyIdOf } from '../../policies/fido2/fido2-policy-document.js';
import type { Decided, Plan, Snapshot, Write } from '../../storage/port.js';
import type { Filling } from '../composition.js';
import { CommandError } from '../terminal.js';
import type { ServerFacts, World, WorldEnvironment, WorldUser } from './world.js';
import { environmentWrites, usersWrites } from './writes.js';

/** What the server's settings say of new environments. */
type Terms = Pick<ServerFacts, 'longestLifeTime'>;

/**
 * Creates the environments that are not there yet. One with many users is made in steps, none of which lasts: where it stands is
 * kept with it, so that whoever starts next goes on, and of two that start at once each step is made by one. Returns the names of
 * those that were there, whole.
 */
export async function provisionWorld(
  parts: Filling,
  world: World,
  { longestLifeTime }: Terms = {},
): Promise<readonly string[]> {
  const present: string[] = [];
  for (const made of world.environments)
    if (!(await provision(parts, made, { longestLifeTime }))) present.push(made.environment.name);
  return present;
}

/** Whether there was anything left to make. */
async function provision(
  { store, random, digests, urls, persistently }: Filling,
  made: WorldEnvironment,
  terms: Terms,
): Promise<boolean> {
  const { id, name, organizationId } = made.environment;
  const progress = [{ kind: 'seedProgress' }] as const;
  const { environment, documents } = await store.load({ environmentId: id, documents: progress });
  if (environment && documents.length === 0) return false;
  const facts = {
    signingKey: createSigningKey(random.uuid()),
    relyingPartyId: relyingPartyIdOf(urls.authPath),
    ...terms,
    digests,
  };
  const plan: Plan = { environmentId: id, environmentName: { organizationId, name }, documents: progress };
  for (let steps = 0; ; steps++) {
    const outcome = await persistently(() => store.transact(plan, (snapshot) => step(snapshot, made, facts)));
    switch (outcome) {
      case 'going on':
        break;
      case 'made':
        return true;
      case 'present':
        // Another process was faster, with the whole or with the last step.
        return steps > 0;
      case 'taken':
        throw new CommandError(
          `the database has another environment ${JSON.stringify(name)}: rename or delete one, or begin with another database.`,
        );
      case 'strange':
        throw new CommandError(
          `environment ${JSON.stringify(name)} is half made, and its seed has changed since: start with the file that it was begun with, or begin with another database.`,
        );
      default:
        return unreachable(outcome);
    }
  }
}

/** Users and devices of one step: a small part of what a unit has time for. */
const STEP_ROWS = 300;

/**
 * The environment with its first users, or the next of them. Every step writes the document that says where the next begins and thus
 * moves the environment's `configVersion`: of two that would make the same step one is decided again.
 */
function step(
  { environment, environmentNameHolder, documents, now }: Snapshot,
  made: WorldEnvironment,
  { digests, ...facts }: ServerFacts & Pick<Filling, 'digests'>,
): Decided<'going on' | 'made' | 'present' | 'taken' | 'strange'> {
  const { users } = made;
  const [progress] = documents;
  if (environment && !progress) return { writes: [], outcome: 'present' };
  // Its own name: it was made by another process while this one loaded, and is there the next time.
  if (!environment && environmentNameHolder === made.environment.id) return { writes: [], outcome: 'going on' };
  if (!environment && environmentNameHolder) return { writes: [], outcome: 'taken' };
  const from = progress ? users.findIndex(({ id }) => id === progress.body['next']) : 0;
  if (from < 0) return { writes: [], outcome: 'strange' };
  const to = endOfStep(users, from);
  const next = users[to];
  return {
    writes: [
      ...(environment ? [] : environmentWrites(made, facts, now)),
      ...usersWrites(made, users.slice(from, to), digests, now),
      ...progressWrites(made, progress !== undefined, next?.id, now),
    ],
    outcome: next ? 'going on' : 'made',
  };
}

/** At least one user, with all devices. */
function endOfStep(users: readonly WorldUser[], from: number): number {
  let to = from;
  for (let rows = 0; to < users.length && rows < STEP_ROWS; to++) rows += 1 + (users[to]?.devices.length ?? 0);
  return to;
}

/** Where the next step begins; gone with the last one, and never there when one step makes it all. */
function progressWrites(
  { environment: { id } }: WorldEnvironment,
  isUnderWay: boolean,
  next: Uuid | undefined,
  now: Instant,
): readonly Write[] {
  const document = { environmentId: id, kind: 'seedProgress', id } as const;
  if (next !== undefined) {
    const value = { ...document, body: { next }, createdAt: now, updatedAt: now };
    return [{ kind: 'put', entity: 'document', value }];
  }
  return isUnderWay ? [{ kind: 'delete', entity: 'document', value: document }] : [];
}
