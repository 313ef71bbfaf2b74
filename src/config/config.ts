import type { Millis } from '../kernel/clock.js';
import type { DestinationRules } from '../kernel/destination.js';
import type { Uuid } from '../kernel/ids.js';
import type { Redacted } from '../kernel/sealed.js';
import type { NUMBER_TYPES } from './limit-options.js';
import type { NotificationsConfig } from './phone-accounts.js';
import type { Mode, SettingValue } from './read.js';

/** What a server is told before it starts. Alternatives are unions; secrets cannot be printed. */
export interface Config {
  readonly mode: Mode;
  readonly listen: { readonly host: string; readonly port: number };
  /** The public base URLs, without a trailing slash; absent = the address listened on. */
  readonly urls: BaseUrls | undefined;
  /** The base of the public addresses of images, without a trailing slash; absent: `authPath`. */
  readonly imageUrl: string | undefined;
  /** The environment that is meant where a path of OpenID names none (`00` §1.2); absent: none is. */
  readonly domainEnvironment: Uuid | undefined;
  /** Absent: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Absent: no metadata of authenticators beside what environments have added. */
  readonly fidoMetadata: FidoMetadataConfig | undefined;
  readonly database: DatabaseConfig;
  readonly masterKey: MasterKey;
  /** Environments in which test devices are allowed (`10` §4.4). */
  readonly testModeEnvironments: 'all' | readonly Uuid[];
  /** Exact origins, or every loopback origin (`00` §3.7, SEC-57). */
  readonly corsOrigins: 'loopback' | readonly string[];
  readonly logLevel: LogLevel;
  /** Where `GET /metrics` answers; absent: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** The collector's address for traces, `…/v1/traces`; absent: none are made. */
  readonly traceUrl: string | undefined;
  readonly readyFile: string | undefined;
  readonly seedFile: string | undefined;
  /** Where webhooks may be sent to, and key sets of clients fetched (SEC-59). */
  readonly outbound: DestinationRules;
  /** Age beyond which records of the audit trail are purged (SEC-74). */
  readonly auditRetention: Millis;
  /** How long the secret that `bootstrap` prints is good (SEC-51). */
  readonly bootstrapSecretLife: Millis;
  /** Between `SIGTERM` and the moment the server takes no more connections (SEC-84). */
  readonly shutdownGrace: Millis;
  /** Whether an assertion of a client is good more than once (`00` §5.1). */
  readonly reusesAssertions: boolean;
  /** Whether the extension is there (decision 16). */
  readonly recoveryCodes: boolean;
  readonly limits: LimitsConfig;
  readonly notifications: NotificationsConfig;
  /** The values of the gateways' own rows, by option name. */
  readonly gateways: Readonly<Record<string, SettingValue | undefined>>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** `{apiPath}` and `{authPath}` of the reference (`00` §1.3). */
export interface BaseUrls {
  /** Ends in `/v1`. */
  readonly apiPath: string;
  readonly authPath: string;
}

/** Where the certificate comes from. */
export type TlsConfig =
  /** From a private authority, in development; kept in the directory, or forgotten without one. Names without those of the machine. */
  | { readonly kind: 'made'; readonly names: readonly string[]; readonly directory?: string }
  /** From PEM files, read again when they change. */
  | { readonly kind: 'given'; readonly certificate: string; readonly key: string };

export type DatabaseConfig =
  | {
      readonly kind: 'sqlite';
      /** The directory that holds it; absent for `:memory:`. */
      readonly directory?: string;
      readonly file: string;
    }
  | { readonly kind: 'postgres'; readonly url: Redacted<string>; readonly poolSize: number };

/** Where the master key comes from. */
export type MasterKey =
  /** The first wraps; the others only unwrap, while a master key is being replaced. */
  | { readonly kind: 'given'; readonly keys: readonly Redacted<Buffer>[] }
  /** Printed by a program, which is started without a shell: its path and arguments. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  /** In production only for commands that open no secret; the rest exists in development only. */
  | { readonly kind: 'missing' }
  /** Made once and kept beside the embedded database. */
  | { readonly kind: 'keptInFile'; readonly file: string }
  /** Forgotten with `:memory:`. */
  | { readonly kind: 'forgotten' }
  /** A published constant, so that all processes of one development database have the same. */
  | { readonly kind: 'published' };

/** What may be sent and asked for (`docs/limits.md`). Numbers are upper bounds; 0 = none is set. */
export interface LimitsConfig {
  /** What a policy may let a code live at most, where it is bounded beyond the reference (SEC-08). */
  readonly longestLifeTime?: Millis;
  /** Steps before and after now of which a passcode is taken at most, where the policy allows more (SEC-22). */
  readonly widestPasscodeWindow?: number;
  /** Whether a page that runs a FIDO2 ceremony must be on the relying party's very host, no subdomain of it (SEC-25). */
  readonly exactOrigins: boolean;
  /** Per contact, and per number prefix (SEC-36, SEC-38). */
  readonly send: {
    readonly unconfirmed: number;
    readonly hourly: number;
    readonly daily: number;
    readonly pause: Millis;
    readonly prefix: number;
  };
  /** Empty: the numbering plans are not asked (SEC-37). */
  readonly refusedNumberTypes: readonly (typeof NUMBER_TYPES)[number][];
  /** Failures of a user in 30 days (SEC-19). */
  readonly failureAlarm: number;
  readonly requests: RequestLimits;
}

/** What one server process takes (SEC-50, SEC-85, SEC-87). */
export interface RequestLimits {
  /** Per second, client and environment. */
  readonly clientRate: number;
  /** The same for starting device authentications. */
  readonly flowRate: number;
  /** Requests being worked on. */
  readonly atOnce: number;
  /** Of `atOnce`, for one environment; 0 to 1. */
  readonly tenantShare: number;
  /** Wrong client secrets or assertions before further ones wait. */
  readonly tokenFailures: number;
  /** Addresses and networks whose `X-Forwarded-For` is believed (SEC-56). */
  readonly trustedProxies: readonly string[];
}

/** Where the FIDO metadata is, and whom it is believed by. */
export interface FidoMetadataConfig {
  /** A path, or an https URL. */
  readonly source: string;
  /** PEM file of roots in place of the FIDO Alliance's. */
  readonly root?: string;
}
