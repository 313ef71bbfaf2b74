import type { CheckAssertionCommand } from '../../src/authentication/command.js';
import { decide } from '../../src/authentication/decide.js';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import { verifyBy } from '../../src/authentication/verify-assertion.js';
import { asDetails, detailsOf } from '../../src/devices/credential.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { type Fido2Policy, parseFido2Policy } from '../../src/policies/fido2/fido2-policy.js';
import { type Fido2PolicyDocument, factoryFido2Policies } from '../../src/policies/fido2/fido2-policy-document.js';
import type { Snapshot } from '../../src/storage/port.js';
import { parseAssertionJson } from '../../src/webauthn/credential-json.js';
import { ORIGIN, RP_ID } from '../helpers/passkey.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import type { Lies, SoftAuthenticator } from '../helpers/soft-authenticator.js';
import { granted, type Result } from './results.js';
import { ENVIRONMENT, id, POLICY, World } from './world.js';

export const FORGED: Lies = { signature: () => Buffer.from('no signature') };

/** A world whose environment has a FIDO policy of its own, and flows without a user. */
export class PasskeyWorld extends World {
  policy: Fido2Policy | undefined;

  /** From the factory's first. */
  setFido2(change: Partial<Fido2PolicyDocument> = {}): void {
    this.policy = parseFido2Policy({ ...factoryFido2Policies(RP_ID)[0], ...change });
    if (!this.policy) throw new Error('the FIDO policy of a test is wrong');
  }

  /** Rules of the method in the MFA policy. */
  setMethod(change: Partial<typeof DEVICE_METHODS.fido2>): void {
    this.setPolicy({}, {}, undefined, POLICY, { fido2: { ...DEVICE_METHODS.fido2, ...change } });
  }

  override snapshot(plan: Parameters<World['snapshot']>[0]): Snapshot {
    const { configuration, ...rest } = super.snapshot(plan);
    if (!configuration) throw new Error('a world has a configuration');
    return {
      ...rest,
      environment: { id: ENVIRONMENT } as NonNullable<Snapshot['environment']>,
      configuration: { ...configuration, ...(this.policy ? { defaultFido2Policy: this.policy } : {}) },
    };
  }

  /** Asks for an assertion by the n-th device. */
  open(n = 1): Uuid {
    return granted(this.create({ selection: { kind: 'device', id: id(n) } })).flow.id;
  }

  /** A flow without a user. */
  discover(): Result {
    const { user, factors } = this;
    this.user = undefined;
    try {
      return this.create({ userId: undefined });
    } finally {
      this.user = user;
      this.factors = factors;
    }
  }

  by(flow: Uuid, passkey: SoftAuthenticator, lies: Lies = {}): CheckAssertionCommand {
    return { origin: ORIGIN, assertion: passkey.assert(this.requestOptions(flow), ORIGIN, lies) };
  }

  assert(flow: Uuid, passkey: SoftAuthenticator, lies: Lies = {}): Result {
    return this.run('assertion.check', flow, this.by(flow, passkey, lies));
  }

  /** Verifies against what is there now, changes the world, and then decides. */
  assertAfter(flow: Uuid, passkey: SoftAuthenticator, change: () => void): Result {
    const command = this.by(flow, passkey);
    const { asked } = this.asked(flow);
    const credential = parseAssertionJson(command.assertion);
    if (!credential) throw new Error('an honest assertion can be read');
    const verified = verifyBy(this.devices, credential, command, asked, false, this.facts());
    change();
    const facts = { ...this.facts(), verified };
    return this.commit(this.snapshot({ flow }), (snapshot) => decide('assertion.check', snapshot, command, facts));
  }

  asked(flow: Uuid): Extract<DeviceAuthentication['state'], { status: 'ASSERTION_REQUIRED' }> {
    const { state } = this.flow(flow);
    if (state.status !== 'ASSERTION_REQUIRED') throw new Error(state.status);
    return state;
  }

  /** The flow asks by another challenge from now on. */
  askAnew(flow: Uuid): void {
    const state = this.asked(flow);
    const { selected, asked } = state;
    const anew = { ...asked, challenge: 'another' };
    this.flows.set(flow, {
      ...this.flow(flow),
      state: selected ? { ...state, asked: anew } : { status: state.status, asked: anew },
    });
  }

  changeDetails(n: number, change: object): void {
    this.changeDevice(n, { details: asDetails({ ...detailsOf(this.device(n)), ...change }) });
  }
}

/** Why the last command's assertion proved nothing, as the records have it. */
export const problem = (world: World): unknown =>
  world.events.find(({ type }) => type === 'ASSERTION.CHECK_FAILED')?.detail?.['problem'];
