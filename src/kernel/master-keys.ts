import { createHash, type KeyObject } from 'node:crypto';
import { decrypt, derive, derivedKey, encrypt } from './cipher.js';
import type { Redacted } from './sealed.js';

/** A key is missing, wrong or damaged, or a value does not open. The message is for the operator and holds nothing secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
}

/** Bytes below which a master key is refused (SEC-68). */
export const MASTER_KEY_BYTES = 32;

/** A data key as it is stored: under a master key, and for one environment and generation only. */
export interface WrappedKey {
  /** Empty: the installation's own. */
  readonly environmentId: string;
  /** Counts an environment's data keys from 1; the highest seals. */
  readonly generation: number;
  /** Which master key wraps it. */
  readonly masterId: string;
  readonly wrapped: string;
}

/** The master keys that a process was given. They wrap data keys, and nothing else is encrypted with them. */
export interface MasterKeys {
  /** Id of the first one given: the one that wraps. */
  readonly newest: string;
  /** Its bytes: the root of an installation from before data keys, if no other was given. */
  readonly root: Buffer;
  /** Whether the newest is the only one. */
  readonly isAlone: boolean;
  wrap(key: Buffer, environmentId: string, generation: number): WrappedKey;
  /** Throws `KeyError` with the remedy when the master key is not among those given, or the row was altered or moved. */
  unwrap(key: WrappedKey): Buffer;
}

interface MasterKey {
  readonly id: string;
  readonly wrapping: KeyObject;
}

/**
 * The first wraps, the others only unwrap: that is how a master key is replaced (SEC-68). The id of a master key is a hash of a
 * key derived from it: it tells keys apart, and says nothing of them. Throws `KeyError` when one is too short or there is none.
 */
export function createMasterKeys(given: readonly Redacted<Buffer>[]): MasterKeys {
  const keys = new Map<string, MasterKey>();
  for (const redacted of given) {
    const bytes = redacted.reveal();
    if (bytes.length < MASTER_KEY_BYTES)
      throw new KeyError(`the master key has ${bytes.length} bytes; at least ${MASTER_KEY_BYTES} are needed`);
    const id = createHash('sha256').update(derive(bytes, 'postern:v1:key-id')).digest('hex').slice(0, 16);
    keys.set(id, { id, wrapping: derivedKey(bytes, 'postern:v1:wrap') });
  }
  const [newest] = keys.values();
  const root = given[0]?.reveal();
  if (!newest || !root) throw new KeyError('there is no master key');

  return {
    newest: newest.id,
    root,
    isAlone: keys.size === 1,
    wrap: (key, environmentId, generation) => ({
      environmentId,
      generation,
      masterId: newest.id,
      wrapped: encrypt(newest.wrapping, key, additionalData(environmentId, generation)),
    }),
    unwrap({ environmentId, generation, masterId, wrapped }) {
      const master = keys.get(masterId);
      if (!master)
        throw new KeyError(
          `the database's keys are wrapped with master key ${masterId}, and the one given is ${[...keys.keys()].join(', ')}: ` +
            'give the key that this database was made with; to replace it, give both, the new one first (docs/cryptography.md)',
        );
      const key = decrypt(master.wrapping, wrapped, additionalData(environmentId, generation));
      if (key) return key;
      throw new KeyError(
        `data key ${generation} of ${environmentId || 'the installation'} does not open: the row was altered or moved; restore it`,
      );
    },
  };
}

const additionalData = (environmentId: string, generation: number): string =>
  `postern:v1:data_keys:wrapped:${environmentId}:${generation}`;
