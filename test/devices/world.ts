import { expect } from 'vitest';
import type { AuditRecord } from '../../src/audit/record.js';
import { CHANNELS, type Channel, type MessageContent, type OutboxMessage } from '../../src/delivery/message.js';
import { type BrowserService, createBrowserService } from '../../src/devices/browsers/service.js';
import type { Deployment } from '../../src/devices/eligibility.js';
import type { Caller } from '../../src/devices/kinds/pairing.js';
import type { OpenedDevice } from '../../src/devices/managed.js';
import type { DestinationUse, Device, DeviceId } from '../../src/devices/model.js';
import { type OathToken, serialKey } from '../../src/devices/oath/token.js';
import { type CreationRequest, parseCreation } from '../../src/devices/pairing/creation.js';
import type { DeviceRejection } from '../../src/devices/rejection.js';
import { createDeviceService, type DeviceAddress, type DeviceService } from '../../src/devices/service.js';
import type { BusinessEvent } from '../../src/events.js';
import { minutes } from '../../src/kernel/duration.js';
import { type Uuid, uuidOf } from '../../src/kernel/ids.js';
import { createKeyring } from '../../src/kernel/keys.js';
import type { Outcome } from '../../src/kernel/outcome.js';
import { createRandom, type Random } from '../../src/kernel/random.js';
import { Redacted } from '../../src/kernel/sealed.js';
import type { User, UserFactors } from '../../src/platform/model.js';
import type { Fido2Policy } from '../../src/policies/fido2/fido2-policy.js';
import type {
  DeviceAuthenticationPolicy,
  MethodRules,
  Methods,
  MfaSettings,
  SentMethod,
} from '../../src/policies/model.js';
import type { SendRules } from '../../src/policies/notifications/send-rules.js';
import type { Counter, CredentialHolder, Decision, Plan, Snapshot, Store, Write } from '../../src/storage/port.js';
import { decided } from '../helpers/decided.js';
import { DEVICE_METHODS } from '../helpers/rules.js';

export const ENVIRONMENT = uuidOf('00000000-0000-4000-8000-000000000001');
export const USER = uuidOf('00000000-0000-4000-8000-000000000002');
export const POLICY = uuidOf('00000000-0000-4000-8000-000000000003');
export const OTHER_POLICY = uuidOf('00000000-0000-4000-8000-000000000004');
export const T0 = Date.parse('2031-05-04T10:20:30.000Z');
export const OWNER = { environmentId: ENVIRONMENT, userId: USER };
export const WRONG = '0000000000';

export const keyring = createKeyring(new Redacted(Buffer.alloc(32, 7)));

/** Reproducible draws: a counter through a multiplicative hash. */
export function seededRandom(seed = 1): Random {
  let state = seed;
  return createRandom((length) =>
    Buffer.from(
      Array.from({ length }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state >>> 24;
      }),
    ),
  );
}

const FACTORY: MethodRules = {
  enabled: true,
  pairingDisabled: false,
  otpLength: 6,
  lifeTime: minutes(30),
  failureCount: 3,
  coolDown: 0,
};

/**
 * One user's devices in memory, behind the real service: it loads, decides and applies write sets by the rules of the store's port, and
 * fails a test whose write set breaks them. Everything in it may be changed between commands.
 */
export class World {
  now = T0;
  policies = new Map<Uuid, DeviceAuthenticationPolicy>();
  settings: MfaSettings = {
    document: {},
    maxAllowedDevices: 5,
    lockout: undefined,
    phoneExtensionsEnabled: false,
    mfaEnabledForNewUsers: true,
    updatedAt: T0,
  };
  user: User | undefined = {
    id: USER,
    environmentId: ENVIRONMENT,
    version: 1,
    populationId: uuidOf('00000000-0000-4000-8000-000000000009'),
    username: 'ada',
    enabled: true,
    profile: { name: { given: 'Ada' }, preferredLanguage: 'de' },
    createdAt: T0,
    updatedAt: T0,
  };
  factors: UserFactors = {
    userId: USER,
    environmentId: ENVIRONMENT,
    version: 1,
    mfaEnabled: false,
    lockoutFailures: 0,
    ceilings: {},
    lockEpochs: {},
    deviceOrder: [],
  };
  devices: Device[] = [];
  /** Of the default notification policy. */
  sendRules: SendRules | undefined;
  /** The environment's default FIDO policy; absent: the factory's. */
  fido2Policy: Fido2Policy | undefined;
  counters = new Map<string, Counter>();
  tokens: OathToken[] = [];
  credentials: CredentialHolder[] = [];
  destinations = new Map<string, DestinationUse>();
  outbox: OutboxMessage[] = [];
  channels = new Set<Channel>(CHANNELS);
  testModeAllowed = true;
  events: BusinessEvent[] = [];
  /** What commands have put on record. */
  records: AuditRecord[] = [];
  /** Of the last command. */
  writes: readonly Write[] = [];
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly service: DeviceService;
  readonly browsers: BrowserService;

  /** `deployment`: what the operator has configured beside channels and test mode. */
  constructor(deployment: Partial<Deployment> = {}) {
    this.setRules({});
    this.store = {
      load: async (plan) => this.#snapshot(plan),
      transact: async (plan, decide) => this.#commit(plan, decide),
    };
    const events = { emit: (event: BusinessEvent) => this.events.push(event) };
    const { digests } = keyring;
    this.browsers = createBrowserService({ store: this.store, random: seededRandom(), digests, events });
    this.service = createDeviceService({
      store: this.store,
      random: seededRandom(),
      clock: { now: () => this.now },
      digests,
      vault: keyring.vault,
      deployment: { channels: this.channels, allowsTestMode: () => this.testModeAllowed, ...deployment },
      events,
    });
  }

  /** Rules of one method, or of all, in the default policy or another. */
  setRules(
    rules: Partial<MethodRules>,
    only?: SentMethod,
    policyId: Uuid = POLICY,
    ignoreUserLock = false,
    methods: Partial<Methods> = {},
  ): void {
    const before = this.policies.get(policyId);
    const ruled = (method: SentMethod): MethodRules => {
      const base = before?.methods[method] ?? FACTORY;
      return only === undefined || only === method ? { ...base, ...rules } : base;
    };
    this.policies.set(policyId, {
      id: policyId,
      environmentId: ENVIRONMENT,
      name: `policy ${policyId}`,
      default: policyId === POLICY,
      document: {},
      deviceSelection: 'DEFAULT_TO_FIRST',
      ignoreUserLock,
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
    });
  }

  /** Parses and creates, as a request would. */
  async create(request: CreationRequest, caller: Caller = 'admin'): Promise<Outcome<OpenedDevice, DeviceRejection>> {
    const creation = parseCreation(request);
    if (!creation.ok) return { ok: false, rejection: { kind: 'Invalid', problems: creation.rejection } };
    return this.service.create(OWNER, caller, creation.value);
  }

  async created(request: CreationRequest): Promise<Device> {
    return granted(await this.create(request)).device;
  }

  /** An active EMAIL device of its own contact. */
  async active(n = 1): Promise<Device> {
    this.now += 1;
    return this.created({ type: 'EMAIL', email: `user${n}@example.org` });
  }

  /** A pending SMS device of its own contact. */
  async pending(n = 1, more: Partial<CreationRequest> = {}): Promise<Device> {
    this.now += 1;
    return this.created({ type: 'SMS', phone: `+1512555${1000 + n}`, status: 'ACTIVATION_REQUIRED', ...more });
  }

  activate(device: Pick<Device, 'id'>, otp: string): Promise<Outcome<OpenedDevice, DeviceRejection>> {
    return this.service.activate(at(device), { otp });
  }

  /** What the user reads: the newest message to the device. */
  message(device: Pick<Device, 'id'>): MessageContent {
    const row = this.outbox.findLast((message) => message.deviceId === device.id);
    if (!row) throw new Error(`nothing was sent to ${device.id}`);
    return JSON.parse(keyring.vault.open(row.content));
  }

  code(device: Pick<Device, 'id'>): string {
    return this.message(device).otp;
  }

  /** The device as it is stored. */
  stored(device: Pick<Device, 'id'>): Device {
    const found = this.devices.find(({ id }) => id === device.id);
    if (!found) throw new Error(`no device ${device.id}`);
    return found;
  }

  eventTypes(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  #snapshot(plan: Plan): Snapshot {
    const defaultPolicy = this.policies.get(POLICY);
    if (!defaultPolicy) throw new Error('the default policy cannot be deleted');
    if (plan.environmentId !== ENVIRONMENT) return { now: this.now, devices: [], documents: [] };
    const isUser = this.user !== undefined && plan.user === USER;
    const { destination: contactKey, counters, oathTokens } = plan;
    const unused = { environmentId: ENVIRONMENT, version: 0, oneTimeFailures: 0, leftovers: {} };
    return {
      now: this.now,
      environment: {
        id: ENVIRONMENT,
        configVersion: 1,
        name: 'test',
        type: 'SANDBOX',
        region: 'EU',
        organizationId: ENVIRONMENT,
        licenseId: ENVIRONMENT,
        defaultPopulationId: ENVIRONMENT,
        createdAt: T0,
        updatedAt: T0,
      },
      configuration: {
        environmentId: ENVIRONMENT,
        version: 1,
        policies: this.policies,
        defaultPolicy,
        mfaSettings: this.settings,
        fido2Policies: new Map(),
        sendRules: new Map(),
        ...(this.sendRules ? { defaultSendRules: this.sendRules } : {}),
        ...(this.fido2Policy ? { defaultFido2Policy: this.fido2Policy } : {}),
      },
      devices: isUser ? this.devices : [],
      documents: [],
      ...(isUser && this.user ? { user: this.user, factors: this.factors } : {}),
      ...(contactKey === undefined
        ? {}
        : { destination: this.destinations.get(contactKey) ?? { ...unused, contactKey } }),
      ...(counters
        ? { counters: counters.map((name) => this.counters.get(name) ?? { name, value: 0, endsAt: 0 }) }
        : {}),
      ...(oathTokens
        ? { oathTokens: this.tokens.filter((token) => oathTokens.some((wanted) => isIt(token, wanted))) }
        : {}),
    };
  }

  /** Decides twice, as a store may: the same must come of it, and what was loaded must not have been touched. */
  #commit<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): O {
    let snapshot = this.#snapshot(plan);
    const { needs } = decide(snapshot);
    if (needs) snapshot = this.#snapshot({ ...plan, ...needs });
    const loaded = revealed(snapshot);
    const decision = decided(decide(snapshot));
    expect(revealed(decide(snapshot)), 'deciding again gives the same').toBe(revealed(decision));
    expect(revealed(snapshot), 'a decision changes nothing that was loaded').toBe(loaded);
    this.writes = decision.writes.filter(({ entity }) => entity !== 'audit');
    for (const write of decision.writes) this.#apply(write);
    return decision.outcome;
  }

  #apply(write: Write): void {
    switch (write.entity) {
      case 'factors':
        expect(write.kind).toBe('update');
        expect(write.value.version).toBe(this.factors.version);
        this.factors = { ...write.value, version: write.value.version + 1 };
        return;
      case 'device': {
        const guarded = this.writes.some(({ kind, entity }) => kind === 'update' && entity === 'factors');
        expect(guarded, 'a device row is written under its factors').toBe(true);
        const others = this.devices.filter(({ id }) => id !== write.value.id);
        const place = this.devices.findIndex(({ id }) => id === write.value.id);
        if (write.kind === 'delete') this.devices = others;
        else if (place < 0) this.devices = [...this.devices, write.value];
        else this.devices = this.devices.with(place, write.value);
        return;
      }
      case 'destination':
        expect(write.kind).toBe('update');
        expect(write.value.version).toBe(this.destinations.get(write.value.contactKey)?.version ?? 0);
        this.destinations.set(write.value.contactKey, { ...write.value, version: write.value.version + 1 });
        return;
      case 'outbox':
        this.outbox.push(write.value);
        return;
      case 'audit':
        expect(this.writes.length, 'nothing is on record of what changes nothing').toBeGreaterThan(0);
        this.records.push(write.value);
        return;
      case 'counter': {
        const { name, endsAt } =
          write.kind === 'add' ? write.value : { ...write.value, endsAt: Number.POSITIVE_INFINITY };
        const before = this.counters.get(name) ?? { name, value: 0, endsAt };
        this.counters.set(name, { ...before, value: before.value + (write.kind === 'add' ? 1 : -1) });
        return;
      }
      case 'oathToken':
        this.tokens = this.tokens.map((token) => (token.id === write.value.id ? write.value : token));
        return;
      case 'credential':
        this.credentials.push(write.value);
        return;
      default:
        throw new Error(`devices never write ${write.entity}`);
    }
  }
}

const isIt = (token: OathToken, wanted: NonNullable<Plan['oathTokens']>[number]): boolean =>
  'id' in wanted ? token.id === wanted.id : serialKey(token.serialNumber) === serialKey(wanted.serialNumber);

/** Everything in a value, secrets included, for comparison. */
function revealed(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, item) {
    const member = this[key];
    return member instanceof Redacted ? member.reveal() : item;
  });
}

export const at = ({ id }: { readonly id: DeviceId }): DeviceAddress => ({ ...OWNER, deviceId: id });

/** The value of an accepted command; fails the test otherwise. */
export function granted<T>(outcome: Outcome<T, DeviceRejection>): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.rejection)}`);
  return outcome.value;
}

/** The rejection of a refused command; fails the test otherwise. */
export function refused(outcome: Outcome<unknown, DeviceRejection>): DeviceRejection {
  if (outcome.ok) throw new Error('granted');
  return outcome.rejection;
}

/** A code of the same length that is wrong. */
export function wrong(code: string): string {
  return `${code.slice(0, -1)}${(Number(code.slice(-1)) + 1) % 10}`;
}
