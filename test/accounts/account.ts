import { expect } from 'vitest';
import { type AccountDecision, recoverPassword, sendCode, verifyUser } from '../../src/accounts/decide.js';
import type { AccountRejection } from '../../src/accounts/rejection.js';
import { CHANNELS, type Channel, type MessageContent, type OutboxMessage } from '../../src/delivery/message.js';
import type { OwnContents } from '../../src/delivery/own-contents.js';
import type { DestinationUse } from '../../src/devices/model.js';
import type { SendLimits } from '../../src/devices/sending/send-window.js';
import type { User, UserFactors } from '../../src/platform/model.js';
import type { StoredPassword } from '../../src/platform/passwords/password.js';
import type { ProposedPassword } from '../../src/platform/passwords/proposed-password.js';
import { unlockUser } from '../../src/platform/rules.js';
import type { CodeUse, UserCode } from '../../src/platform/users/user-code.js';
import type { SendRules } from '../../src/policies/notifications/send-rules.js';
import type { Counter, Plan, Snapshot, Write } from '../../src/storage/port.js';
import { ADA, ENVIRONMENT, FACTORS, T0, USER } from '../authentication/fixtures.js';
import { id, keyring, World } from '../authentication/world.js';

export const MAIL = 'Ada@example.org';
const CONTACT = keyring.digests.contact(ENVIRONMENT, 'ada@example.org');
export const LIMITS: SendLimits = { unconfirmed: 2, hourly: 0, daily: 0, pause: 0, prefix: 0 };

/** One user who waits for a code by mail, in memory: what a decision needs is loaded, what it says is written. */
export class Account {
  now = T0;
  user: User | undefined = { ...ADA, profile: { email: MAIL }, unverified: true };
  factors: UserFactors = FACTORS;
  password: StoredPassword | undefined = {
    userId: USER,
    environmentId: ENVIRONMENT,
    hash: 'old',
    forceChange: true,
    setAt: T0,
    failures: 2,
  };
  codes: readonly UserCode[] = [];
  destinations = new Map<string, DestinationUse>();
  counters = new Map<string, Counter>();
  outbox: OutboxMessage[] = [];
  channels = new Set<Channel>(CHANNELS);
  sendLimits: SendLimits | undefined;
  rules: SendRules | undefined;
  contents: OwnContents | undefined;
  /** Of the last decision. */
  writes: readonly string[] = [];
  events: readonly object[] = [];
  #drawn = 0;

  send(use: CodeUse = 'verification'): AccountRejection | undefined {
    this.#drawn += 1;
    const facts = {
      digits: `${String(this.#drawn * 7_919).padStart(10, '0')}`.slice(-10),
      messageId: id(this.#drawn),
      digests: keyring.digests,
      deployment: this.#deployment(),
    };
    return this.#run((snapshot) => sendCode(snapshot, ENVIRONMENT, use, facts));
  }

  verify(code: string): AccountRejection | undefined {
    const facts = { digests: keyring.digests, deployment: this.#deployment() };
    return this.#run((snapshot) => verifyUser(snapshot, ENVIRONMENT, code, facts));
  }

  recover(code: string, proposed: Partial<ProposedPassword> = {}): AccountRejection | undefined {
    const facts = { digests: keyring.digests, deployment: this.#deployment() };
    const to = { value: 'quite another password', hash: 'new', compared: new Map([['old', false]]), ...proposed };
    return this.#run((snapshot) => recoverPassword(snapshot, ENVIRONMENT, code, to, facts));
  }

  /** What an administrator's unlock writes. */
  unlock(): void {
    for (const write of unlockUser(this.#snapshot({}), ENVIRONMENT).writes) this.#apply(write);
  }

  message(): MessageContent {
    const row = this.outbox.at(-1);
    if (!row) throw new Error('nothing was sent');
    return JSON.parse(keyring.vault.open(row.content));
  }

  code(): string {
    return this.message().otp;
  }

  kept(use: CodeUse = 'verification'): UserCode | undefined {
    return this.codes.find((one) => one.use === use);
  }

  change(user: Partial<User>): void {
    if (this.user) this.user = { ...this.user, ...user };
  }

  #deployment() {
    return { channels: this.channels, ...(this.sendLimits ? { sendLimits: this.sendLimits } : {}) };
  }

  #run(decide: (snapshot: Snapshot) => AccountDecision<unknown>): AccountRejection | undefined {
    let decision = decide(this.#snapshot({}));
    if (decision.needs) decision = decide(this.#snapshot(decision.needs));
    if (decision.needs) throw new Error(`it asks for what it was given: ${JSON.stringify(decision.needs)}`);
    const { writes, outcome } = decision;
    this.writes = writes.map(({ kind, entity }) => `${kind} ${entity}`);
    this.events = outcome.events;
    for (const write of writes) this.#apply(write);
    return outcome.result.ok ? undefined : outcome.result.rejection;
  }

  #snapshot({ destination, counters }: Pick<Plan, 'destination' | 'counters'>): Snapshot {
    const { configuration } = new World().snapshot({});
    if (!configuration) throw new Error('a world has a configuration');
    const { defaultPolicy } = configuration;
    return {
      now: this.now,
      environment: { id: ENVIRONMENT } as NonNullable<Snapshot['environment']>,
      configuration: {
        ...configuration,
        defaultPolicy: { ...defaultPolicy, ...(this.contents ? { contents: this.contents } : {}) },
        ...(this.rules ? { defaultSendRules: this.rules } : {}),
      },
      ...(this.user ? { user: this.user, factors: this.factors } : {}),
      devices: [],
      documents: [],
      directory: { codes: this.codes, ...(this.password ? { password: this.password } : {}) },
      ...(destination === undefined ? {} : { destination: this.destination(destination) }),
      ...(counters
        ? { counters: counters.map((name) => this.counters.get(name) ?? { name, value: 0, endsAt: 0 }) }
        : {}),
    };
  }

  destination(contactKey = CONTACT): DestinationUse {
    const unused = { environmentId: ENVIRONMENT, contactKey, version: 0, oneTimeFailures: 0, leftovers: {} };
    return this.destinations.get(contactKey) ?? unused;
  }

  #apply(write: Write): void {
    switch (write.entity) {
      case 'user':
        expect(write.kind).toBe('update');
        this.user = write.value;
        return;
      case 'factors':
        this.factors = write.value;
        return;
      case 'password':
        this.password = write.value;
        return;
      case 'userCode':
        this.codes = [...this.codes.filter(({ use }) => use !== write.value.use), write.value];
        return;
      case 'destination':
        this.destinations.set(write.value.contactKey, write.value);
        return;
      case 'counter': {
        const { name } = write.value;
        const counter = this.counters.get(name) ?? { name, value: 0, endsAt: Number.MAX_SAFE_INTEGER };
        this.counters.set(name, { ...counter, value: counter.value + (write.kind === 'add' ? 1 : -1) });
        return;
      }
      case 'outbox':
        this.outbox.push(write.value);
        return;
      default:
        throw new Error(`codes of users never write ${write.entity}`);
    }
  }
}

/** One to whom a code has been sent. */
export const sent = (change: Partial<User> = {}): Account => {
  const account = new Account();
  account.change(change);
  expect(account.send()).toBeUndefined();
  return account;
};
