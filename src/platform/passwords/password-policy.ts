import type { Static } from 'typebox';
import type { Instant, Millis } from '../../kernel/clock.js';
import { fits } from '../../kernel/document-schema.js';
import { days, minutes, seconds } from '../../kernel/duration.js';
import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { PopulationId, StoredDocument } from '../model.js';

/**
 * Of each of these a password may be held to have one (public SDK: `minCharacters`). The special characters stand under two names: that
 * of the public clients, and that of the vendor's guide, which has a backslash more.
 */
export const CHARACTER_SETS = [
  'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  'abcdefghijklmnopqrstuvwxyz',
  '0123456789',
  '~!@#$%^&*()-_=+[]{}|;:,.<>/?',
  '~!@#$%^&*()-_=+[]{}\\|;:,.<>/?',
] as const;

const LARGEST = 2_147_483_647;
const positive = Type.Optional(Type.Integer({ minimum: 1, maximum: LARGEST }));
const between = (minimum: number, maximum: number) => Type.Optional(Type.Integer({ minimum, maximum }));
const sequence = (minimum: number, maximum: number) =>
  Type.Optional(Type.Object({ maxLength: between(minimum, maximum) }));
const atLeastOne = between(0, 1);

/** The writable members of a password policy, with the few values that the public clients let them have (public SDK: `PasswordPolicy`). */
export const PasswordPolicyDocument = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 256 }),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  default: Type.Optional(Type.Boolean()),
  excludesCommonlyUsed: Type.Boolean(),
  excludesProfileData: Type.Boolean(),
  notSimilarToCurrent: Type.Boolean(),
  alphabetSequenceRule: sequence(2, 3),
  numberSequenceRule: sequence(2, 3),
  qwertySequenceRule: sequence(3, 3),
  shiftedNumberRowSequenceRule: sequence(3, 3),
  history: Type.Optional(Type.Object({ count: positive, retentionDays: positive })),
  length: Type.Optional(Type.Object({ min: between(8, 32), max: between(255, 255) })),
  lockout: Type.Optional(Type.Object({ failureCount: positive, durationSeconds: positive })),
  maxAgeDays: positive,
  minAgeDays: positive,
  maxRepeatedCharacters: between(2, 2),
  minComplexity: between(7, 7),
  minUniqueCharacters: between(5, 5),
  minCharacters: Type.Optional(
    Type.Object({
      [CHARACTER_SETS[0]]: atLeastOne,
      [CHARACTER_SETS[1]]: atLeastOne,
      [CHARACTER_SETS[2]]: atLeastOne,
      [CHARACTER_SETS[3]]: atLeastOne,
      [CHARACTER_SETS[4]]: atLeastOne,
    }),
  ),
});

export type PasswordTerms = Static<typeof PasswordPolicyDocument>;

/** A policy as it is in force. */
export interface PasswordPolicy {
  readonly id: Uuid;
  readonly terms: PasswordTerms;
}

const isPolicyDocument = fits(PasswordPolicyDocument);
const isTerms = (body: JsonObject): body is JsonObject & PasswordTerms => isPolicyDocument(body);

/**
 * The policy of a population's users: the one that it names, else the environment's default; none where an environment is older than
 * policies (public SDK: `PopulationPasswordPolicy`). `documents`: the environment's policies and the population.
 */
export function governingPolicy(
  documents: readonly StoredDocument[],
  populationId: PopulationId,
): PasswordPolicy | undefined {
  const population = documents.find(({ kind, id }) => kind === 'population' && id === populationId);
  const named = population?.body['passwordPolicy'] ?? null;
  const policyId = isJsonObject(named) ? named['id'] : undefined;
  const policies = documents.filter(({ kind }) => kind === 'passwordPolicy');
  const governing = policies.find(({ id }) => id === policyId) ?? policies.find(({ body }) => body['default'] === true);
  if (!governing) return undefined;
  const { id, body } = governing;
  if (!isTerms(body)) throw new TypeError(`password policy ${id} does not decode`);
  return { id, terms: body };
}

/** Wrong attempts in a row that lock a password, and for how long. */
export interface PasswordLockout {
  readonly failures: number;
  readonly duration: Millis;
}

/** What holds where no policy says otherwise: a password without a limit of guesses is none (SEC-10). */
const LOCKOUT: PasswordLockout = { failures: 5, duration: minutes(15) };
/** No policy allows more wrong attempts in a row (NIST SP 800-63B §3.2.2). */
const MOST_FAILURES = 100;

export function lockoutOf(policy: PasswordPolicy | undefined): PasswordLockout {
  const { failureCount, durationSeconds } = policy?.terms.lockout ?? {};
  return {
    failures: Math.min(failureCount ?? LOCKOUT.failures, MOST_FAILURES),
    duration: durationSeconds === undefined ? LOCKOUT.duration : seconds(durationSeconds),
  };
}

/** Whether a password of this age is to be changed before it is used again. */
export function isExpired(policy: PasswordPolicy | undefined, setAt: Instant, now: Instant): boolean {
  const { maxAgeDays } = policy?.terms ?? {};
  return maxAgeDays !== undefined && now >= setAt + days(maxAgeDays);
}

/** Former passwords that are compared at most: each comparison is slow on purpose. */
const MOST_FORMER = 24;

/** How many former passwords are remembered, and since when; none: no history. */
export function historyOf(
  policy: PasswordPolicy | undefined,
  now: Instant,
): { readonly count: number; readonly since: Instant } {
  const { history } = policy?.terms ?? {};
  if (!history) return { count: 0, since: now };
  const { count = MOST_FORMER, retentionDays } = history;
  return {
    count: Math.min(count, MOST_FORMER),
    since: retentionDays === undefined ? 0 : now - days(retentionDays),
  };
}
