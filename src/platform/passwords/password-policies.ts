import type { JsonObject } from '../../kernel/json.js';
import type { ManagedResource } from '../managed/resource.js';
import { atMost, checked, notReferredToBy, oneDefault, unique } from '../managed/rules.js';
import { CHARACTER_SETS, PasswordPolicyDocument } from './password-policy.js';

const KIND = 'passwordPolicy';
/** Each change of a password reads them all. */
const MOST = 100;
/** Days before its end in which a password is announced to end (public SDK: `maxAgeDays`). */
const WARNING_DAYS = 21;
const LARGEST_AGE = 2_147_483_647;

/** Password policies of an environment (public SDK: `PasswordPoliciesApi`). */
export const passwordPolicies: ManagedResource = {
  kind: KIND,
  schema: PasswordPolicyDocument,
  noun: 'PASSWORD_POLICY',
  rules: [
    checked(agesFit),
    unique(KIND, 'name'),
    oneDefault(KIND),
    notReferredToBy('population', 'passwordPolicy.id'),
    atMost(KIND, MOST),
    { completes: ({ document }) => ({ ...document, default: document['default'] ?? false }) },
  ],
};

/** A password can be changed before its end is announced. */
function agesFit({ maxAgeDays, minAgeDays = 0 }: JsonObject) {
  const least = Number(minAgeDays) + WARNING_DAYS + 1;
  return maxAgeDays === undefined || Number(maxAgeDays) >= least
    ? []
    : [{ problem: 'outOfRange', target: 'maxAgeDays', minimum: least, maximum: LARGEST_AGE } as const];
}

const everySet = Object.fromEntries(CHARACTER_SETS.slice(0, 4).map((set) => [set, 1]));
const lockout = { failureCount: 5, durationSeconds: 900 };
const ages = { maxAgeDays: 182, minAgeDays: 1, history: { count: 6, retentionDays: 365 } };

/** The policies of a new environment, with the values that the vendor's guide shows (`30` §0.5). */
export const FACTORY_PASSWORD_POLICIES: readonly JsonObject[] = [
  {
    name: 'Standard',
    description: 'What is usually asked of a password',
    excludesProfileData: true,
    notSimilarToCurrent: true,
    excludesCommonlyUsed: true,
    ...ages,
    maxRepeatedCharacters: 2,
    minUniqueCharacters: 5,
    lockout,
    length: { min: 8, max: 255 },
    minCharacters: everySet,
    default: true,
  },
  {
    name: 'Basic',
    description: 'As little as is wise, and no end',
    excludesProfileData: false,
    notSimilarToCurrent: false,
    excludesCommonlyUsed: true,
    lockout,
    length: { min: 8, max: 255 },
    minCharacters: everySet,
    default: false,
  },
  {
    name: 'Passphrase',
    description: 'Several words instead of odd characters',
    excludesProfileData: true,
    notSimilarToCurrent: true,
    excludesCommonlyUsed: true,
    minComplexity: 7,
    ...ages,
    lockout,
    default: false,
  },
];
