import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/http/hal/links.js';
import { managedView, viewSchema } from '../../src/http/managed/view.js';
import { deviceAuthenticationPoliciesDefinition } from '../../src/http/routes/device-authentication-policies.js';
import { createViewCheck } from '../../src/http/validation.js';
import type { JsonObject } from '../../src/kernel/json.js';
import { putDocument } from '../../src/platform/managed/decide.js';
import type { StoredDocument } from '../../src/platform/model.js';
import { policyDocuments } from './arbitrary.js';
import { fullPolicy } from './documents.js';
import { createWorld, ENVIRONMENT, NOW, policies, policyId, type World } from './world.js';

const links = createLinks('https://api.example.test/v1', 'https://auth.example.test');
const definition = deviceAuthenticationPoliciesDefinition(policies);
const checkView = createViewCheck(viewSchema(definition));
const NEW = policyId(2);

/** What the server adds to a policy, in its place: before and after the document. */
const before = {
  _links: {
    self: {
      href: `https://api.example.test/v1/environments/${ENVIRONMENT}/deviceAuthenticationPolicies/${NEW}`,
    },
    environment: { href: `https://api.example.test/v1/environments/${ENVIRONMENT}` },
  },
  id: NEW,
  environment: { id: ENVIRONMENT },
};
const after = { forSignOnPolicy: false, updatedAt: '2031-05-04T10:20:30.123Z' };

function viewOf(policy: StoredDocument) {
  const path = `/environments/${ENVIRONMENT}/deviceAuthenticationPolicies`;
  const view = managedView(definition, path, policy, links);
  expect(checkView(view)).toEqual([]);
  return view;
}

/** The view of the policy as it is read again from the documents. */
function readView(world: World) {
  const policy = world.documents.find(({ id }) => id === NEW);
  if (!policy) throw new TypeError('the policy is not there');
  return viewOf(policy);
}

const put = (world: World, document: JsonObject, as: 'create' | 'replace') =>
  world.run((snapshot) => putDocument(policies, snapshot, { environmentId: ENVIRONMENT, id: NEW, document, as }));

describe('a policy comes back as it was sent', () => {
  it('member by member and in order, when created and when read; SEC-45: unknown members have no effect', () => {
    fc.assert(
      fc.property(policyDocuments, ({ sent, known }) => {
        const world = createWorld();
        const outcome = put(world, sent, 'create');
        if (!outcome.ok) throw new TypeError(JSON.stringify(outcome.rejection));
        const expected = JSON.stringify({ ...before, ...known, ...after });
        expect(JSON.stringify(viewOf(outcome.value))).toBe(expected);
        expect(JSON.stringify(readView(world))).toBe(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('after a replacement, which leaves nothing of the document before', () => {
    fc.assert(
      fc.property(policyDocuments, ({ sent, known }) => {
        const world = createWorld();
        put(world, { ...fullPolicy(), name: 'Old' }, 'create');
        const replacement = { ...sent, default: false };
        const outcome = put(world, replacement, 'replace');
        expect(outcome.ok).toBe(true);
        expect(JSON.stringify(readView(world))).toBe(JSON.stringify({ ...before, ...known, default: false, ...after }));
      }),
      { numRuns: 50 },
    );
  });

  it('when the whole of what was read is sent back (`30` §0.1)', () => {
    const world = createWorld();
    put(world, { ...fullPolicy() }, 'create');
    const read = readView(world);
    const document = {
      ...fullPolicy(),
      ...read,
      id: policyId(9),
      updatedAt: '1999-01-01T00:00:00.000Z',
      forSignOnPolicy: true,
    };
    world.now = NOW + 1000;
    put(world, document, 'replace');
    expect(readView(world)).toEqual({ ...read, updatedAt: '2031-05-04T10:20:31.123Z' });
  });
});
