import type { KeyTable } from '../../kernel/data-keys.js';
import type { Environment, EnvironmentId, StoredDocument } from '../../platform/model.js';
import type { Configuration } from '../../policies/model.js';
import { loadDataKeys } from './data-keys.js';
import { ask, type Script } from './statement.js';
import { DOCUMENT_COLUMNS, selectConfiguration, toDocument } from './tables/documents.js';
import { ENVIRONMENT_COLUMNS, toEnvironment } from './tables/environments.js';

export type ParseConfiguration = (
  environmentId: EnvironmentId,
  version: number,
  documents: readonly StoredDocument[],
) => Configuration;

/** An environment and what its documents mean, of one `configVersion`. */
export interface Configured {
  readonly environment: Environment;
  readonly configuration: Configuration;
}

const CACHED_ENVIRONMENTS = 2_000;

/**
 * Parsed configurations by environment and `configVersion` (`design.md` §5). Every load brings the current version, so nobody
 * decides on an old one, and nobody seals under an old key: an environment's data keys move with its `configVersion`. Beyond the bound, the environment that was read longest ago is forgotten.
 */
export class Configurations {
  readonly #parse: ParseConfiguration;
  readonly #keys: KeyTable;
  readonly #entries = new Map<string, Configured>();

  constructor(parse: ParseConfiguration, keys: KeyTable) {
    this.#parse = parse;
    this.#keys = keys;
  }

  /**
   * The configuration at `version`, or a newer one if it has moved meanwhile: still fresh, and a write of documents guards the
   * version it was decided on. `undefined` when the environment is gone.
   */
  *at(environmentId: EnvironmentId, version: number): Script<Configured | undefined> {
    const known = this.#entries.get(environmentId);
    if (known?.environment.configVersion === version) return known;
    const { rows } = yield* ask(selectConfiguration, { environment: environmentId });
    const [first] = rows;
    if (!first) return undefined;
    // Asked after the version: they are at least as new, and whatever a load has seen was sealed under one of them.
    yield* loadDataKeys(this.#keys, environmentId);
    const environment = toEnvironment(first, 0);
    const at = ENVIRONMENT_COLUMNS.length;
    const documents = rows
      .filter((row) => row[at + DOCUMENT_COLUMNS.indexOf('id')] !== null)
      .map((row) => toDocument(row, at));
    const entry = { environment, configuration: this.#parse(environmentId, environment.configVersion, documents) };
    this.#keep(entry);
    return entry;
  }

  /** After a rollback: what was read inside it may never have been committed, and its version number will be used again. */
  clear(): void {
    this.#entries.clear();
  }

  #keep(entry: Configured): void {
    const { id, configVersion } = entry.environment;
    const known = this.#entries.get(id);
    if (known && known.environment.configVersion > configVersion) return;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > CACHED_ENVIRONMENTS && oldest !== undefined) this.#entries.delete(oldest);
  }
}
