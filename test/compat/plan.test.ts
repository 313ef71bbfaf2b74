import { describe, expect, it } from 'vitest';
import { importBlocks, unexpectedChanges } from '../../compat/terraform/plan.js';

const plan = (change: object) => ({
  resource_changes: [{ mode: 'managed', address: 'pingone_user.ada', change: { after_unknown: {}, ...change } }],
});

describe('the import of what a state holds', () => {
  it('names each resource by the ids that the provider asks for', () => {
    const resource = (type: string, values: object) => ({ mode: 'managed', address: `${type}.one`, type, values });
    const state = {
      values: {
        root_module: {
          resources: [
            resource('pingone_environment', { id: 'e' }),
            resource('pingone_user', { id: 'u', environment_id: 'e' }),
            resource('pingone_mfa_settings', { environment_id: 'e' }),
            resource('pingone_mfa_application_push_credential', { id: 'p', application_id: 'a', environment_id: 'e' }),
            { ...resource('pingone_role', { id: 'r' }), mode: 'data' },
          ],
        },
      },
    };
    expect(importBlocks(state).map((block) => /id = "(.*)"/.exec(block)?.[1])).toEqual(['e', 'e/u', 'e', 'e/a/p']);
  });
});

describe('a plan after an import', () => {
  it('that does nothing holds', () => {
    expect(unexpectedChanges(plan({ actions: ['no-op'], before: {}, after: {} }))).toEqual([]);
  });

  it('that changes a value, adds one or would create the resource does not', () => {
    const before = { name: 'Ada', title: null, id: '1' };
    const changed = { actions: ['update'], before, after: { name: 'Eve', title: 'Dr.', id: '1' }, after_sensitive: {} };
    expect(unexpectedChanges(plan(changed))).toEqual(['pingone_user.ada: name, title']);
    expect(unexpectedChanges(plan({ actions: ['create'], before: null, after: before }))).toEqual([
      'pingone_user.ada would be created',
    ]);
  });

  it('that only sets a secret, which no answer tells, holds', () => {
    const change = { actions: ['update'], before: { password: null }, after: { password: 'x' } };
    expect(unexpectedChanges(plan({ ...change, after_sensitive: { password: true } }))).toEqual([]);
    expect(unexpectedChanges(plan({ ...change, after_sensitive: {} }))).toEqual(['pingone_user.ada: password']);
  });

  it('that replaces for a secret holds, and for anything else does not', () => {
    const change = {
      actions: ['delete', 'create'],
      before: { fcm: null, kind: 'a' },
      after: { fcm: { credentials: 'x' }, kind: 'b' },
      after_sensitive: { fcm: { credentials: true } },
    };
    expect(unexpectedChanges(plan({ ...change, replace_paths: [['fcm']] }))).toEqual([]);
    expect(unexpectedChanges(plan({ ...change, replace_paths: [['fcm'], ['kind']] }))).toEqual([
      'pingone_user.ada: kind',
    ]);
  });
});
