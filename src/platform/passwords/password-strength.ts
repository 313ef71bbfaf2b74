import { isJsonObject, type Json } from '../../kernel/json.js';
import type { User } from '../model.js';
import { CHARACTER_SETS, type PasswordTerms } from './password-policy.js';

/** Something that a policy demands and a password has not: the policy's member, and why, in words for a person. */
export interface Unmet {
  readonly requirement: string;
  readonly message: string;
}

/** What a password must at least have, whatever a policy says (NIST SP 800-63B §3.1.1.2), and may at most. */
const SHORTEST = 8;
export const LONGEST_PASSWORD = 255;

/** Rows of characters that stand side by side; a keyboard's are those of the United States. */
const SEQUENCES = [
  ['alphabetSequenceRule', ['abcdefghijklmnopqrstuvwxyz']],
  ['numberSequenceRule', ['0123456789']],
  ['qwertySequenceRule', ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']],
  ['shiftedNumberRowSequenceRule', ['!@#$%^&*()']],
] as const;

/** Guesses that minComplexity reckons with, each second, and the characters that a guess at one place must try, by kind. */
const GUESSES_PER_SECOND = 1e11;
const ALPHABETS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[ -/:-@[-`{-~]/, 33],
  [/[^ -~]/, 100],
];

/** All that a text alone does not have of what a policy demands; without a policy only its length is looked at. */
export function unmetByText(
  terms: PasswordTerms | undefined,
  password: string,
  about: Pick<User, 'username' | 'profile'>,
): readonly Unmet[] {
  const characters = [...password];
  const { length, minCharacters = {}, minUniqueCharacters = 0, maxRepeatedCharacters, minComplexity } = terms ?? {};
  const shortest = Math.max(length?.min ?? SHORTEST, SHORTEST);
  const unmet: Unmet[] = [];
  if (characters.length < shortest) unmet.push(failed('length', `must have at least ${shortest} characters`));
  for (const name of CHARACTER_SETS)
    if (count(characters, name) < (minCharacters[name] ?? 0))
      unmet.push(failed('minCharacters', `must have at least one of ${name}`));
  if (new Set(characters).size < minUniqueCharacters)
    unmet.push(failed('minUniqueCharacters', `must have at least ${minUniqueCharacters} different characters`));
  if (maxRepeatedCharacters !== undefined && longestRepetition(characters) > maxRepeatedCharacters)
    unmet.push(failed('maxRepeatedCharacters', `must not repeat a character more than ${maxRepeatedCharacters} times`));
  if (minComplexity !== undefined && daysToGuess(characters) < minComplexity)
    unmet.push(failed('minComplexity', `must take at least ${minComplexity} days to guess`));
  for (const [rule, rows] of SEQUENCES) {
    const most = terms?.[rule]?.maxLength;
    if (most !== undefined && rows.some((row) => longestRun(password.toLowerCase(), row) > most))
      unmet.push(failed(rule, `must not have more than ${most} characters in sequence`));
  }
  if (terms?.excludesProfileData && isOf(about, password))
    unmet.push(failed('excludesProfileData', 'must not be what the profile says of the user'));
  return unmet;
}

const failed = (requirement: keyof PasswordTerms, message: string): Unmet => ({ requirement, message });

const count = (characters: readonly string[], set: string): number =>
  characters.filter((character) => set.includes(character)).length;

/** The longest row of one and the same character. */
function longestRepetition(characters: readonly string[]): number {
  let [longest, run] = [0, 0];
  for (const [at, character] of characters.entries()) {
    run = character === characters[at - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** The longest part of a text that goes along a row, forwards or backwards. */
function longestRun(text: string, row: string): number {
  let [longest, run, direction, before] = [0, 0, 0, Number.NaN];
  for (const character of text) {
    const found = row.indexOf(character);
    const place = found === -1 ? Number.NaN : found;
    const step = place - before;
    if (Math.abs(step) === 1) run = step === direction ? run + 1 : 2;
    else run = Number.isNaN(place) ? 0 : 1;
    [direction, before] = [step, place];
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Days to try every text of these alphabets up to this length ("haystack"), reckoned in logarithms: the number itself is too large. */
function daysToGuess(characters: readonly string[]): number {
  const text = characters.join('');
  const size = ALPHABETS.reduce((sum, [alphabet, letters]) => sum + (alphabet.test(text) ? letters : 0), 0);
  if (size === 0) return 0;
  const texts = characters.length * Math.log(size) + Math.log(size / (size - 1));
  return Math.exp(texts - Math.log(GUESSES_PER_SECOND * 86_400));
}

/** Whether a text is the user's name or stands in the profile, whatever its case. */
function isOf({ username, profile }: Pick<User, 'username' | 'profile'>, password: string): boolean {
  const wanted = password.toLowerCase();
  return [username, ...textsIn(profile)].some((text) => text.toLowerCase() === wanted);
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isJsonObject(value) ? Object.values(value).flatMap(textsIn) : [];
}

/** Changes of one character that make one text of the other (Levenshtein), at most `most`. */
export function editDistance(one: string, other: string, most: number): number {
  const [from, to] = [[...one], [...other]];
  if (Math.abs(from.length - to.length) >= most) return most;
  let row = to.map((_, at) => at + 1);
  for (const [depth, character] of from.entries()) {
    const next: number[] = [];
    for (const [at, wanted] of to.entries()) {
      const diagonal = at === 0 ? depth : (row[at - 1] ?? 0);
      const left = at === 0 ? depth + 1 : (next[at - 1] ?? 0);
      next.push(Math.min(diagonal + (character === wanted ? 0 : 1), (row[at] ?? 0) + 1, left + 1));
    }
    row = next;
  }
  return Math.min(row.at(-1) ?? from.length, most);
}
