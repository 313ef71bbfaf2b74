import { expect, test } from 'vitest';
import type { Uuid } from '../../../src/kernel/ids.js';
import type { JsonObject } from '../../../src/kernel/json.js';
import { withoutReference } from '../../../src/platform/managed/without-reference.js';

const gone = '0c7d8a52-5f2d-4e4c-9a3e-2c4ef1a1f9d1' as Uuid;
const other = '7f1f8a52-5f2d-4e4c-9a3e-2c4ef1a1f9d2';

test.each<[string, JsonObject, JsonObject]>([
  ['registration.population.id', { a: 1, registration: { population: { id: gone }, x: 1 } }, { a: 1 }],
  ['theme.id', { theme: { id: gone } }, {}],
  ['claims.*', { claims: [gone, other, gone] }, { claims: [other] }],
  [
    'rules.*.by.id',
    { rules: [{ by: { id: gone } }, { by: { id: other } }, {}] },
    { rules: [{ by: { id: other } }, {}] },
  ],
  [
    'conditions.*.chain.*.id',
    { conditions: [{ chain: [{ id: gone }] }, { chain: [{ id: other }, { id: gone }] }] },
    { conditions: [{ chain: [] }, { chain: [{ id: other }] }] },
  ],
])('what names a document at %s goes on without naming it', (path, before, after) => {
  expect(withoutReference(before, path, gone, 'stays')).toEqual(after);
});

test('a list of which nothing is left goes whole when it is to', () => {
  const before = { mobile: { lists: [{ id: gone }], kept: true } };

  expect(withoutReference(before, 'mobile.lists.*.id', gone, 'goes')).toEqual({ mobile: { kept: true } });
  expect(withoutReference(before, 'mobile.lists.*.id', gone, 'stays')).toEqual({ mobile: { lists: [], kept: true } });
});

test.each<[string, JsonObject]>([
  ['claims.*', { claims: [other] }],
  ['claims.*', { claims: [] }],
  ['claims.*', { claims: gone }],
  ['claims.*', {}],
  ['registration.population.id', { registration: { population: { id: other } } }],
  ['registration.population.id', { registration: null }],
  ['mobile.lists.*.id', { mobile: [{ id: gone }] }],
])('a document that names nothing at %s is the same one', (path, document) => {
  expect(withoutReference(document, path, gone, 'goes')).toBe(document);
});
