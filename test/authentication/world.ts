import { expect } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.js';
import type { Verdict } from '../../src/authentication/answer.js';
import type {
  AssertionFacts,
  CheckAssertionCommand,
  CommandName,
  Commands,
  CreateCommand,
  CreateFacts,
  OneTimeContact,
} from '../../src/authentication/command.js';
import { createDeviceAuthentication } from '../../src/authentication/create.js';
import { decide } from '../../src/authentication/decide.js';
import type { DeviceAuthentication } from '../../src/authentication/model.js';
import { readDeviceAuthentication } from '../../src/authentication/read.js';
import { verifyBy } from '../../src/authentication/verify-assertion.js';
import { CHANNELS, type Channel, type MessageContent, type OutboxMessage } from '../../src/delivery/message.js';
import type { Deployment } from '../../src/devices/eligibility.js';
import { KINDS, type SentType } from '../../src/devices/kinds/index.js';
import type { DestinationUse, Device } from '../../src/devices/model.js';
import type { OathToken } from '../../src/devices/oath/token.js';
import { digestRecoveryCode, type RecoveryCodes } from '../../src/devices/recovery/codes.js';
import { canonicalContact } from '../../src/devices/sending/contact.js';
import type { BusinessEvent } from '../../src/events.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import { Redacted } from '../../src/kernel/sealed.js';
import { toBase32 } from '../../src/otp/base32.js';
import { hotp } from '../../src/otp/hotp.js';
import { stepAt } from '../../src/otp/totp.js';
import type { StoredDocument, User, UserFactors } from '../../src/platform/model.js';
import type {
  DeviceAuthenticationPolicy,
  MethodRules,
  Methods,
  MfaSettings,
  SentMethod,
} from '../../src/policies/model.js';
import type { SendRules } from '../../src/policies/notifications/send-rules.js';
import type { Counter, Decision, Snapshot, Undecided, Write } from '../../src/storage/port.js';
import { parseAssertionJson } from '../../src/webauthn/credential-json.js';
import { decided } from '../helpers/decided.js';
import { passkeyOf } from '../helpers/passkey.js';
import { DEVICE_METHODS } from '../helpers/rules.js';
import type { SoftAuthenticator, SoftOptions } from '../helpers/soft-authenticator.js';
import { ADA, deviceOf, ENVIRONMENT, FACTORS, FACTORY_METHOD, id, POLICY, SETTINGS, T0, USER } from './fixtures.js';
import type { Result } from './results.js';

export { ENVIRONMENT, id, OTHER_POLICY, POLICY, T0, USER } from './fixtures.js';

/** The keys of every world. */
export const keyring = createKeyring(new Redacted(Buffer.alloc(32, 7)));

/**
 * One user's world in memory: it loads, decides and applies write sets by the rules of the store's port, and fails a test whose
 * write set breaks them. Everything in it may be changed between commands.
 */
export class World {
  now = T0;
  policies = new Map<Uuid, DeviceAuthenticationPolicy>();
  settings: MfaSettings = SETTINGS;
  user: User | undefined = ADA;
  factors: UserFactors = FACTORS;
  devices: Device[] = [];
  flows = new Map<Uuid, DeviceAuthentication>();
  destinations = new Map<string, DestinationUse>();
  counters = new Map<string, Counter>();
  tokens: OathToken[] = [];
  /** Of the default notification policy. */
  sendRules: SendRules | undefined;
  documents: StoredDocument[] = [];
  recoveryCodes: RecoveryCodes | undefined;
  outbox: OutboxMessage[] = [];
  /** What commands have put on record. */
  records: AuditRecord[] = [];
  channels = new Set<Channel>(CHANNELS);
  testModeAllowed = true;
  deployment: Partial<Deployment> = {};
  /** Of the last command. */
  writes: readonly Write[] = [];
  events: readonly BusinessEvent[] = [];
  #drawn = 0;

  constructor() {
    this.setPolicy({});
  }

  /** The default policy, or another; `methods` apply to every method unless named. */
  setPolicy(
    change: Partial<Pick<DeviceAuthenticationPolicy, 'deviceSelection' | 'ignoreUserLock'>>,
    rules: Partial<MethodRules> = {},
    only?: SentMethod,
    policyId: Uuid = POLICY,
    methods: Partial<Methods> = {},
  ): void {
    const before = this.policies.get(policyId);
    const ruled = (method: SentMethod): MethodRules => {
      const base = before?.methods[method] ?? FACTORY_METHOD;
      return only === undefined || only === method ? { ...base, ...rules } : base;
    };
    this.policies.set(policyId, {
      id: policyId,
      environmentId: ENVIRONMENT,
      name: `policy ${policyId}`,
      default: policyId === POLICY,
      document: {},
      deviceSelection: before?.deviceSelection ?? 'DEFAULT_TO_FIRST',
      ignoreUserLock: before?.ignoreUserLock ?? false,
      methods: {
        ...(before?.methods ?? DEVICE_METHODS),
        sms: ruled('sms'),
        voice: ruled('voice'),
        email: ruled('email'),
        whatsApp: ruled('whatsApp'),
        ...methods,
      },
      createdAt: T0,
      updatedAt: T0,
      ...change,
    });
  }

  addDevice(n: number, type: SentType, change: Partial<Device> = {}): Device {
    const device = { ...deviceOf(n, type), ...change };
    this.devices.push(device);
    return device;
  }

  /** An authenticator app that has activated. */
  addApp(n: number, change: Partial<Device> = {}): Device {
    const { secret: _, ...common } = deviceOf(n, 'SMS');
    const details = { algorithm: 'SHA1', digits: 6, period: 30 };
    const device: Device = { ...common, type: 'TOTP', secret: new Redacted(toBase32(seedOf(n))), details, ...change };
    this.devices.push(device);
    return device;
  }

  /** A hardware token that counts, and the device that it is paired as. */
  addToken(n: number, change: Partial<Device> = {}): Device {
    const { secret: _, ...common } = deviceOf(n, 'SMS');
    const serialNumber = `T${n}`;
    const details = { serialNumber, tokenType: 'HOTP' };
    const device: Device = { ...common, type: 'OATH_TOKEN', details, ...change };
    this.devices.push(device);
    this.tokens.push({
      ...{ id: id(5_000 + n), environmentId: ENVIRONMENT, version: 1, serialNumber },
      ...{ secret: new Redacted(seedOf(n).toString('hex')), otpLength: 6, algorithm: 'SHA1' },
      ...{ clock: { kind: 'HOTP' }, lastStep: 9, device: { deviceId: device.id, userId: USER } },
      ...{ createdAt: T0, updatedAt: T0 },
    });
    return device;
  }

  /** What a hardware token shows at a count. */
  count(n: number, counter: number): string {
    return hotp({ secret: seedOf(n), algorithm: 'SHA1', digits: 6 }, counter);
  }

  /** What an authenticator app shows, `steps` away from now. */
  passcode(n: number, steps = 0): string {
    return hotp({ secret: seedOf(n), algorithm: 'SHA1', digits: 6 }, stepAt(this.now, 30) + steps);
  }

  changeDevice(n: number, change: Partial<Device>): void {
    this.devices = this.devices.map((device) => (device.id === id(n) ? { ...device, ...change } : device));
  }

  device(n: number): Device {
    const device = this.devices.find((other) => other.id === id(n));
    if (!device) throw new Error(`no device ${n}`);
    return device;
  }

  oneTime(type: SentType = 'SMS', text = type === 'EMAIL' ? 'eve@example.org' : '+14135550150'): OneTimeContact {
    const contact = KINDS[type].parseContact(text);
    if (!contact) throw new Error('the one-time contact of a test is wrong');
    return { kind: 'oneTime', type, contact, testMode: false };
  }

  facts(): CreateFacts {
    this.#drawn += 1;
    // Successive draws differ in every prefix that a policy may ask for.
    const digits = `${String((this.#drawn * 7_919) % 1_000_000).padStart(6, '0')}3141`;
    return {
      id: id(100_000 + this.#drawn),
      messageId: id(200_000 + this.#drawn),
      digits,
      challenge: () => Buffer.alloc(32, this.#drawn),
      digests: keyring.digests,
      deployment: { channels: this.channels, allowsTestMode: () => this.testModeAllowed, ...this.deployment },
      open: (value) => keyring.vault.open(value),
    };
  }

  /** What a plan would load. */
  snapshot(plan: { flow?: Uuid; oneTime?: OneTimeContact }): Snapshot {
    const flow = plan.flow === undefined ? undefined : this.flows.get(plan.flow);
    const selected = flow?.state.selected;
    const key = plan.oneTime
      ? keyring.digests.contact(ENVIRONMENT, canonicalContact(plan.oneTime.contact.address))
      : selected?.contactKey;
    const defaultPolicy = this.policies.get(POLICY);
    if (!defaultPolicy) throw new Error('the default policy cannot be deleted');
    return {
      now: this.now,
      configuration: {
        environmentId: ENVIRONMENT,
        version: 1,
        policies: this.policies,
        defaultPolicy,
        mfaSettings: this.settings,
        fido2Policies: new Map(),
        sendRules: new Map(),
        ...(this.sendRules ? { defaultSendRules: this.sendRules } : {}),
      },
      devices: this.devices,
      documents: this.documents,
      ...(flow ? { deviceAuthentication: flow } : {}),
      ...(this.user ? { user: this.user, factors: this.factors } : {}),
      ...(this.recoveryCodes ? { recoveryCodes: this.recoveryCodes } : {}),
      ...(key === undefined ? {} : { destination: this.#destination(key) }),
    };
  }

  /** What a decision has asked for beside it. */
  #needed({ destination, counters, oathTokens }: Undecided['needs']): Partial<Snapshot> {
    return {
      ...(oathTokens ? { oathTokens: this.tokens } : {}),
      ...(destination === undefined ? {} : { destination: this.#destination(destination) }),
      ...(counters
        ? { counters: counters.map((name) => this.counters.get(name) ?? { name, value: 0, endsAt: 0 }) }
        : {}),
    };
  }

  create(command: Partial<CreateCommand> = {}): Result {
    const oneTime = command.selection?.kind === 'oneTime' ? command.selection : undefined;
    const facts = this.facts();
    return this.commit(this.snapshot(oneTime ? { oneTime } : {}), (snapshot) =>
      createDeviceAuthentication(snapshot, { userId: USER, ...command }, facts),
    );
  }

  run<C extends CommandName>(name: C, flow: Uuid, command: Commands[C]['command']): Result {
    const snapshot = this.snapshot({ flow });
    const facts = { ...this.facts(), ...this.#verified(snapshot, command) };
    return this.commit(snapshot, (loaded) => decide(name, loaded, command, facts));
  }

  /** What the service would have found out about an assertion beforehand. */
  #verified({ deviceAuthentication: flow, devices }: Snapshot, command: object): Partial<AssertionFacts> {
    if (!('assertion' in command) || flow?.state.status !== 'ASSERTION_REQUIRED') return {};
    const given = command as CheckAssertionCommand;
    const credential = parseAssertionJson(given.assertion);
    if (!credential) return { verified: 'malformed' };
    return { verified: verifyBy(devices, credential, given, flow.state.asked, false, this.facts()) };
  }

  /** An active passkey of Ada's, and the authenticator that has it. */
  addPasskey(n: number, options: SoftOptions = {}): SoftAuthenticator {
    const { authenticator, kept } = passkeyOf({ environmentId: ENVIRONMENT, userId: USER }, options);
    this.addDevice(n, 'SMS', kept);
    return authenticator;
  }

  /** The options that a flow asks the browser with. */
  requestOptions(flow: Uuid): string {
    const read = this.read(flow);
    if (!read.ok || read.value.requestOptions === undefined) throw new Error(`flow ${flow} asks for no assertion`);
    return read.value.requestOptions;
  }

  select(flow: Uuid, n: number): Result {
    return this.run('device.select', flow, { deviceId: id(n) });
  }

  check(flow: Uuid, otp: string): Result {
    return this.run('otp.check', flow, { otp });
  }

  cancel(flow: Uuid, reason: Commands['cancel.push.authentication']['command']['reason'] = 'CHANGE_DEVICE'): Result {
    return this.run('cancel.push.authentication', flow, { reason });
  }

  read(flow: Uuid): Result {
    return readDeviceAuthentication(this.snapshot({ flow }), this.facts().deployment);
  }

  flow(flowId: Uuid): DeviceAuthentication {
    const flow = this.flows.get(flowId);
    if (!flow) throw new Error(`no flow ${flowId}`);
    return flow;
  }

  /** These are the user's recovery codes from now on, each of ten letters. */
  addRecoveryCodes(...codes: readonly string[]): void {
    const place = { environmentId: ENVIRONMENT, userId: USER, setId: id(77) };
    const digests = codes.map((code) => digestRecoveryCode(place, code, keyring.digests));
    this.recoveryCodes = { ...place, version: 1, digests, createdAt: this.now };
  }

  /** What the user reads on the device: the newest message of the flow. */
  message(flow: Uuid): MessageContent {
    const row = this.outbox.findLast((message) => message.deviceAuthenticationId === flow);
    if (!row) throw new Error(`nothing was sent for ${flow}`);
    return JSON.parse(keyring.vault.open(row.content));
  }

  code(flow: Uuid): string {
    return this.message(flow).otp;
  }

  #destination(contactKey: string): DestinationUse {
    const unused = { environmentId: ENVIRONMENT, contactKey, version: 0, oneTimeFailures: 0, leftovers: {} };
    return this.destinations.get(contactKey) ?? unused;
  }

  /** Decides twice, as a store may: the same must come of it, and what was loaded must not have been touched. */
  commit(given: Snapshot, decideOn: (snapshot: Snapshot) => Decision<Verdict>): Result {
    const { needs } = decideOn(given);
    const snapshot = needs ? { ...given, ...this.#needed(needs) } : given;
    const loaded = revealed(snapshot);
    const decision = decided(decideOn(snapshot));
    expect(revealed(decideOn(snapshot)), 'deciding again gives the same').toBe(revealed(decision));
    expect(revealed(snapshot), 'a decision changes nothing that was loaded').toBe(loaded);
    this.writes = decision.writes;
    this.events = decision.outcome.events;
    for (const write of decision.writes) this.#apply(write);
    return decision.outcome.result;
  }

  #apply(write: Write): void {
    const { value } = write;
    switch (write.entity) {
      case 'deviceAuthentication':
        if (write.kind === 'update') expect(write.value.version).toBe(this.flow(write.value.id).version);
        this.flows.set(write.value.id, {
          ...write.value,
          version: write.kind === 'insert' ? 1 : write.value.version + 1,
        });
        return;
      case 'factors':
        expect(write.value.version).toBe(this.factors.version);
        if (write.kind === 'update') this.factors = { ...write.value, version: write.value.version + 1 };
        return;
      case 'device': {
        const guarded = this.writes.some(({ kind, entity }) => kind === 'update' && entity === 'factors');
        expect(guarded, 'a device row is written under its factors').toBe(true);
        this.devices = this.devices.map((device) => (device.id === write.value.id ? (value as Device) : device));
        return;
      }
      case 'destination':
        expect(write.value.version).toBe(this.destinations.get(write.value.contactKey)?.version ?? 0);
        if (write.kind === 'update')
          this.destinations.set(write.value.contactKey, { ...write.value, version: write.value.version + 1 });
        return;
      case 'oathToken':
        expect(this.tokens.find((token) => token.id === write.value.id)?.version).toBe(write.value.version);
        if (write.kind === 'update')
          this.tokens = this.tokens.map((token) =>
            token.id === write.value.id ? { ...write.value, version: token.version + 1 } : token,
          );
        return;
      case 'recoveryCodes':
        expect(write.value.version).toBe(this.recoveryCodes?.version);
        this.recoveryCodes = { ...write.value, version: write.value.version + 1 };
        return;
      case 'counter': {
        const { name } = write.value;
        const endsAt = write.kind === 'add' ? write.value.endsAt : 0;
        const before = this.counters.get(name) ?? { name, value: 0, endsAt };
        this.counters.set(name, { ...before, value: before.value + (write.kind === 'add' ? 1 : -1) });
        return;
      }
      case 'outbox':
        this.outbox.push(write.value);
        return;
      case 'audit':
        this.records.push(write.value);
        return;
      default:
        throw new Error(`device authentications never write ${write.entity}`);
    }
  }
}

/** The seed of an authenticator app. */
const seedOf = (n: number): Buffer => Buffer.alloc(20, n + 1);

/** Everything in a value, secrets included, for comparison. */
function revealed(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item) {
    const member = this[key];
    return member instanceof Redacted ? member.reveal() : item;
  });
}
