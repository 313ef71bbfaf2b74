import type { DeviceAuthentication } from '../../../authentication/model.js';
import type { DestinationUse } from '../../../devices/model.js';
import type { Instant } from '../../../kernel/clock.js';
import { unreachable } from '../../../kernel/outcome.js';
import type { Plan, Snapshot, Write } from '../../port.js';
import type { Configured } from '../configurations.js';
import { assembled, type Parts, type Person } from '../snapshot.js';

/** Rows kept of each kind; beyond it, the one that came first goes. A few thousand bytes each. */
const KEPT = 4_096;

/**
 * What the last units of the embedded database read or wrote, decoded. One process with one connection writes that file
 * (SEC-77), so this is not a cache that may be stale: every unit tells it what it wrote, and a rollback empties it. What it does
 * not hold is read from the file, and so is whatever a plan names beside flow, user and destination.
 *
 * It spares a create and a check their reads: the check's flow is what the create inserted, the user is the same.
 */
export class SqliteMemory {
  readonly #environments = new Map<string, Configured>();
  readonly #flows = new Kept<DeviceAuthentication>();
  readonly #people = new Kept<Person>();
  readonly #destinations = new Kept<DestinationUse>();

  /** The snapshot of a plan, if all that it names is here. */
  recall(plan: Plan, now: Instant): Snapshot | undefined {
    const { environmentId } = plan;
    if (isReadFromFile(plan)) return undefined;
    const configured = this.#environments.get(environmentId);
    if (!configured) return undefined;
    const parts: { -readonly [K in keyof Parts]: Parts[K] } = { documents: [] };
    let userId = plan.user;
    let contactKey = plan.destination;
    if (plan.deviceAuthentication !== undefined) {
      const flow = this.#flows.get(environmentId, plan.deviceAuthentication);
      if (!flow) return undefined;
      parts.deviceAuthentication = flow;
      if (!flow.isDiscovered) userId ??= flow.userId;
      contactKey ??= flow.state.selected?.contactKey;
    }
    if (userId !== undefined) {
      const person = this.#people.get(environmentId, userId);
      if (!person) return undefined;
      parts.person = person;
    }
    if (contactKey !== undefined) {
      const destination = this.#destinations.get(environmentId, contactKey);
      if (!destination) return undefined;
      parts.destination = destination;
    }
    return assembled(now, configured, parts);
  }

  /** Keeps what was read from the file, inside this very turn. */
  learn(environmentId: string, snapshot: Snapshot): void {
    const { environment, configuration, deviceAuthentication, user, factors, devices, destination } = snapshot;
    if (!environment || !configuration) return;
    if (this.#environments.size >= KEPT) this.#environments.clear();
    this.#environments.set(environmentId, { environment, configuration });
    if (deviceAuthentication) this.#flows.set(environmentId, deviceAuthentication.id, deviceAuthentication);
    if (user && factors) this.#people.set(environmentId, user.id, { user, factors, devices });
    if (destination) this.#destinations.set(environmentId, destination.contactKey, destination);
  }

  /** A new flow is kept as it was inserted; whatever else was written is read again by whoever needs it next. */
  wrote(environmentId: string, writes: readonly Write[]): void {
    for (const write of writes) this.#wrote(environmentId, write);
  }

  #wrote(environmentId: string, write: Write): void {
    switch (write.entity) {
      case 'deviceAuthentication':
        if (write.kind === 'insert' && write.value.version === 1)
          this.#flows.set(environmentId, write.value.id, write.value);
        else this.#flows.delete(write.value.id);
        break;
      case 'user':
        if (write.kind !== 'expect') this.#people.delete(write.value.id);
        break;
      case 'factors':
        if (write.kind !== 'expect') this.#people.delete(write.value.userId);
        break;
      case 'device':
        this.#people.delete(write.value.userId);
        break;
      case 'destination':
        if (write.kind !== 'expect') this.#destinations.delete(write.value.contactKey);
        break;
      case 'environment':
      case 'document':
        this.#environments.delete(environmentId);
        break;
      case 'oathToken':
      case 'oathJob':
      case 'browser':
      case 'recoveryCodes':
      case 'counter':
      case 'credential':
      case 'group':
      case 'imageFile':
      case 'membership':
      case 'password':
      case 'revokedToken':
      case 'userCode':
      case 'licenseName':
      case 'roles':
      case 'outbox':
      case 'audit':
        break;
      default:
        unreachable(write);
    }
  }

  /** What was read or written in a batch that was rolled back never was; what a script removed, no write set tells of. */
  forget(): void {
    this.#environments.clear();
    this.#flows.clear();
    this.#people.clear();
    this.#destinations.clear();
  }
}

/** What a plan names beside flow, user and destination. */
function isReadFromFile(plan: Plan): boolean {
  const { documents, username, counters, credential, directory, environmentName } = plan;
  const { oathTokens, oathJob, browsers, recoveryCodes } = plan;
  if (documents !== undefined || username !== undefined || counters !== undefined) return true;
  if (oathTokens !== undefined || browsers !== undefined || recoveryCodes !== undefined) return true;
  if (oathJob !== undefined) return true;
  return credential !== undefined || directory !== undefined || environmentName !== undefined;
}

/**
 * Values by id, each for its own environment only (SEC-42), bounded. Should two environments have the same id, the later value takes
 * the place of the other, which is read again: a key made of both would have to be put together and hashed for every look.
 */
class Kept<T> {
  readonly #values = new Map<string, { readonly environmentId: string; readonly value: T }>();

  get(environmentId: string, id: string): T | undefined {
    const kept = this.#values.get(id);
    return kept?.environmentId === environmentId ? kept.value : undefined;
  }

  set(environmentId: string, id: string, value: T): void {
    this.#values.set(id, { environmentId, value });
    if (this.#values.size <= KEPT) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  /** Of whichever environment: to forget too much costs a read. */
  delete(id: string): void {
    this.#values.delete(id);
  }

  clear(): void {
    this.#values.clear();
  }
}
