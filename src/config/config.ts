import type { Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { Redacted } from '../kernel/sealed.js';
import type { Mode, SettingValue } from './read.js';

/** What a server is told before it starts. Alternatives are unions; secrets cannot be printed. */
export interface Config {
  readonly mode: Mode;
  readonly listen: { readonly host: string; readonly port: number };
  /** The public base URLs, without a trailing slash; absent = the address listened on. */
  readonly urls: BaseUrls | undefined;
  readonly database: DatabaseConfig;
  readonly masterKey: MasterKey;
  /** Environments in which test devices are allowed (`10` §4.4). */
  readonly testModeEnvironments: 'all' | readonly Uuid[];
  /** Exact origins, or every loopback origin (`00` §3.7, SEC-57). */
  readonly corsOrigins: 'loopback' | readonly string[];
  readonly logLevel: LogLevel;
  readonly readyFile: string | undefined;
  readonly seedFile: string | undefined;
  /** Between `SIGTERM` and the moment the server takes no more connections (SEC-84). */
  readonly shutdownGrace: Millis;
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
  | { readonly kind: 'given'; readonly key: Redacted<Buffer> }
  /** In production only for commands that open no secret; the rest exists in development only. */
  | { readonly kind: 'missing' }
  /** Made once and kept beside the embedded database. */
  | { readonly kind: 'keptInFile'; readonly file: string }
  /** Forgotten with `:memory:`. */
  | { readonly kind: 'forgotten' }
  /** A published constant, so that all processes of one development database have the same. */
  | { readonly kind: 'published' };
