import type { AuditEvent, Requester } from '../../audit/record.js';
import type { EventSink } from '../../events.js';
import type { Instant } from '../../kernel/clock.js';
import { days, minutes } from '../../kernel/duration.js';
import type { Vault } from '../../kernel/keys.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { Random } from '../../kernel/random.js';
import type { Decided, Plan, Snapshot, Store } from '../../storage/port.js';
import type { Actor, ApplicationId, EnvironmentId, StoredDocument } from '../model.js';
import {
  type ApplicationSecrets,
  livePrevious,
  readApplicationSecrets,
  replacedSecret,
  sealable,
} from './application-secret.js';
import { CLIENT_SECRET_BYTES } from './applications.js';

/** How long a secret that was replaced may stay good (`00` §9.3). */
const SHORTEST = minutes(1);
const LONGEST = days(30);

/** Why a secret cannot be read, made or removed. */
export type SecretRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'ApplicationNotFound'; readonly applicationId: ApplicationId }
  /** A worker does not read its own (`00` §9.3). */
  | { readonly kind: 'OwnSecret' }
  /** An application that proves itself by none. */
  | { readonly kind: 'NoSecret' }
  | { readonly kind: 'OverlapOutOfRange' };

/** A secret as the API shows it. */
export interface ShownSecret {
  readonly secret: string;
  readonly previous?: { readonly secret: string; readonly expiresAt: Instant };
}

type Result = Promise<Outcome<ShownSecret, SecretRejection>>;

/** Secrets of applications (wire: `00` §9.3); whoever reads or changes one is on record. */
export interface ApplicationSecretService {
  read(environmentId: EnvironmentId, applicationId: ApplicationId, actor: Actor, by?: Requester): Result;
  /** A new one; the one before stays good until `previousUntil`, if that is given. */
  rotate(
    environmentId: EnvironmentId,
    applicationId: ApplicationId,
    previousUntil: Instant | undefined,
    actor: Actor,
    by?: Requester,
  ): Result;
  removePrevious(environmentId: EnvironmentId, applicationId: ApplicationId, by?: Requester): Result;
}

export interface ApplicationSecretParts {
  readonly store: Pick<Store, 'transact'>;
  readonly random: Pick<Random, 'bytes'>;
  readonly vault: Pick<Vault, 'open'>;
  readonly events: EventSink;
}

type Judged = Decided<Outcome<ShownSecret, SecretRejection>>;
/** What becomes of the secrets; `undefined`: they stay. */
type Change = (secrets: ApplicationSecrets, now: Instant) => Outcome<ApplicationSecrets | undefined, SecretRejection>;

export function createApplicationSecretService(parts: ApplicationSecretParts): ApplicationSecretService {
  const { store, random, vault, events } = parts;

  async function run(
    environmentId: EnvironmentId,
    id: ApplicationId,
    event: AuditEvent,
    by: Requester | undefined,
    change: Change,
  ): Result {
    const plan: Plan = { environmentId, documents: [{ kind: 'application', id }] };
    const result = await store.transact(plan, (snapshot) =>
      onRecord(
        decide(snapshot, environmentId, id, (stored) => vault.open(stored), change),
        snapshot,
        event,
        by,
      ),
    );
    if (result.ok) events.emit(event);
    return result;
  }

  const eventOf = (
    type: 'SECRET.READ' | 'SECRET.UPDATED',
    environmentId: EnvironmentId,
    applicationId: ApplicationId,
  ): AuditEvent => ({ type, environmentId, detail: { applicationId } });

  return {
    read: (environmentId, id, actor, by) =>
      run(environmentId, id, eventOf('SECRET.READ', environmentId, id), by, () =>
        actor.applicationId === id ? reject({ kind: 'OwnSecret' }) : accept(undefined),
      ),
    rotate(environmentId, id, previousUntil, actor, by) {
      const fresh = random.bytes(CLIENT_SECRET_BYTES).toString('base64url');
      return run(environmentId, id, eventOf('SECRET.UPDATED', environmentId, id), by, (secrets, now) => {
        // The answer shows it.
        if (actor.applicationId === id) return reject({ kind: 'OwnSecret' });
        const left = previousUntil === undefined ? undefined : previousUntil - now;
        if (left !== undefined && (left < SHORTEST || left > LONGEST)) return reject({ kind: 'OverlapOutOfRange' });
        return accept(replacedSecret(secrets, fresh, previousUntil));
      });
    },
    removePrevious: (environmentId, id, by) =>
      run(environmentId, id, eventOf('SECRET.UPDATED', environmentId, id), by, ({ previous: _, ...kept }) =>
        accept(kept),
      ),
  };
}

function decide(
  { environment, documents, now }: Snapshot,
  environmentId: EnvironmentId,
  applicationId: ApplicationId,
  open: (secret: NonNullable<StoredDocument['secret']>) => string,
  change: Change,
): Judged {
  const refuse = (rejection: SecretRejection): Judged => ({ writes: [], outcome: reject(rejection) });
  if (!environment) return refuse({ kind: 'EnvironmentNotFound', environmentId });
  const stored = documents.find(({ kind, id }) => kind === 'application' && id === applicationId);
  if (!stored) return refuse({ kind: 'ApplicationNotFound', applicationId });
  const secrets = stored.secret ? readApplicationSecrets(open(stored.secret)) : {};
  if (secrets.current === undefined) return refuse({ kind: 'NoSecret' });
  const changed = change(secrets, now);
  if (!changed.ok) return refuse(changed.rejection);
  const after = changed.value;
  const outcome = accept(shown(after ?? secrets, now));
  if (!after) return { writes: [], outcome };
  const value = { ...stored, secret: sealable(after), updatedAt: Math.max(now, stored.updatedAt) };
  return { writes: [{ kind: 'put', entity: 'document', value }], outcome };
}

function shown(secrets: ApplicationSecrets, now: Instant): ShownSecret {
  const previous = livePrevious(secrets, now);
  return { secret: secrets.current ?? '', ...(previous ? { previous } : {}) };
}

/** That a secret was read is on record although nothing changes. */
function onRecord(decision: Judged, { now }: Snapshot, event: AuditEvent, by: Requester = {}): Judged {
  if (!decision.outcome.ok) return decision;
  const value = { environmentId: event.environmentId, at: now, by, events: [event] };
  return { ...decision, writes: [...decision.writes, { kind: 'append', entity: 'audit', value }] };
}
