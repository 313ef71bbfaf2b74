import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uuidOf } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { applicationDocument, toApplication } from '../../src/platform/applications/application.js';
import { createCursors, creationKey, type KeyedPage, pageOf } from '../../src/platform/listing.js';
import { Recent } from '../../src/platform/recent.js';
import { testClock } from '../helpers/store.js';
import { HERE, ORGANIZATION, role, worker } from './world.js';

describe('an application document', () => {
  it('gives back what was put into it', () => {
    const application = worker({
      anySecretMethod: true,
      roles: [role('Environment Admin', 'ENVIRONMENT', HERE), role('Organization Admin', 'ORGANIZATION', ORGANIZATION)],
    });
    const document = applicationDocument(application, new Redacted('s'), { createdAt: 1, updatedAt: 2 });
    expect(toApplication({ ...document, body: JSON.parse(JSON.stringify(document.body)) })).toEqual(application);
  });

  it.each([
    ['a role nobody knows', { roles: [{ role: 'God', scope: { type: 'ENVIRONMENT', id: HERE } }] }],
    ['a scope nobody knows', { roles: [{ role: 'Environment Admin', scope: { type: 'GALAXY', id: HERE } }] }],
    ['a role without a scope', { roles: [{ role: 'Environment Admin' }] }],
    ['no method', { tokenEndpointAuthMethod: 'MAGIC' }],
    ['no state', { enabled: 'yes' }],
  ])('with %s does not decode: it is a fault, not a permission', (_name, changes) => {
    const document = applicationDocument(worker(), undefined, { createdAt: 1, updatedAt: 1 });
    expect(() => toApplication({ ...document, body: { ...document.body, ...changes } })).toThrow(/does not decode/);
  });
});

describe('cursors (SEC-54)', () => {
  const cursors = createCursors(createKeyring(new Redacted(randomBytes(32))).digests);
  const binding = [HERE, 'users', ''];

  it('come back as the key they were made of, safe in a URL', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }), (key) => {
        const wellFormed = Buffer.from(key).toString();
        const cursor = cursors.write(binding, wellFormed);
        return cursors.read(binding, cursor) === wellFormed && encodeURIComponent(cursor) === cursor;
      }),
    );
  });

  it('are good for one list of one environment with one filter only', () => {
    const cursor = cursors.write(binding, 'key');
    for (const other of [
      [ORGANIZATION, 'users', ''],
      [HERE, 'populations', ''],
      [HERE, 'users', 'a'],
      [HERE, 'users'],
    ])
      expect(cursors.read(other, cursor)).toBeUndefined();
  });

  it('cannot be made or altered by others', () => {
    const cursor = cursors.write(binding, 'key');
    const [key = '', signature = ''] = cursor.split('.');
    const other = createCursors(createKeyring(new Redacted(randomBytes(32))).digests);
    const forged = [
      `${Buffer.from('kez').toString('base64url')}.${signature}`,
      key,
      `.${signature}`,
      `${cursor}x`,
      '',
      'x'.repeat(5_000),
    ];
    for (const text of [...forged, other.write(binding, 'key')]) expect(cursors.read(binding, text)).toBeUndefined();
  });
});

describe('a page of a list in memory', () => {
  const thing = fc.record({ id: fc.uuid(), createdAt: fc.integer({ min: 0, max: 5 }) });
  it('walking the pages shows each item once, in one order, whatever the limit', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(thing, { selector: ({ id }) => id, maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        (things, limit) => {
          const seen: string[] = [];
          let after: string | undefined;
          do {
            const page = pageOf(things, { limit, ...(after === undefined ? {} : { after }) }, creationKey);
            expect(page.items.length).toBeLessThanOrEqual(limit);
            expect(page.count).toBe(things.length);
            seen.push(...page.items.map(({ id }) => id));
            after = page.next;
          } while (after !== undefined);
          expect([...seen].sort()).toEqual(things.map(({ id }) => id).sort());
          // And back from the end, the same in the same order.
          const back: string[] = [];
          let before: string | undefined = '~';
          while (before !== undefined) {
            const page: KeyedPage<{ id: string }> = pageOf(things, { limit, before }, creationKey);
            back.unshift(...page.items.map(({ id }) => id));
            before = page.previous;
          }
          expect(back).toEqual(seen);
        },
      ),
    );
  });

  it('keeps its place when items before it go away', () => {
    const things = [1, 2, 3, 4].map((createdAt) => ({ id: `id${createdAt}`, createdAt }));
    const { next = '' } = pageOf(things, { limit: 2 }, creationKey);
    expect(pageOf(things.slice(1), { limit: 2, after: next }, creationKey).items.map(({ id }) => id)).toEqual([
      'id3',
      'id4',
    ]);
  });
});

describe('values that may be a little old', () => {
  const id = uuidOf('00000000-0000-4000-8000-000000000001');
  it('are looked up once by those who ask together, and again when they have aged', async () => {
    const clock = testClock();
    let looked = 0;
    const recent = new Recent({ clock, maxAge: 2_000, capacity: 10 }, async () => ++looked);
    expect(await Promise.all([recent.get(id), recent.get(id)])).toEqual([1, 1]);
    clock.advance(1_999);
    expect(await recent.get(id)).toBe(1);
    clock.advance(1);
    expect(await recent.get(id)).toBe(2);
  });

  it('are not kept when the look-up failed, and not believed when the clock was set back', async () => {
    const clock = testClock();
    let looked = 0;
    const recent = new Recent({ clock, maxAge: 2_000, capacity: 10 }, async () => {
      if (++looked === 1) throw new Error('away');
      return looked;
    });
    await expect(recent.get(id)).rejects.toThrow('away');
    expect(await recent.get(id)).toBe(2);
    clock.advance(-10_000);
    expect(await recent.get(id)).toBe(3);
  });

  it('are bounded in number: the oldest makes room', async () => {
    let looked = 0;
    const recent = new Recent<number, number>({ clock: testClock(), maxAge: 2_000, capacity: 2 }, async () => ++looked);
    for (const key of [1, 2, 3]) await recent.get(key);
    expect(await recent.get(3)).toBe(3);
    expect(await recent.get(1)).toBe(4);
  });
});
