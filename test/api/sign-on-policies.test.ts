import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesBadFields, refusesRequests } from './bad-fields.js';
import { managed } from './managed.js';
import { refusalOf } from './refusal.js';
import { flag, integer, object, oneOf, text } from './shapes.js';
import { type Body, clientId, HERE, here, startWorld, THERE, there, type World } from './world.js';

let started: World;
beforeAll(async () => {
  started = await startWorld();
});
afterAll(() => started[Symbol.asyncDispose]());
const world = (): World => started;
const PATH = `/environments/${HERE}/signOnPolicies`;
const policies = managed(world, PATH);
const actionsOf = (policy: Parameters<typeof policies.itemOf>[0]) =>
  managed(world, `${policies.itemOf(policy)}/actions`);
const CONSTRAINT = { status: 400, code: 'REQUEST_FAILED', details: ['CONSTRAINT_VIOLATION'] };

const MFA: Body = {
  type: 'MULTI_FACTOR_AUTHENTICATION',
  priority: 2,
  deviceAuthenticationPolicy: { id: here.policy },
  noDevicesMode: 'BYPASS',
  condition: { secondsSince: `\${session.lastSignOn.withAuthenticator.mfa.at}`, greater: 3_600 },
  sms: { enabled: true },
};
const LOGIN: Body = { type: 'LOGIN', priority: 1, recovery: { enabled: true }, registration: { enabled: false } };

describe('sign-on policies (40 §2)', () => {
  it('begin with two, of which the default asks for one factor', async () => {
    // Where nobody moves the default.
    const untouched = PATH.replace(HERE, THERE);
    const [single, multi] = await managed(world, untouched).listed();
    expect([single, multi]).toMatchObject([
      { name: 'Single_Factor', default: true },
      { name: 'Multi_Factor', default: false },
    ]);
    const steps = await managed(world, `${untouched}/${multi?.['id']}/actions`).listed();
    expect(steps.map(({ type }) => type)).toEqual(['LOGIN', 'MULTI_FACTOR_AUTHENTICATION']);
  });

  it('and their actions come back as they were sent, and go together', async () => {
    const policy = await policies.create({ name: 'Step up', description: 'For payments' });
    expect(policy.body).toMatchObject({ name: 'Step up', description: 'For payments', default: false });
    const actions = actionsOf(policy);
    for (const body of [LOGIN, MFA]) {
      const created = await actions.create(body);
      const { _links, id, environment, signOnPolicy, ...document } = created.body;
      expect([document, signOnPolicy]).toEqual([body, { id: policy.body['id'] }]);
      expect((await actions.read(actions.itemOf(created))).body).toEqual(created.body);
    }
    expect((await policies.remove(policies.itemOf(policy))).status).toBe(204);
    expect((await world().ask({ path: actions.path })).status).toBe(404);
  });

  it('keep what an action of PingID’s Windows sign-on says, without acting on it', async () => {
    const actions = actionsOf(await policies.create({ name: 'Windows' }));
    const body = {
      type: 'PINGID_WINLOGIN_PASSWORDLESS_AUTHENTICATION',
      priority: 1,
      uniqueUserAttribute: { name: 'username' },
      offlineMode: { enabled: true },
    };
    expect((await actions.create(body)).body).toMatchObject(body);
  });

  it('keep their last action, and say so in the documented words (00 §4.4)', async () => {
    const actions = actionsOf(await policies.create({ name: 'One step' }));
    const only = await actions.create(MFA);
    const refused = await actions.remove(actions.itemOf(only));
    expect(refusalOf(refused)).toEqual(CONSTRAINT);
    expect(refused.text).toContain('Cannot delete last action from the policy');
    // What a released provider does then: another first action, and once more.
    await actions.create({ type: 'LOGIN', priority: 1 });
    expect((await actions.remove(actions.itemOf(only))).status).toBe(204);
  });

  it('have one default, which stays', async () => {
    const created = await policies.create({ name: 'New default', default: true });
    expect(await policies.defaults()).toEqual(['New default']);
    const refused = await policies.remove(policies.itemOf(created));
    expect(refusalOf(refused)).toEqual(CONSTRAINT);
    expect(refused.text).toContain('delete a default policy');
  });

  it('are assigned to applications, and take their assignments along', async () => {
    const policy = await policies.create({ name: 'Assigned' });
    const path = `/environments/${HERE}/applications/${clientId(HERE, 'backend')}/signOnPolicyAssignments`;
    const assignments = managed(world, path);
    const body = { signOnPolicy: { id: policy.body['id'] }, priority: 1 };
    const made = await assignments.create(body);
    expect(made.body).toMatchObject({ ...body, application: { id: clientId(HERE, 'backend') } });
    const another = (await policies.listed()).find(({ id }) => id !== policy.body['id']);
    const kept = await assignments.create({ ...body, signOnPolicy: { id: another?.['id'] } });
    expect((await policies.remove(policies.itemOf(policy))).status).toBe(204);
    expect((await assignments.listed()).map(({ id }) => id)).toEqual([kept.body['id']]);
    expect((await assignments.read(assignments.itemOf(made))).status).toBe(404);
    expect((await assignments.remove(assignments.itemOf(kept))).status).toBe(204);
    expect(refusalOf(await world().ask({ path, body })).details).toEqual(['INVALID_VALUE signOnPolicy.id']);
  });
});

refusesBadFields('a bad field of a sign-on policy is named', {
  world,
  to: () => ({ path: PATH }),
  right: () => ({ name: 'Fields', description: 'x' }),
  shape: object({
    'name*': text({ max: 256, malformed: ['a/b', 'ä', 'a,b'] }),
    description: text({ max: 1_024, mayBeEmpty: true }),
    default: flag(),
  }),
});

describe('an action', () => {
  let path = '';
  beforeAll(async () => {
    path = `${policies.itemOf(await policies.create({ name: 'Of actions' }))}/actions`;
  });
  refusesBadFields('with a bad field names it', {
    world,
    to: () => ({ path }),
    right: () => MFA,
    shape: object({
      'type*': oneOf('LOGIN', 'MULTI_FACTOR_AUTHENTICATION'),
      'priority*': integer(1, 2_147_483_647),
      noDevicesMode: oneOf('BLOCK', 'BYPASS'),
    }),
  });
  refusesRequests('is refused that', { world, to: () => ({ path }) }, [
    {
      name: 'names an MFA policy of another environment (SEC-43)',
      body: () => ({ ...MFA, deviceAuthenticationPolicy: { id: there.policy } }),
      details: ['INVALID_VALUE deviceAuthenticationPolicy.id'],
    },
  ]);
});
