import type { InboxStore } from '../../inbox/port.js';
import type { Millis } from '../../kernel/clock.js';
import type { Store } from '../port.js';
import type { Engine, EngineOptions } from './engine.js';
import { createInboxStore } from './inbox.js';
import { environmentsPage, usersPage } from './lists.js';
import { createOutbox } from './outbox.js';
import { purge } from './purge.js';
import { ask, type Statement } from './statement.js';
import { findDocument, listDocuments, toDocument } from './tables/documents.js';

/** Beyond this the host's clock and the database's disagree too much for tokens and codes to live side by side (SEC-20). */
const MAX_SKEW: Millis = 2_000;

export type SqlStore = Store & { readonly inbox: InboxStore };

/** The store over either database. `claimable` is the one statement besides the load that the dialects word differently. */
export function createStore(engine: Engine, claimable: Statement, options: EngineOptions): SqlStore {
  return {
    transact: (plan, decide) => engine.transact(plan, decide),
    load: (plan) => engine.load(plan),
    environments: (page) => engine.read(() => environmentsPage(page)),
    users: (environmentId, page) => engine.read(() => usersPage(environmentId, page)),
    documents: (environment, kind) =>
      engine.read(function* () {
        return (yield* ask(listDocuments, { environment, kind })).rows.map((row) => toDocument(row, 0));
      }),
    findDocument: (kind, id) =>
      engine.read(function* () {
        const [row] = (yield* ask(findDocument, { kind, id })).rows;
        return row && toDocument(row, 0);
      }),
    outbox: createOutbox(engine, claimable, options.processId),
    inbox: createInboxStore(engine, options.vault),
    purge: (limit) => purge(engine, limit),
    async check() {
      const reason = await engine.unwritable();
      if (reason !== undefined) return { ready: false, reason };
      const skew = await engine.read(() => engine.time.skew());
      if (skew <= MAX_SKEW) return { ready: true };
      return {
        ready: false,
        reason: `this host's clock is ${Math.round(skew)} ms away from the database's; synchronise it (NTP)`,
      };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
