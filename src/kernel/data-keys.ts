import type { KeyObject } from 'node:crypto';
import { derivedKey, KEY_BYTES } from './cipher.js';
import { KeyError, type MasterKeys, type WrappedKey } from './master-keys.js';
import { createSystemRandom } from './random.js';
import type { Sealed, SealedPlace } from './sealed.js';
import { sealedUnder, sealWith } from './sealing.js';

/** A data key at work: one key per purpose. */
export interface DataKey {
  /** 0: derived from the installation's key, as everything was before there were data keys. */
  readonly generation: number;
  readonly seal: KeyObject;
  readonly pepper: KeyObject;
}

/** Keys of the whole installation; they are not replaced with the data keys. */
export interface InstallationKeys {
  readonly contact: KeyObject;
  readonly cursor: KeyObject;
  readonly audit: KeyObject;
  readonly webhook: KeyObject;
}

/** A data key that was drawn just now and is not in the database yet. */
export interface MintedKey {
  readonly row: WrappedKey;
  /** Seals under it what the same transaction writes into the same environment. */
  seal(text: string, place: SealedPlace): string;
}

/** The id under which the installation's own key is kept. */
export const INSTALLATION = '';

/** The data keys in memory, about 1 KiB for each environment that was touched. Only the store puts keys in. */
export interface KeyTable {
  readonly installation: InstallationKeys;
  /** Id of the master key that wraps new keys. */
  readonly masterId: string;
  find(environmentId: string, generation: number): DataKey | undefined;
  /** Generation 0 while nothing is known of the environment. */
  newest(environmentId: string): DataKey;
  /** Whether the key that a value names is here. */
  knows(value: Sealed): boolean;
  /** Takes what the database holds of an environment in place of what was known. Throws `KeyError`. */
  install(environmentId: string, rows: readonly WrappedKey[]): void;
  mint(environmentId: string, generation: number): MintedKey;
  /**
   * The installation's first key: random for a new database; for one that already holds something, the master key, from which all
   * that it holds was derived. Throws `KeyError` for such a one when several master keys were given: nothing in it says which.
   */
  found(isNew: boolean): WrappedKey;
  /** The same key under the newest master key; `undefined` when it is already. Throws `KeyError`. */
  rewrap(row: WrappedKey): WrappedKey | undefined;
}

interface Known {
  readonly newest: DataKey;
  readonly byGeneration: ReadonlyMap<number, { readonly key: DataKey; readonly wrapped: string }>;
}

/** Environments of which nothing but generation 0 is known. */
const DERIVED_ENVIRONMENTS = 1_000;

export function createKeyTable(master: MasterKeys): KeyTable {
  const random = createSystemRandom();
  const environments = new Map<string, Known>();
  const derived = new Map<string, DataKey>();
  let root = master.root;
  let installation = installationKeys(root);

  const generationZero = (environmentId: string): DataKey => {
    const known = derived.get(environmentId);
    if (known) return known;
    if (derived.size >= DERIVED_ENVIRONMENTS) derived.clear();
    const key = createDataKey(0, root, { seal: `seal:${environmentId}`, pepper: 'code-pepper' });
    derived.set(environmentId, key);
    return key;
  };
  const find = (environmentId: string, generation: number): DataKey | undefined =>
    generation === 0
      ? generationZero(environmentId)
      : environments.get(environmentId)?.byGeneration.get(generation)?.key;

  return {
    get installation() {
      return installation;
    },
    masterId: master.newest,
    find,
    newest: (environmentId) => environments.get(environmentId)?.newest ?? generationZero(environmentId),
    knows: ({ text, place }) => find(place.environmentId, sealedUnder(text)) !== undefined,
    install(environmentId, rows) {
      const before = environments.get(environmentId)?.byGeneration;
      const byGeneration = new Map(
        rows.map((row) => {
          const known = before?.get(row.generation);
          const key = known?.wrapped === row.wrapped ? known.key : createDataKey(row.generation, master.unwrap(row));
          return [row.generation, { key, wrapped: row.wrapped }] as const;
        }),
      );
      const newest = byGeneration.get(Math.max(...byGeneration.keys()))?.key;
      if (newest) environments.set(environmentId, { newest, byGeneration });
      else environments.delete(environmentId);
      if (environmentId !== INSTALLATION || !rows[0]) return;
      root = master.unwrap(rows[0]);
      installation = installationKeys(root);
      derived.clear();
    },
    mint(environmentId, generation) {
      const secret = random.bytes(KEY_BYTES);
      const key = createDataKey(generation, secret);
      return { row: master.wrap(secret, environmentId, generation), seal: (text, place) => sealWith(key, text, place) };
    },
    found(isNew) {
      if (isNew) return master.wrap(random.bytes(KEY_BYTES), INSTALLATION, 1);
      if (master.isAlone) return master.wrap(root, INSTALLATION, 1);
      throw new KeyError(
        'the database is from before data keys and does not say which of the master keys is its own: start once with the one that ' +
          'it was made with alone; then give both, the new one first (docs/cryptography.md)',
      );
    },
    rewrap: (row) =>
      row.masterId === master.newest ? undefined : master.wrap(master.unwrap(row), row.environmentId, row.generation),
  };
}

function installationKeys(root: Buffer): InstallationKeys {
  return {
    contact: derivedKey(root, info('contact-hash')),
    cursor: derivedKey(root, info('cursor')),
    audit: derivedKey(root, info('audit')),
    webhook: derivedKey(root, info('webhook')),
  };
}

function createDataKey(generation: number, secret: Buffer, names = { seal: 'seal', pepper: 'code-pepper' }): DataKey {
  return {
    generation,
    seal: derivedKey(secret, info(names.seal)),
    pepper: derivedKey(secret, info(names.pepper)),
  };
}

const info = (purpose: string): string => `postern:v1:${purpose}`;
