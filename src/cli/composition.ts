import type { BaseUrls, Config } from '../config/config.js';
import type { OptionGroup } from '../config/docs.js';
import type { GatewayTable } from '../config/load.js';
import type { Sources } from '../config/read.js';
import type { Channel } from '../delivery/message.js';
import type { Clock, Millis } from '../kernel/clock.js';
import type { AuditKeys, Digests, WebhookKeys } from '../kernel/keys.js';
import type { Logger } from '../kernel/log.js';
import type { Random } from '../kernel/random.js';
import type { KeyAdmin } from '../storage/keys-port.js';
import type { Store } from '../storage/port.js';
import type { Terminal } from './terminal.js';
import type { WorldFacts } from './world-facts.js';

/** A server that was put together and does not listen yet. */
export interface Server extends AsyncDisposable {
  readonly urls: BaseUrls;
  readonly store: Store;
  readonly random: Random;
  readonly clock: Clock;
  readonly digests: Digests;
  readonly logger: Logger;
  /** Channels without a way out: devices of these types are refused (`10` §13A). */
  readonly unserved: readonly Channel[];
  /** Channels whose messages leave for whomever they are addressed to, past the inbox. */
  readonly outward: readonly Channel[];
  /** What a developer should know of it. */
  readonly notices: readonly string[];
  /** How its clients come to trust it, when it serves https with a certificate of its own making. */
  readonly trust?: Trust;
  /** Looks at once whether there is another certificate to serve with. */
  readonly renewCertificate?: () => void;
  listen(): Promise<void>;
  /** Not ready at once, then no new requests; resolves when those in flight have their answers (SEC-84). */
  drain(): Promise<void>;
}

/** What clients of a development server with a private authority have to be told. */
export interface Trust {
  /** The authority's certificate, PEM; an absolute path. */
  readonly authorityFile: string;
  /** A line for the hosts file, when names have to be resolved by it. */
  readonly hostsLine?: string;
}

/** A database that is to be filled, and what that takes. */
export interface Filling extends Pick<Server, 'store' | 'random' | 'digests' | 'urls'> {
  /** Does it again, a few times, where the store could not: for work that finds out what became of the try before. */
  readonly persistently: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Fills a database, and tells what with. */
export type Populate = (parts: Filling) => Promise<WorldFacts>;

/** What the commands are handed by whoever starts them (`main.ts`): they know no database, no engine, no gateway. */
export interface Composition {
  readonly version: string;
  readonly optionGroups: readonly OptionGroup[];
  readonly gatewayTable: GatewayTable;
  /** `populate` runs once the database is open and before anything is served; what it returns is shown by the inbox's page. */
  createServer(config: Config, populate?: Populate): Promise<Server>;
  /** The database alone, for commands that serve nothing. */
  openStore(config: Config): Promise<
    Filling & {
      readonly audit: AuditKeys;
      readonly webhooks: WebhookKeys;
    } & AsyncDisposable
  >;
  /** The keys of a database, through the server that has it if another process may not. */
  openKeys(config: Config): Promise<{ readonly keys: KeyAdmin } & AsyncDisposable>;
  /** Copies the embedded database into a new file, through the server that has it if one does; gives the copy's length in bytes. */
  backUp(config: Config, target: string): Promise<number>;
  migrate(config: Config): Promise<void>;
  sources(flags: ReadonlyMap<string, string>): Sources;
  readonly terminal: Terminal;
  readonly signals: Signals;
}

/** The signals that ask a process to end. */
export interface Signals {
  /** Calls back at each one; returns what stops that. `SIGHUP` is one of them unless it has a meaning of its own. */
  onEnd(listener: (signal: 'SIGINT' | 'SIGTERM') => void, onHangUp?: () => void): () => void;
  /** Ends the process after this time if something still holds it. */
  endWithin(time: Millis): void;
  /** Calls back when the process is about to end, however it came to it; only synchronous work is done. */
  onExit(listener: () => void): () => void;
}
