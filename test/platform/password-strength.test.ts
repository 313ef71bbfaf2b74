import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PasswordTerms } from '../../src/platform/passwords/password-policy.js';
import { editDistance, unmetByText } from '../../src/platform/passwords/password-strength.js';

const LEAST: PasswordTerms = {
  name: 'Least',
  excludesCommonlyUsed: false,
  excludesProfileData: false,
  notSimilarToCurrent: false,
};
const MARIA = { username: 'maria.lopez', profile: { email: 'maria@example.org', name: { given: 'Maria Dolores' } } };

/** What a password does not have of these terms. */
const unmet = (terms: Partial<PasswordTerms>, password: string): readonly string[] =>
  unmetByText({ ...LEAST, ...terms }, password, MARIA).map(({ requirement }) => requirement);

describe('what a text alone has of a password policy', () => {
  it.each<readonly [keyof PasswordTerms, Partial<PasswordTerms>, right: readonly string[], wrong: readonly string[]]>([
    ['length', {}, ['eight ch', '👍'.repeat(8)], ['seven c', '👍'.repeat(7), '']],
    ['length', { length: { min: 12 } }, ['twelve chars'], ['eleven char']],
    [
      'minCharacters',
      { minCharacters: { ABCDEFGHIJKLMNOPQRSTUVWXYZ: 1 } },
      ['with A letter', 'A'.repeat(8)],
      ['without one', 'with Ä alone'],
    ],
    ['minCharacters', { minCharacters: { '0123456789': 1 } }, ['number 0'], ['number none', 'a٣bcdefgh']],
    ['minCharacters', { minCharacters: { ABCDEFGHIJKLMNOPQRSTUVWXYZ: 0 } }, ['without one'], []],
    [
      'minCharacters',
      { minCharacters: { '~!@#$%^&*()-_=+[]{}|;:,.<>/?': 1 } },
      ['with, comma', 'and/slash'],
      ['no such one', 'back\\slash'],
    ],
    ['minCharacters', { minCharacters: { '~!@#$%^&*()-_=+[]{}\\|;:,.<>/?': 1 } }, ['back\\slash'], ['no such one']],
    ['minUniqueCharacters', { minUniqueCharacters: 5 }, ['abcdeabcde'], ['abcdabcd', 'aaaaaaaa']],
    ['maxRepeatedCharacters', { maxRepeatedCharacters: 2 }, ['aabbaabb', 'abaBAaaA'], ['aabbbaab', 'password111']],
    [
      'minComplexity',
      { minComplexity: 7 },
      ['correct horse', 'Short-enough1'],
      ['abcdefgh', '123456789012', 'Sh0rt,no'],
    ],
    ['alphabetSequenceRule', { alphabetSequenceRule: { maxLength: 3 } }, ['abcXYZ-a'], ['x-aBcD-x', 'zyxw0000']],
    [
      'numberSequenceRule',
      { numberSequenceRule: { maxLength: 2 } },
      ['12-34-56-', '13579135'],
      ['x123xxxx', 'x-987-xx'],
    ],
    [
      'qwertySequenceRule',
      { qwertySequenceRule: { maxLength: 3 } },
      ['qwe-asd-', 'poi-lkj-'],
      ['xQWERx--', 'x-mnbv-x'],
    ],
    [
      'shiftedNumberRowSequenceRule',
      { shiftedNumberRowSequenceRule: { maxLength: 3 } },
      ['!@#-$%^-'],
      ['x!@#$xxx', 'x)(*&xxx'],
    ],
    [
      'excludesProfileData',
      { excludesProfileData: true },
      ['maria.lopez.', 'dolores maria'],
      ['Maria.Lopez', 'MARIA@example.org', 'maria dolores'],
    ],
  ])('%s of %j', (requirement, terms, right, wrong) => {
    expect(right.map((password) => unmet(terms, password))).toEqual(right.map(() => []));
    expect(wrong.map((password) => unmet(terms, password))).toEqual(wrong.map(() => [requirement]));
  });

  it('without a policy is its length', () => {
    expect(unmetByText(undefined, 'seven c', MARIA).map(({ requirement }) => requirement)).toEqual(['length']);
    expect(unmetByText(undefined, 'maria.lopez', MARIA)).toEqual([]);
  });
});

describe('the distance of two texts', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
    ['same', 'same', 0],
    ['password', 'passwords', 1],
  ])('%j and %j', (one, other, distance) => {
    expect(editDistance(one, other, 10)).toBe(distance);
    expect(editDistance(other, one, 10)).toBe(distance);
  });

  it('is told up to a bound, which it never exceeds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.integer({ min: 1, max: 5 }), (one, other, most) => {
        expect(editDistance(one, other, most)).toBe(Math.min(editDistance(one, other, 1_000), most));
      }),
    );
  });
});
