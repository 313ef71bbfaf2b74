import type { PasswordHashes } from '../../kernel/password-hash.js';
import type { StoredPassword } from './password.js';

/** A password that somebody is to have, with its own hash and what only slow comparisons can tell; facts of a decision. */
export interface ProposedPassword {
  readonly value: string;
  readonly hash: string;
  /** Hashes that it was compared with, and whether it is the one; absent: with none. */
  readonly compared?: ReadonlyMap<string, boolean>;
}

/** Hashes that a new password is compared with: the present one and those that are remembered. */
export function rememberedHashes(password: StoredPassword | undefined): readonly string[] {
  return password ? [password.hash, ...(password.former ?? []).map(({ hash }) => hash)] : [];
}

/** The facts of a password that is set, whatever was before. */
export async function proposePassword(
  passwords: Pick<PasswordHashes, 'hash'>,
  value: string,
): Promise<ProposedPassword> {
  return { value, hash: await passwords.hash(value) };
}

/** The facts of a password that takes the place of another. */
export async function proposeChange(
  passwords: PasswordHashes,
  value: string,
  present: StoredPassword | undefined,
): Promise<ProposedPassword> {
  const compared = new Map<string, boolean>();
  for (const hash of rememberedHashes(present)) compared.set(hash, await passwords.matches(value, hash));
  return { value, hash: await passwords.hash(value), compared };
}
