import type { Instant } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { Protected } from '../kernel/sealed.js';

export type EnvironmentId = Uuid;
export type UserId = Uuid;
export type PopulationId = Uuid;
export type ApplicationId = Uuid;

/** A tenant (wire: `00` §7.1). `configVersion` rises with every write to its configuration documents (`design.md` §3). */
export interface Environment {
  readonly id: EnvironmentId;
  readonly configVersion: number;
  readonly name: string;
  readonly description?: string;
  readonly type: 'PRODUCTION' | 'SANDBOX';
  /** A region code of `00` §1.1. */
  readonly region: string;
  readonly organizationId: Uuid;
  readonly licenseId: Uuid;
  readonly defaultPopulationId: PopulationId;
  readonly icon?: string;
  /** Announced to be deleted at this time; it can be used until it is (wire: `00` §7.1, `DELETE_PENDING`). */
  readonly softDeletedAt?: Instant;
  /** As it was sent, and when; absent: the factory's. */
  readonly billOfMaterials?: { readonly document: JsonObject; readonly updatedAt: Instant };
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Kinds of configuration document; one row each in one table, each guarded by its environment's `configVersion`. */
export type DocumentKind =
  | 'alertChannel'
  | 'application'
  | 'brandingSettings'
  | 'certificate'
  | 'deviceAuthenticationPolicy'
  | 'emailDeliverySettings'
  | 'emailDomain'
  | 'fido2Policy'
  | 'fidoDeviceMetadata'
  | 'fidoPolicy'
  | 'gateway'
  | 'grant'
  | 'identityProvider'
  | 'identityProviderAttribute'
  | 'image'
  | 'key'
  | 'keyRotationPolicy'
  | 'language'
  | 'mfaSettings'
  | 'notificationsPolicy'
  | 'notificationsSettings'
  | 'passwordPolicy'
  | 'phoneDeliverySettings'
  | 'population'
  | 'pushCredentials'
  | 'resource'
  | 'resourceAttribute'
  | 'roleAssignment'
  | 'scope'
  /** How far a seed's users have come (`cli/seed/provision.ts`). */
  | 'seedProgress'
  | 'signingKey'
  | 'signOnPolicy'
  | 'signOnPolicyAction'
  | 'signOnPolicyAssignment'
  | 'subscription'
  | 'templateContent'
  | 'theme'
  | 'trustedEmail';

/** Documents that a rule looks at: one, all of a kind, or all of a kind below one parent. */
export type DocumentRef =
  | { readonly kind: DocumentKind; readonly id: Uuid; readonly parent?: undefined }
  | { readonly kind: DocumentKind; readonly id?: undefined; readonly parent?: string };

/** A configuration document: the part the API shows, and at most one secret beside it. */
export interface StoredDocument {
  readonly environmentId: EnvironmentId;
  readonly kind: DocumentKind;
  readonly id: Uuid;
  /** What it stands below, by id or name: an application for its push credentials. */
  readonly parent?: string;
  readonly body: JsonObject;
  readonly secret?: Protected;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** Profile attributes that the API shows as they were sent (wire: `00` §8.2). */
export type UserProfile = JsonObject;

/** A person (wire: `00` §8). */
export interface User {
  readonly id: UserId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  readonly populationId: PopulationId;
  readonly username: string;
  readonly enabled: boolean;
  /** `email`, `name`, `mobilePhone`, `preferredLanguage`, …, and attributes of the environment's own. */
  readonly profile: UserProfile;
  /** Absent: no. */
  readonly emailVerified?: boolean;
  /** The provider that the user comes from; absent: this server (wire: `00` §8.2). */
  readonly identityProvider?: { readonly id: Uuid; readonly type: string };
  /** `lifecycle.status` is `VERIFICATION_REQUIRED`: no authentication until a code has verified the account (wire: `00` §8.3). */
  readonly unverified?: true;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** An account lock; without `unlockAt` it lasts until an administrator ends it (wire: `00` §8.6, `30` §3.3). */
export interface AccountLock {
  readonly lockedAt: Instant;
  readonly unlockAt?: Instant;
}

/**
 * What decides whether a user's factors may be used, beside the devices themselves, which are rows of their own under this
 * one's `version`: a write of a device always updates this row too (`design.md` §3).
 */
export interface UserFactors {
  readonly userId: UserId;
  readonly environmentId: EnvironmentId;
  readonly version: number;
  readonly mfaEnabled: boolean;
  /** Incorrect MFA actions since the last completed check, unlock or lock's end (`10` §9.4). */
  readonly lockoutFailures: number;
  readonly accountLock?: AccountLock;
  /** Until when relying parties may let the user in without MFA (wire: `20` §14). */
  readonly bypassUntil?: Instant;
  /** Consecutive failures per factor type; at 100 the type is locked until unlocked (SEC-13). Absent = 0. */
  readonly ceilings: Readonly<Record<string, number>>;
  /** Failures by day (days since 1970) of the last 30; neither success nor unlock clears them (SEC-19). Absent: none. */
  readonly recentFailures?: Readonly<Record<string, number>>;
  /**
   * How often the account (`account`) or a factor type (by its ceiling) has been locked. A code issued under an earlier number is
   * dead, also once the lock has ended (SEC-16). Absent = 0.
   */
  readonly lockEpochs: Readonly<Record<string, number>>;
  /** Ids of the active devices, the default first; `null`: the user has no order (`20` §12). */
  readonly deviceOrder: readonly Uuid[] | null;
}

export type TokenEndpointAuthMethod =
  | 'NONE'
  | 'CLIENT_SECRET_BASIC'
  | 'CLIENT_SECRET_POST'
  | 'CLIENT_SECRET_JWT'
  | 'PRIVATE_KEY_JWT';

export type RoleName =
  | 'Organization Admin'
  | 'Environment Admin'
  | 'Identity Data Admin'
  | 'Identity Data Read Only'
  | 'Client Application Developer'
  | 'Configuration Read Only'
  | 'Application Owner'
  // Of what this server has not got: they exist by their names.
  | 'Custom Roles Admin'
  | 'Help Desk Admin'
  | 'DaVinci Admin'
  | 'DaVinci Admin Read Only'
  | 'PingFederate Administrator'
  | 'PingFederate Auditor'
  | 'PingFederate Crypto Administrator'
  | 'PingFederate Expression Administrator'
  | 'PingFederate User Administrator'
  | 'Advanced Identity Cloud Super Admin'
  | 'Advanced Identity Cloud Tenant Admin'
  | 'Authorize Gateway Policy Evaluator';

export interface RoleAssignment {
  readonly role: RoleName;
  readonly scope: { readonly type: 'ORGANIZATION' | 'ENVIRONMENT' | 'POPULATION' | 'APPLICATION'; readonly id: Uuid };
}

/** The roles of a user or a group, beside them and under their version. */
export interface OwnerRoles {
  readonly environmentId: EnvironmentId;
  readonly ownerId: Uuid;
  readonly roles: readonly RoleAssignment[];
}

/** An OAuth client (wire: `00` §9). Its id is its `client_id`. */
export interface Application {
  readonly id: ApplicationId;
  readonly environmentId: EnvironmentId;
  readonly name: string;
  /** One of `00` §9.2; only a `WORKER` has tokens of its own. */
  readonly type: string;
  readonly enabled: boolean;
  readonly tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  /** Its grant types have client credentials among them. */
  readonly mayActForItself: boolean;
  /** A key set (RFC 7517) of its own, as text. */
  readonly jwks?: string;
  /** Where such a set is read, by https; the application's own `jwks` goes before it. */
  readonly jwksUrl?: string;
  /** The demo client of `postern dev` only: its secret is taken by Basic and by form. */
  readonly anySecretMethod?: true;
  readonly roles: readonly RoleAssignment[];
}

/** An access token that was revoked, until its own time is over (RFC 7009). */
export interface RevokedToken {
  readonly environmentId: EnvironmentId;
  /** Its `jti`. */
  readonly id: Uuid;
  readonly expiresAt: Instant;
}

/** Who is calling: a worker application whose token was verified. */
export interface Actor {
  readonly kind: 'worker';
  readonly applicationId: ApplicationId;
  readonly environmentId: EnvironmentId;
  readonly roles: readonly RoleAssignment[];
}
