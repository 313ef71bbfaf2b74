import { describe, expect, it } from 'vitest';
import { type CreationRequest, parseCreation } from '../../src/devices/pairing/creation.js';

const POLICY_FORM = "policy must contain either 'id' or 'type'. valid 'type'=[DEFAULT]";
const ID = '0f9a4b6e-5c83-4d27-b1ea-9d3072c65e18';

function problems(request: CreationRequest): readonly unknown[] {
  const outcome = parseCreation(request);
  return outcome.ok ? [] : outcome.rejection;
}

describe('what the schema of a create request cannot say (20 §6.1)', () => {
  it.each([
    [{ type: 'EMAIL' }, { problem: 'required', target: 'email' }],
    [
      { type: 'SMS', email: 'a@example.org' },
      { problem: 'required', target: 'phone' },
    ],
    [{ type: 'VOICE' }, { problem: 'required', target: 'phone' }],
    [{ type: 'WHATSAPP' }, { problem: 'required', target: 'phone' }],
    [
      { type: 'EMAIL', email: 'a@b' },
      { problem: 'invalid', target: 'email' },
    ],
    [
      { type: 'SMS', phone: '123' },
      { problem: 'invalid', target: 'phone' },
    ],
    [
      { type: 'SMS', phone: '+15125550101', extension: '1' },
      { problem: 'invalid', target: 'extension' },
    ],
    [
      { type: 'EMAIL', email: 'a@example.org', extension: '1' },
      { problem: 'invalid', target: 'extension' },
    ],
    [
      { type: 'WHATSAPP', phone: '+15125550101', testMode: true },
      { problem: 'invalid', target: 'testMode' },
    ],
  ] as const)('%j', (request, problem) => {
    expect(problems(request)).toEqual([expect.objectContaining(problem)]);
  });

  it('every problem at once', () => {
    const request: CreationRequest = { type: 'WHATSAPP', testMode: true, extension: '1', policy: {} };
    expect(problems(request)).toMatchObject([
      { target: 'phone' },
      { target: 'policy' },
      { target: 'testMode' },
      { target: 'extension' },
    ]);
  });

  it.each([
    [{}, 'policy'],
    [{ id: ID, type: 'DEFAULT' }, 'policy'],
    [{ type: 'OTHER' }, 'policy.type'],
    [{ type: 'default' }, 'policy.type'],
  ])('a policy of %j is answered with the text of the real service', (policy, target) => {
    expect(problems({ type: 'EMAIL', email: 'a@example.org', policy })).toEqual([
      expect.objectContaining({ problem: 'invalid', target, message: POLICY_FORM }),
    ]);
  });

  it('testMode false is no request for it', () => {
    expect(problems({ type: 'WHATSAPP', phone: '+15125550101', testMode: false })).toEqual([]);
  });

  it('members of other kinds are ignored', () => {
    const outcome = parseCreation({ type: 'EMAIL', email: 'a@example.org', phone: 'nonsense', name: 'x' });
    expect(outcome).toEqual({
      ok: true,
      value: {
        type: 'EMAIL',
        testMode: false,
        particulars: { secret: 'a@example.org', lookup: 'a@example.org', details: { masked: 'a****@example.org' } },
      },
    });
  });

  it('variables are bounded, as they are kept for resends', () => {
    const request = (length: number): CreationRequest => ({
      type: 'EMAIL',
      email: 'a@example.org',
      notification: { template: { variables: { v: 'x'.repeat(length) } } },
    });
    expect(problems(request(4095))).toEqual([]);
    expect(problems(request(4096))).toEqual([
      { problem: 'tooLong', target: 'notification.template.variables', maximum: 4096 },
    ]);
  });

  it('an empty notification is none', () => {
    const outcome = parseCreation({ type: 'EMAIL', email: 'a@example.org', notification: { template: {} } });
    expect(outcome).not.toHaveProperty('value.notification');
  });
});
