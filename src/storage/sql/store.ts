import type { InboxStore } from '../../inbox/port.js';
import type { Millis } from '../../kernel/clock.js';
import { Sealed } from '../../kernel/sealed.js';
import type { StoredDocument } from '../../platform/model.js';
import type { KeyAdmin } from '../keys-port.js';
import type { Store } from '../port.js';
import { withKeysFor } from './data-keys.js';
import type { Engine, EngineOptions } from './engine.js';
import { createInboxStore } from './inbox.js';
import { createKeyAdmin } from './key-rotation.js';
import { environmentsPage, usersPage } from './lists.js';
import { createOutbox } from './outbox.js';
import { purge } from './purge.js';
import { sealedColumns } from './sealed-columns.js';
import { ask } from './statement.js';
import { findDocument, listDocuments, toDocument } from './tables/documents.js';
import { selectClaimable } from './tables/outbox.js';

/** Beyond this the host's clock and the database's disagree too much for tokens and codes to live side by side (SEC-20). */
const MAX_SKEW: Millis = 2_000;

export type SqlStore = Store & { readonly inbox: InboxStore; readonly keys: KeyAdmin };

/** The store over either database. `lock` is what passes over rows that another process is writing, where there are others. */
export function createStore(engine: Engine, lock: string, options: EngineOptions): SqlStore {
  return {
    transact: (plan, decide) => engine.transact(plan, decide),
    load: (plan) => engine.load(plan),
    environments: (page) => engine.read(() => environmentsPage(page)),
    users: (environmentId, page) => engine.read(() => usersPage(environmentId, page)),
    documents: (environment, kind) =>
      engine.read(function* () {
        const found = (yield* ask(listDocuments, { environment, kind })).rows.map((row) => toDocument(row, 0));
        return yield* withKeysFor(options.vault.keys, found, (documents) => documents.map(sealedPart));
      }),
    findDocument: (kind, id) =>
      engine.read(function* () {
        const [row] = (yield* ask(findDocument, { kind, id })).rows;
        const found = row && toDocument(row, 0);
        return yield* withKeysFor(options.vault.keys, found, (document) => [document && sealedPart(document)]);
      }),
    outbox: createOutbox(engine, selectClaimable(lock), options.processId, options.vault.keys),
    inbox: createInboxStore(engine, options.vault),
    keys: createKeyAdmin(engine, options.vault, sealedColumns(lock), options.settle ?? engine.settle),
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

const sealedPart = ({ secret }: StoredDocument): Sealed | undefined => (secret instanceof Sealed ? secret : undefined);
