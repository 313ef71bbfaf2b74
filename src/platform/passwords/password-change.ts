import { days } from '../../kernel/duration.js';
import type { FormerPassword, StoredPassword } from './password.js';
import { historyOf, type PasswordPolicy } from './password-policy.js';
import type { PasswordState } from './password-rules.js';
import { editDistance, type Unmet, unmetByText } from './password-strength.js';
import { type ProposedPassword, rememberedHashes } from './proposed-password.js';

/** On whose word a password is replaced: an administrator's, that of a code's holder, or that of who knows the present one. */
export type Proof =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'code' }
  | { readonly kind: 'password'; readonly current: string };

/** Texts that differ in fewer characters are similar. */
const SIMILAR_BELOW = 3;

/** Whether a password that is remembered has not been compared with the proposed one: it came meanwhile. */
export function isUncompared({ password }: PasswordState, { compared }: ProposedPassword): boolean {
  return rememberedHashes(password).some((hash) => compared?.has(hash) !== true);
}

/**
 * All that the governing policy demands and a proposed password does not have. Only who has proved to be the user is told what it has in
 * common with passwords of the user's: to anybody else that would be a comparison which no count knows of (SEC-10).
 */
export function unmetBy(state: PasswordState, proposed: ProposedPassword, proof: Proof): readonly Unmet[] {
  const { user, policy } = state;
  const byText = unmetByText(policy?.terms, proposed.value, user);
  return proof.kind === 'administrator' ? byText : [...byText, ...unmetByChange(state, proposed, proof)];
}

function unmetByChange(
  { policy, password, now }: PasswordState,
  { value, compared }: ProposedPassword,
  proof: Exclude<Proof, { kind: 'administrator' }>,
): readonly Unmet[] {
  const { minAgeDays, notSimilarToCurrent } = policy?.terms ?? {};
  const unmet: Unmet[] = [];
  const recent = password ? [password.hash, ...remembered(policy, password, now).map(({ hash }) => hash)] : [];
  if (recent.some((hash) => compared?.get(hash) === true))
    unmet.push({ requirement: 'history', message: 'must not be the present password or a recent one' });
  if (proof.kind === 'code') return unmet;
  if (notSimilarToCurrent && editDistance(proof.current, value, SIMILAR_BELOW) < SIMILAR_BELOW)
    unmet.push({ requirement: 'notSimilarToCurrent', message: 'must differ more from the present password' });
  const isYoung = minAgeDays !== undefined && password && now < password.setAt + days(minAgeDays);
  if (isYoung && !password.forceChange)
    unmet.push({ requirement: 'minAgeDays', message: `can be changed ${minAgeDays} days after the last change` });
  return unmet;
}

/** The former passwords that count now. */
function remembered(
  policy: PasswordPolicy | undefined,
  { former = [] }: StoredPassword,
  now: number,
): readonly FormerPassword[] {
  const { count, since } = historyOf(policy, now);
  return former.filter(({ replacedAt }) => replacedAt >= since).slice(0, count);
}

/** What is remembered once the present password is replaced; nothing under a policy without a history. */
export function formerAfter({ policy, password, now }: PasswordState): Pick<StoredPassword, 'former'> {
  const { count } = historyOf(policy, now);
  if (!password || count === 0) return {};
  const former = [{ hash: password.hash, replacedAt: now }, ...remembered(policy, password, now)].slice(0, count);
  return { former };
}
