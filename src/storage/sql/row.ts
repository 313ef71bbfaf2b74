import { isJsonObject } from '../../kernel/json.js';
import type { StoreVault, Vault } from '../../kernel/keys.js';
import { type Protected, Redacted, Sealed, type SealedPlace } from '../../kernel/sealed.js';
import { StorageFault } from './fault.js';
import type { Row } from './statement.js';

/** Reads one cell, or throws: a `null` where none may be is a damaged row. */
export function text(row: Row, at: number): string {
  const cell = row[at];
  if (typeof cell !== 'string') throw new TypeError(`column ${at} is not a text`);
  return cell;
}

export function integer(row: Row, at: number): number {
  const cell = row[at];
  if (typeof cell !== 'number' || !Number.isSafeInteger(cell)) throw new TypeError(`column ${at} is not an integer`);
  return cell;
}

export function optionalText(row: Row, at: number): string | undefined {
  return row[at] === null ? undefined : text(row, at);
}

/**
 * A JSON document that is an object and has these members: the rest of what it holds was checked when it was written. A fresh
 * object, so that decoders add the columns to it instead of copying it, which costs more than the parse.
 */
export function document<T>(row: Row, at: number, members: readonly (keyof T & string)[]): T {
  const parsed: unknown = JSON.parse(text(row, at));
  if (!isJsonObject(parsed)) throw new TypeError(`column ${at} is not a JSON object`);
  for (const member of members) if (parsed[member] === undefined) throw new TypeError(`"${member}" is missing`);
  // The row's encoder wrote a T, and the members that tell it from other documents are there.
  return parsed as unknown as T;
}

/** Runs a decoder; what it throws becomes a fault that names the row. */
export function decode<T>(table: string, id: string | number | null | undefined, decoder: () => T): T {
  try {
    return decoder();
  } catch (cause) {
    throw new StorageFault(`row ${id} of ${table} does not decode`, { cause });
  }
}

/** What row encoders need of a vault. */
export type SealingVault = Vault & Pick<StoreVault, 'isCurrent'>;

/**
 * A protected value on its way into its cell (SEC-66). What was loaded from this very place, sealed under the newest key,
 * goes back as it came; anything else is sealed for the place, opened first if it was sealed for another or under an older key.
 */
export function sealInto(vault: SealingVault, value: Protected, place: SealedPlace): string {
  if (value instanceof Redacted) return vault.seal(value.reveal(), place);
  const from = value.place;
  const same =
    from.row === place.row &&
    from.column === place.column &&
    from.table === place.table &&
    from.environmentId === place.environmentId;
  return same && vault.isCurrent(value) ? value.text : vault.seal(vault.open(value), place);
}

/** A protected value as it came from its cell: not opened until someone asks a vault to. */
export function sealedFrom(row: Row, at: number, place: SealedPlace): Sealed | undefined {
  const sealed = optionalText(row, at);
  return sealed === undefined ? undefined : new Sealed(sealed, place);
}
