import { describe, expect, it } from 'vitest';
import type { DocumentKind, StoredDocument } from '../../src/platform/model.js';
import { completeEnvironment, completionPlan } from '../../src/policies/completion.js';
import { factoryDocuments, factoryId } from '../../src/policies/factory.js';
import { decided } from '../helpers/decided.js';
import { createWorld, ENVIRONMENT, NATIVE_APP, NOW, policyId } from './world.js';

const WHAT = { environmentId: ENVIRONMENT, relyingPartyId: 'example.test' };
const byId = (documents: readonly StoredDocument[]) => new Map(documents.map((each) => [each.id, each.body]));

/** What an environment with these documents is given. */
function given(documents: readonly StoredDocument[]): readonly StoredDocument[] {
  const snapshot = { ...createWorld().snapshot(), now: NOW + 1_000, documents };
  const { writes, outcome } = decided(completeEnvironment(snapshot, WHAT));
  const made = writes.flatMap((write) => (write.kind === 'put' && write.entity === 'document' ? [write.value] : []));
  expect(outcome).toBe(made.length);
  // On record once, and only when there is something to record.
  expect(writes.length - made.length).toBe(made.length > 0 ? 1 : 0);
  return made;
}

describe('an environment of an earlier build (30 §0.5)', () => {
  const { documents } = createWorld();
  const wanted = factoryDocuments(WHAT);
  const ids = new Set<string>(wanted.map((document) => factoryId(ENVIRONMENT, document)));
  const isFactorys = ({ id }: StoredDocument): boolean => ids.has(id);
  const kinds = [...new Set(wanted.map(({ kind }) => kind))];
  const roots = [...new Set(wanted.filter(({ parent }) => parent === undefined).map(({ kind }) => kind))];

  it('lacks nothing when it is of this build', () => {
    expect(given(documents)).toEqual([]);
  });

  it('is given all that a new one has, with the same ids, in the same order, and keeps the rest', () => {
    const factory = documents.filter(isFactorys);
    const made = given(documents.filter((each) => !isFactorys(each)));
    expect(byId(made)).toEqual(byId(factory));
    const order = (of: readonly StoredDocument[], kind: DocumentKind) =>
      of.filter((each) => each.kind === kind).sort((a, b) => a.createdAt - b.createdAt);
    for (const kind of kinds)
      expect(order(made, kind).map(({ id }) => id)).toEqual(order(factory, kind).map(({ id }) => id));
    expect(Math.min(...made.map(({ createdAt }) => createdAt))).toBe(NOW + 1_000);
  });

  it.each(roots)('is given what it lacks of one kind, with what stands below it: %s', (kind) => {
    const gone = new Set<string>(
      documents.filter((each) => each.kind === kind && isFactorys(each)).map(({ id }) => id),
    );
    const lost = documents.filter(({ id, parent = '' }) => gone.has(id) || gone.has(parent));
    expect(byId(given(documents.filter((each) => !lost.includes(each))))).toEqual(byId(lost));
  });

  it('does not get back what an administrator has deleted', () => {
    const isDeleted = ({ body }: StoredDocument): boolean =>
      body['name'] === 'Multi_Factor' || body['name'] === 'Security Keys';
    const multi = documents.find(({ body }) => body['name'] === 'Multi_Factor');
    const [, securityKey] = documents.filter(({ kind }) => kind === 'fido2Policy');
    const left = documents.filter(
      (each) => !isDeleted(each) && each.parent !== multi?.id && each.id !== securityKey?.id,
    );
    expect(left.length).toBe(documents.length - 4);
    expect(given(left)).toEqual([]);
  });

  it('keeps its default, and a language of its own', () => {
    const greek: StoredDocument = {
      ...(documents.find(({ kind }) => kind === 'language') as StoredDocument),
      id: policyId(77),
      body: { locale: 'EN', name: 'English', enabled: true, default: true, customerAdded: true },
    };
    const made = given([...documents.filter(({ kind }) => kind !== 'language'), greek]);
    expect(made.map(({ body }) => [body['locale'], body['default']])).toEqual(
      ['de', 'es', 'fr', 'fr-CA', 'it', 'ja', 'ko', 'nl', 'pt', 'ru', 'th', 'tr', 'zh'].map((locale) => [
        locale,
        false,
      ]),
    );
  });

  it('has a subject for each resource of its own', () => {
    const own: StoredDocument = {
      environmentId: ENVIRONMENT,
      kind: 'resource',
      id: NATIVE_APP,
      body: { name: 'Orders', type: 'CUSTOM' },
      createdAt: NOW,
      updatedAt: NOW,
    };
    const made = given([...documents, own]);
    expect(made.map(({ parent, body }) => [parent, body['name']])).toEqual([[NATIVE_APP, 'sub']]);
    expect(given([...documents, own, ...made])).toEqual([]);
  });

  it('is looked at by what its plan names', () => {
    const { documents: refs = [] } = completionPlan({ ...WHAT, resources: [] });
    const isNamed = ({ kind, id, parent }: StoredDocument): boolean =>
      refs.some(
        (ref) =>
          ref.kind === kind &&
          (ref.id === undefined ? ref.parent === undefined || ref.parent === parent : ref.id === id),
      );
    expect(documents.filter((each) => isFactorys(each) && !isNamed(each))).toEqual([]);
    expect(refs.filter(({ kind, id }) => kind === 'application' && id === undefined)).toEqual([]);
  });
});
