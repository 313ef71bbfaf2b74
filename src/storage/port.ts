import type { AuditStore } from '../audit/port.js';
import type { AuditRecord } from '../audit/record.js';
import type { DeviceAuthentication } from '../authentication/model.js';
import type { OutboxMessage } from '../delivery/message.js';
import type { Outbox } from '../delivery/port.js';
import type { RememberedBrowser } from '../devices/browsers/browser.js';
import type { DestinationUse, Device } from '../devices/model.js';
import type { OathJob } from '../devices/oath/job.js';
import type { OathToken } from '../devices/oath/token.js';
import type { RecoveryCodes } from '../devices/recovery/codes.js';
import type { Instant, Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { LicenseName } from '../platform/environments/organization.js';
import type { Group, Membership } from '../platform/groups/group.js';
import type { ImageFile } from '../platform/images/image.js';
import type {
  DocumentKind,
  DocumentRef,
  Environment,
  EnvironmentId,
  OwnerRoles,
  RevokedToken,
  StoredDocument,
  User,
  UserFactors,
} from '../platform/model.js';
import type { StoredPassword } from '../platform/passwords/password.js';
import type { UserCode } from '../platform/users/user-code.js';
import type { Configuration } from '../policies/model.js';
import type { DirectoryPlan, DirectoryReader, DirectorySnapshot, Page, PageRequest } from './directory-port.js';

export type { Page, PageRequest, UserRecord } from './directory-port.js';

/**
 * What a unit needs to see, loaded in one round trip. The environment, its configuration and the time always come with it.
 * `deviceAuthentication` brings its own user, and, when it is a one-time flow, its destination.
 */
export interface Plan {
  readonly environmentId: EnvironmentId;
  readonly deviceAuthentication?: Uuid;
  /** The user, the user's factors and devices. */
  readonly user?: Uuid;
  /** A contact by its keyed hash. */
  readonly destination?: string;
  /** Counters by their names, each once; `MOST_COUNTERS` at most. */
  readonly counters?: readonly string[];
  /** For management: single documents, or all of a kind, by creation. */
  readonly documents?: readonly DocumentRef[];
  /** The device that holds this credential now (`CredentialHolder.key`). */
  readonly credential?: string;
  /** Hardware tokens of the environment, by id or by serial number. */
  readonly oathTokens?: readonly ({ readonly id: Uuid } | { readonly serialNumber: string })[];
  /** How many hardware tokens the environment has: as new as its `configVersion`, which guards what rests on it. */
  readonly oathTokenCount?: true;
  /** An import or a revocation of hardware tokens. */
  readonly oathJob?: Uuid;
  /** Remembered browsers of `user`: one, or all. */
  readonly browsers?: Uuid | 'all';
  /** Recovery codes of this user. */
  readonly recoveryCodes?: Uuid;
  /** The user who holds this name now (compared case-insensitively). */
  readonly username?: string;
  /** Rows that only the management of users and groups needs. */
  readonly directory?: DirectoryPlan;
  /** The environment of an organization that has this name now. Looked for whether or not the plan's environment is there. */
  readonly environmentName?: Pick<Environment, 'organizationId' | 'name'>;
}

/** What was there, at one instant. Absent = does not exist. Objects of another environment do not exist (SEC-42). */
export interface Snapshot {
  /** The store's time, never behind anything that was stored (SEC-20). */
  readonly now: Instant;
  readonly environment?: Environment;
  /** Present whenever the environment is. */
  readonly configuration?: Configuration;
  readonly deviceAuthentication?: DeviceAuthentication;
  readonly user?: User;
  /** Present whenever the user is. */
  readonly factors?: UserFactors;
  /** By creation, oldest first. */
  readonly devices: readonly Device[];
  /** Present for a plan with `destination` or a one-time flow; version 0 = no row yet. */
  readonly destination?: DestinationUse;
  /** Present for a plan with `counters`, in its order; 0 that ended long ago = no row yet. */
  readonly counters?: readonly Counter[];
  readonly documents: readonly StoredDocument[];
  readonly usernameHolder?: Uuid;
  /** Present for a plan with `directory`. */
  readonly directory?: DirectorySnapshot;
  readonly environmentNameHolder?: EnvironmentId;
  /** Present for a plan with `oathTokens`: those of them that are there. */
  readonly oathTokens?: readonly OathToken[];
  /** Present for a plan with `oathTokenCount`. */
  readonly oathTokenCount?: number;
  readonly oathJob?: OathJob;
  /** Present for a plan with `browsers`: those of them that are there, oldest first. */
  readonly browsers?: readonly RememberedBrowser[];
  /** Present for a plan with `recoveryCodes`; version 0 = no row yet. */
  readonly recoveryCodes?: RecoveryCodes;
  readonly credentialHolder?: CredentialHolder;
}

/** Whose a FIDO credential is: its key names it, once in an environment, and goes with the device. */
export interface CredentialHolder {
  readonly environmentId: EnvironmentId;
  /** SHA-256 of the credential id, base64url. */
  readonly key: string;
  readonly userId: Uuid;
  readonly deviceId: Uuid;
}

/** A number that strangers share, without a version: it begins anew once its window has ended (`design.md` §3, §12). */
export interface Counter {
  readonly name: string;
  readonly value: number;
  readonly endsAt: Instant;
}

/** Counters that a plan may name: every load joins each of them. */
export const MOST_COUNTERS = 3;

/** A counter with its terms: whoever begins it, or fills it to `bound`, lets it stand until `endsAt`. Without a bound nobody is refused. */
export interface CounterTerms {
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly endsAt: Instant;
  readonly bound?: number;
}

/** Something that was added to a counter and is no longer to be in it: at `since`, in a window of this length. */
export interface CounterRelease {
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly since: Instant;
  readonly window: Millis;
  /** A counter that was filled to it stands as it is; absent: whatever it holds. */
  readonly bound?: number;
}

/**
 * A write set is plain data. An `update` or `expect` guards the version it carries: when it has moved, the unit is loaded and
 * decided again. `value` carries the version that was loaded; the store stores version + 1.
 */
export type Write =
  | { readonly kind: 'insert'; readonly entity: 'deviceAuthentication'; readonly value: DeviceAuthentication }
  | { readonly kind: 'update'; readonly entity: 'deviceAuthentication'; readonly value: DeviceAuthentication }
  /** The username is its unique key inside the environment; inserting a user inserts the factors row with it. */
  | { readonly kind: 'insert'; readonly entity: 'user'; readonly value: User; readonly factors: UserFactors }
  /** A username that changes is unique as one that is inserted. */
  | { readonly kind: 'update'; readonly entity: 'user'; readonly value: User }
  | { readonly kind: 'expect'; readonly entity: 'user'; readonly value: User }
  /** With factors, devices, password, codes, roles and memberships. */
  | { readonly kind: 'delete'; readonly entity: 'user'; readonly value: User }
  /** A row under the user's version: only beside an update of that user; anything else is a fault. */
  | { readonly kind: 'put' | 'delete'; readonly entity: 'password'; readonly value: StoredPassword }
  /** Of a licence, which stands above environments: whoever writes last names it. `environmentId`: whose trail tells. */
  | {
      readonly kind: 'put';
      readonly entity: 'licenseName';
      readonly value: LicenseName & { readonly environmentId: EnvironmentId };
    }
  /** As a password. */
  | { readonly kind: 'put' | 'delete'; readonly entity: 'userCode'; readonly value: UserCode }
  /** Rows under the version of the user or group that they are of: only beside an update of it; anything else is a fault. */
  | { readonly kind: 'put'; readonly entity: 'roles'; readonly value: OwnerRoles }
  /** The name is its unique key inside the environment; one that changes too. Deleting it ends its memberships. */
  | { readonly kind: 'insert' | 'update' | 'expect' | 'delete'; readonly entity: 'group'; readonly value: Group }
  /** Beside an expected group and, to add, an expected user: neither goes meanwhile. */
  | { readonly kind: 'put' | 'delete'; readonly entity: 'membership'; readonly value: Membership }
  | { readonly kind: 'update'; readonly entity: 'factors'; readonly value: UserFactors }
  | { readonly kind: 'expect'; readonly entity: 'factors'; readonly value: UserFactors }
  /** Rows under the factors' version: only beside an update of that user's factors; anything else is a fault. */
  | { readonly kind: 'put'; readonly entity: 'device'; readonly value: Device }
  | { readonly kind: 'delete'; readonly entity: 'device'; readonly value: Device }
  /** Beside its device. A key that was taken meanwhile means: load and decide again. */
  | { readonly kind: 'insert'; readonly entity: 'credential'; readonly value: CredentialHolder }
  /** Version 0 inserts. */
  | { readonly kind: 'update'; readonly entity: 'destination'; readonly value: DestinationUse }
  /** Version 0 expects that there is still no row. */
  | { readonly kind: 'expect'; readonly entity: 'destination'; readonly value: DestinationUse }
  /** The serial number is its unique key inside the environment; where it may be taken, the plan names it. */
  | {
      readonly kind: 'insert' | 'update' | 'expect' | 'delete';
      readonly entity: 'oathToken';
      readonly value: OathToken;
    }
  | { readonly kind: 'insert' | 'update'; readonly entity: 'oathJob'; readonly value: OathJob }
  /** A new one hangs on its user, who is expected beside it. */
  | { readonly kind: 'insert' | 'expect' | 'delete'; readonly entity: 'browser'; readonly value: RememberedBrowser }
  /** Version 0 inserts, beside its user, who is expected. */
  | { readonly kind: 'update' | 'delete'; readonly entity: 'recoveryCodes'; readonly value: RecoveryCodes }
  /** Creates the environment at `configVersion` 1; its first documents follow in the same write set. Its name is unique in its organization. */
  | { readonly kind: 'insert'; readonly entity: 'environment'; readonly value: Environment }
  /** Guards and raises its `configVersion`, as a document's write does; it stands before those of its documents. A name that changes is unique as a new one. */
  | { readonly kind: 'update'; readonly entity: 'environment'; readonly value: Environment }
  /** With all that belongs to it: gone at once for everybody, its rows in small steps (`Store.purge`). The trail stays for its time. */
  | { readonly kind: 'delete'; readonly entity: 'environment'; readonly value: Environment }
  /** A document's write guards and raises the environment's `configVersion`, once per write set. */
  | { readonly kind: 'put'; readonly entity: 'document'; readonly value: StoredDocument }
  | {
      readonly kind: 'delete';
      readonly entity: 'document';
      readonly value: Pick<StoredDocument, 'environmentId' | 'kind' | 'id'>;
    }
  /** One more. A full counter means: load and decide again; whoever adds to one with a bound has loaded it, and refuses where it is full. */
  | { readonly kind: 'add'; readonly entity: 'counter'; readonly value: CounterTerms }
  /** One fewer of what was added at `since`, unless that window has ended. */
  | { readonly kind: 'release'; readonly entity: 'counter'; readonly value: CounterRelease }
  /** Beside the document of its image. */
  | { readonly kind: 'insert'; readonly entity: 'imageFile'; readonly value: ImageFile }
  | { readonly kind: 'delete'; readonly entity: 'imageFile'; readonly value: Pick<ImageFile, 'environmentId' | 'id'> }
  /** Again is as once. */
  | { readonly kind: 'put'; readonly entity: 'revokedToken'; readonly value: RevokedToken }
  | { readonly kind: 'append'; readonly entity: 'outbox'; readonly value: OutboxMessage }
  /** On record in the same commit, or nothing of the write set happens (SEC-73, SEC-82). */
  | { readonly kind: 'append'; readonly entity: 'audit'; readonly value: AuditRecord };

/** What is to be written, and what is to be answered once it is durable. A rejection commits its writes too. */
export interface Decided<O> {
  readonly writes: readonly Write[];
  readonly outcome: O;
  readonly needs?: undefined;
}

/**
 * What must be seen before anything can be decided: the store adds it to the plan, loads and decides again. For what only a load can
 * tell, such as the contact of the device that a policy selects.
 */
export interface Undecided {
  readonly needs: Pick<Plan, 'destination' | 'counters' | 'oathTokens' | 'recoveryCodes'>;
}

/** What a pure decision returns. */
export type Decision<O> = Decided<O> | Undecided;

export interface Reader extends DirectoryReader {
  /** The same load that `transact` makes, deciding and writing nothing. */
  load(plan: Plan): Promise<Snapshot>;
  environments(page: Omit<PageRequest, 'before'>): Promise<Page<Environment>>;
  licenseNames(): Promise<readonly LicenseName[]>;
  oathTokens(environmentId: EnvironmentId, page: PageRequest): Promise<Page<OathToken>>;
  /** Those that the reference names, by creation, oldest first. */
  documents(environmentId: EnvironmentId, of: DocumentRef): Promise<readonly StoredDocument[]>;
  /** The environment that holds the document, for look-ups by client id alone (`00` §1.2). */
  findDocument(kind: DocumentKind, id: Uuid): Promise<StoredDocument | undefined>;
  /** Of an environment that is there. */
  imageFile(environmentId: EnvironmentId, id: Uuid): Promise<ImageFile | undefined>;
  /** Whether the access token of this id (`jti`) was revoked; once its own time is over, nobody knows. */
  isRevoked(environmentId: EnvironmentId, id: Uuid): Promise<boolean>;
}

/** The only way to write (`style.md` §5): load what the plan names, decide, commit; settled once durable. */
export interface Store extends Reader, AsyncDisposable {
  /**
   * `decide` is pure and may run several times; only the last run counts. A moved version, a taken username or credential means: load and
   * decide again. Throws `StoreError` (`store-error.ts`; 503 or 429 on the wire) having revealed nothing.
   */
  transact<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O>;
  readonly outbox: Outbox;
  readonly audit: AuditStore;
  /** Deletes what is past its time, in small steps: flows, settled outbox rows, pending devices, all of environments that are gone. Returns rows removed; 0 = done. */
  purge(limit: number): Promise<number>;
  /** Writable, migrated, clock within bounds (SEC-83). The reason, for the log, when not. */
  check(): Promise<{ readonly ready: true } | { readonly ready: false; readonly reason: string }>;
}

/** What a store has done since it was opened, and what it has before it; for metrics, read when they are asked for. */
export interface StoreStats {
  readonly database: 'sqlite' | 'postgres';
  /** Units that wait for their turn. */
  readonly waiting: number;
  /** Commits, the units in them, and commits by how many units they held: `[most units, commits]`, the last without a bound. */
  readonly batches: number;
  readonly units: number;
  readonly batchSizes: readonly (readonly [number, number])[];
  /** Units decided again because another process had been first, and done again because the database had undone them. */
  readonly conflicts: number;
  readonly repeats: number;
  /** Units and loads that ended in a `StoreError`, by its reason, or in a fault. */
  readonly failures: Readonly<Record<'busy' | 'unavailable' | 'unknownCommit' | 'fault', number>>;
  /** Connections to the database server; absent for the embedded one. */
  readonly connections?: { readonly open: number; readonly idle: number };
}

/** Messages that are neither sent nor given up, whoever holds them; counted up to a bound. */
export interface Backlog {
  readonly messages: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldest: Millis;
  /** Subscriptions whose receiver did not take what was sent last, and the age of the oldest event that waits for one. */
  readonly webhooks: { readonly count: number; readonly oldest: Millis };
}
