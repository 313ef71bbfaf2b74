import type { UserProfile } from '../model.js';

/** Characters of JSON that a profile may have: it is read with every authentication of its user. The standard attributes fit. */
export const LARGEST_PROFILE = 16_384;

/** The attribute that takes most of the room of a profile that is too large; `undefined`: it is not. */
export function attributeTooLarge(profile: UserProfile): string | undefined {
  if (JSON.stringify(profile).length <= LARGEST_PROFILE) return undefined;
  const sizes = Object.entries(profile).map(([name, value]) => [name, JSON.stringify(value).length] as const);
  return sizes.sort(([, a], [, b]) => b - a)[0]?.[0];
}
