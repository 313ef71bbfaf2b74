import { uuidOf } from '../../src/kernel/ids.js';
import type { User } from '../../src/platform/model.js';
import { factoryPolicy } from '../../src/policies/defaults.js';
import { type Answer, type Body, HERE, type World } from './world.js';

export const TYPES = ['SMS', 'VOICE', 'EMAIL', 'WHATSAPP'] as const;
export type Type = (typeof TYPES)[number];

const METHODS: Readonly<Record<Type, 'sms' | 'voice' | 'email' | 'whatsApp'>> = {
  SMS: 'sms',
  VOICE: 'voice',
  EMAIL: 'email',
  WHATSAPP: 'whatsApp',
};

/** What differs from the factory policy with every method on. */
export interface PolicyTerms {
  readonly selection?: 'DEFAULT_TO_FIRST' | 'PROMPT_TO_SELECT' | 'ALWAYS_DISPLAY_DEVICES';
  readonly off?: readonly Type[];
  readonly failures?: number;
  readonly coolDownMinutes?: number;
  readonly lifeTimeMinutes?: number;
  readonly otpLength?: number;
  readonly ignoreUserLock?: boolean;
}

let names = 0;

export function policyDocument(terms: PolicyTerms = {}): Body {
  const { selection = 'DEFAULT_TO_FIRST', off = [], failures = 3, coolDownMinutes = 0, lifeTimeMinutes = 30 } = terms;
  const minutes = (duration: number) => ({ duration, timeUnit: 'MINUTES' });
  const section = (type: Type) => ({
    enabled: !off.includes(type),
    otp: {
      lifeTime: minutes(lifeTimeMinutes),
      failure: { count: failures, coolDown: minutes(coolDownMinutes) },
      otpLength: terms.otpLength ?? 6,
    },
  });
  return {
    ...factoryPolicy({ name: `Policy ${++names}`, default: false }),
    authentication: { deviceSelection: selection },
    ignoreUserLock: terms.ignoreUserLock ?? false,
    ...Object.fromEntries(TYPES.map((type) => [METHODS[type], section(type)])),
  };
}

/** One user with a policy of their own, seen through the API alone; what the API cannot do yet is done in the store. */
export class Scene {
  readonly world: World;
  readonly user: string;
  readonly policy: string;
  readonly #environment: string;

  constructor(world: World, user: string, policy: string, environment: string) {
    this.world = world;
    this.user = user;
    this.policy = policy;
    this.#environment = environment;
  }

  static async open(world: World, terms: PolicyTerms = {}, environment = HERE): Promise<Scene> {
    const name = `user-${++names}`;
    const user = await created(world, `/environments/${environment}/users`, {
      username: name,
      email: `${name}@example.org`,
      mfaEnabled: true,
    });
    const policy = await created(
      world,
      `/environments/${environment}/deviceAuthenticationPolicies`,
      policyDocument(terms),
    );
    return new Scene(world, user, policy, environment);
  }

  get #userPath(): string {
    return `/environments/${this.#environment}/users/${this.user}`;
  }

  /** An active device of this user. */
  device(type: Type, contact = contactOf(type), more: Body = {}): Promise<string> {
    return created(this.world, `${this.#userPath}/devices`, { type, ...contact, ...more });
  }

  create(body: Body = {}): Promise<Answer> {
    const path = `/${this.#environment}/deviceAuthentications`;
    return this.world.ask({ path, body: { user: { id: this.user }, policy: { id: this.policy }, ...body } });
  }

  read(flow: Answer): Promise<Answer> {
    return this.world.ask({ path: this.#flowPath(flow) });
  }

  act(flow: Answer, type: string, body: Body): Promise<Answer> {
    return this.world.ask({ path: this.#flowPath(flow), type, body });
  }

  check(flow: Answer, otp: string): Promise<Answer> {
    return this.act(flow, 'otp.check', { otp });
  }

  select(flow: Answer, device: string): Promise<Answer> {
    return this.act(flow, 'device.select', { device: { id: device } });
  }

  /** The newest code that was sent for the flow. */
  code(flow: Answer): Promise<string> {
    return this.world.postern.lastCode({ deviceAuthentication: String(flow.body['id']) });
  }

  /** A wrong one of the right length. */
  async wrong(flow: Answer): Promise<Answer> {
    return this.check(flow, wrongFor(await this.code(flow)));
  }

  onDevice(device: string, type: string, body: Body = {}): Promise<Answer> {
    return this.world.ask({ path: `${this.#userPath}/devices/${device}`, type, body });
  }

  readDevice(device: string): Promise<Answer> {
    return this.world.ask({ path: `${this.#userPath}/devices/${device}` });
  }

  deleteDevice(device: string): Promise<Answer> {
    return this.world.ask({ method: 'DELETE', path: `${this.#userPath}/devices/${device}` });
  }

  onUser(type: string, body: Body = {}): Promise<Answer> {
    return this.world.ask({ path: this.#userPath, type, body });
  }

  readUser(): Promise<Answer> {
    return this.world.ask({ path: this.#userPath });
  }

  deleteUser(): Promise<Answer> {
    return this.world.ask({ method: 'DELETE', path: this.#userPath });
  }

  setMfaEnabled(mfaEnabled: boolean): Promise<Answer> {
    return this.world.ask({ method: 'PUT', path: `${this.#userPath}/mfaEnabled`, body: { mfaEnabled } });
  }

  editPolicy(terms: PolicyTerms): Promise<Answer> {
    return this.world.ask({ method: 'PUT', path: this.#policyPath, body: policyDocument(terms) });
  }

  deletePolicy(): Promise<Answer> {
    return this.world.ask({ method: 'DELETE', path: this.#policyPath });
  }

  /** No route disables a user yet. */
  async disable(): Promise<void> {
    const plan = { environmentId: uuidOf(this.#environment), user: uuidOf(this.user) };
    await this.world.postern.app.store.transact(plan, ({ user }) => {
      if (!user) throw new Error('nobody to disable');
      const value: User = { ...user, enabled: false };
      return { writes: [{ kind: 'update', entity: 'user', value }], outcome: undefined };
    });
  }

  get #policyPath(): string {
    return `/environments/${this.#environment}/deviceAuthenticationPolicies/${this.policy}`;
  }

  #flowPath(flow: Answer): string {
    return `/${this.#environment}/deviceAuthentications/${flow.body['id']}`;
  }
}

let contacts = 0;

/** A contact that nobody else has. */
export function contactOf(type: Type): Body {
  const number = String(++contacts).padStart(4, '0');
  return type === 'EMAIL' ? { email: `somebody-${number}@example.org` } : { phone: `+1512555${number}` };
}

export const wrongFor = (code: string): string => code.replace(/.$/, (last) => String((Number(last) + 1) % 10));

async function created(world: World, path: string, body: Body): Promise<string> {
  const answer = await world.ask({ path, body });
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return String(answer.body['id']);
}
