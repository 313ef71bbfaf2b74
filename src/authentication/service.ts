import type { Requester } from '../audit/record.js';
import type { Refusals } from '../audit/refusals.js';
import { createTrail } from '../audit/trail.js';
import type { Deployment } from '../devices/eligibility.js';
import { KINDS } from '../devices/kinds/index.js';
import { DRAWN_BYTES } from '../devices/kinds/pairing.js';
import type { NumberRules } from '../devices/numbering.js';
import { canonicalContact, phoneOf } from '../devices/sending/contact.js';
import { counterFor } from '../devices/sending/reserve-send.js';
import type { EventSink } from '../events.js';
import type { Clock } from '../kernel/clock.js';
import type { Digests, Vault } from '../kernel/keys.js';
import type { Outcome } from '../kernel/outcome.js';
import type { Random } from '../kernel/random.js';
import { DRAWN_DIGITS } from '../otp/code.js';
import type { EnvironmentId } from '../platform/model.js';
import type { Plan, Store } from '../storage/port.js';
import type { Answer } from './answer.js';
import { checkBrowser } from './check-browser.js';
import type {
  CancelCommand,
  ChallengeFacts,
  CheckAssertionCommand,
  CheckBrowserCommand,
  CheckOtpCommand,
  CheckRecoveryCodeCommand,
  CreateCommand,
  CreateFacts,
  Facts,
  OneTimeContact,
  SelectCommand,
} from './command.js';
import { createDeviceAuthentication } from './create.js';
import { decide } from './decide.js';
import type { DeviceAuthenticationId } from './model.js';
import { prepareAssertion } from './prepare-assertion.js';
import { readDeviceAuthentication } from './read.js';
import type { AuthenticationRejection } from './rejection.js';

export interface AuthenticationDependencies {
  readonly store: Pick<Store, 'load' | 'transact'>;
  readonly random: Random;
  /** For the time part of ids; decisions take their time from the store. */
  readonly clock: Clock;
  readonly digests: Digests;
  readonly vault: Pick<Vault, 'open'>;
  readonly deployment: Deployment;
  readonly events: EventSink;
  /** Absent: every number is as good as any other, and stays as it was written. */
  readonly numbers?: NumberRules;
  readonly refusals?: Refusals;
}

export type AuthenticationResult = Outcome<Answer, AuthenticationRejection>;

/**
 * Device authentications: each call is durable when it settles (`10`), and on record as done `by` whom. Rejects with `StoreError`
 * only, which reveals nothing.
 */
export interface AuthenticationService {
  create(environmentId: EnvironmentId, command: CreateCommand, by?: Requester): Promise<AuthenticationResult>;
  /** Whether a browser is remembered: a flow that is over at once (`10` §14). */
  checkBrowser(
    environmentId: EnvironmentId,
    command: CheckBrowserCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
  read(environmentId: EnvironmentId, id: DeviceAuthenticationId): Promise<AuthenticationResult>;
  select(
    environmentId: EnvironmentId,
    id: DeviceAuthenticationId,
    command: SelectCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
  checkOtp(
    environmentId: EnvironmentId,
    id: DeviceAuthenticationId,
    command: CheckOtpCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
  checkAssertion(
    environmentId: EnvironmentId,
    id: DeviceAuthenticationId,
    command: CheckAssertionCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
  /** An extension outside the reference (decision 16). */
  checkRecoveryCode(
    environmentId: EnvironmentId,
    id: DeviceAuthenticationId,
    command: CheckRecoveryCodeCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
  cancel(
    environmentId: EnvironmentId,
    id: DeviceAuthenticationId,
    command: CancelCommand,
    by?: Requester,
  ): Promise<AuthenticationResult>;
}

export function createAuthenticationService(dependencies: AuthenticationDependencies): AuthenticationService {
  const { store, random, clock, digests, vault, deployment, numbers } = dependencies;
  const trail = createTrail(dependencies);
  const open: Facts['open'] = (value) => vault.open(value);
  const facts: Facts = { digests, deployment, open };
  const challengeFacts = (): ChallengeFacts => ({
    digests,
    deployment,
    open,
    messageId: random.timeOrderedUuid(clock.now()),
    digits: random.digits(DRAWN_DIGITS),
    challenge: drawnOnce(() => random.bytes(DRAWN_BYTES)),
  });

  function begin(
    environmentId: EnvironmentId,
    command: CreateCommand,
    isNumberRefused: boolean,
    by: Requester | undefined,
  ): Promise<AuthenticationResult> {
    const now = clock.now();
    const drawn: CreateFacts = {
      digests,
      deployment,
      open,
      messageId: random.timeOrderedUuid(now),
      digits: random.digits(DRAWN_DIGITS),
      challenge: drawnOnce(() => random.bytes(DRAWN_BYTES)),
      id: random.timeOrderedUuid(now),
      isNumberRefused,
    };
    return trail.transact(creationPlan(environmentId, command, facts), by, (snapshot) =>
      createDeviceAuthentication(snapshot, command, drawn),
    );
  }

  /** A one-time number in the one form that its numbering plan knows, and whether its type is refused (SEC-37). */
  async function judge(
    rules: NumberRules,
    environmentId: EnvironmentId,
    command: CreateCommand,
    oneTime: OneTimeContact,
    by: Requester | undefined,
  ) {
    const { place, isRefused } = await rules.judge(phoneOf(oneTime.contact.address));
    const selection = { ...oneTime, contact: { ...oneTime.contact, address: place.number } };
    return begin(environmentId, { ...command, selection }, isRefused, by);
  }

  return {
    create(environmentId, command, by) {
      const { selection } = command;
      const isSentTo = selection?.kind === 'oneTime' && !selection.testMode;
      return numbers && isSentTo && KINDS[selection.type].contactField === 'phone'
        ? judge(numbers, environmentId, command, selection, by)
        : begin(environmentId, command, false, by);
    },
    checkBrowser(environmentId, command, by) {
      const { userId, browser } = command;
      const plan: Plan = { environmentId, user: userId, ...(browser ? { browsers: browser.id } : {}) };
      const drawn = { digests, deployment, id: random.timeOrderedUuid(clock.now()) };
      return trail.transact(plan, by, (snapshot) => checkBrowser(snapshot, command, drawn));
    },
    async read(environmentId, id) {
      return readDeviceAuthentication(await store.load({ environmentId, deviceAuthentication: id }), deployment);
    },
    select(environmentId, id, command, by) {
      const drawn = challengeFacts();
      return trail.transact({ environmentId, deviceAuthentication: id }, by, (snapshot) =>
        decide('device.select', snapshot, command, drawn),
      );
    },
    checkOtp: (environmentId, id, command, by) =>
      trail.transact({ environmentId, deviceAuthentication: id }, by, (snapshot) =>
        decide('otp.check', snapshot, command, facts),
      ),
    async checkAssertion(environmentId, id, command, by) {
      const { plan, facts: prepared } = await prepareAssertion(
        store,
        { environmentId, deviceAuthentication: id },
        command,
        facts,
      );
      return trail.transact(plan, by, (snapshot) => decide('assertion.check', snapshot, command, prepared));
    },
    checkRecoveryCode: (environmentId, id, command, by) =>
      trail.transact({ environmentId, deviceAuthentication: id }, by, (snapshot) =>
        decide('recoveryCode.check', snapshot, command, facts),
      ),
    cancel: (environmentId, id, command, by) =>
      trail.transact({ environmentId, deviceAuthentication: id }, by, (snapshot) =>
        decide('cancel.push.authentication', snapshot, command, facts),
      ),
  };
}

/** Drawn at the first question, and the same from then on. */
function drawnOnce<T>(draw: () => T): () => T {
  let drawn: T | undefined;
  return () => {
    drawn ??= draw();
    return drawn;
  };
}

function creationPlan(environmentId: EnvironmentId, command: CreateCommand, facts: Facts): Plan {
  const { userId, selection, applicationId } = command;
  const oneTime = selection?.kind === 'oneTime' ? selection : undefined;
  const { digests } = facts;
  return {
    environmentId,
    ...(userId === undefined ? {} : { user: userId }),
    ...(oneTime ? { destination: digests.contact(environmentId, canonicalContact(oneTime.contact.address)) } : {}),
    ...(oneTime && !oneTime.testMode ? counterOf(environmentId, oneTime, facts) : {}),
    ...(applicationId === undefined ? {} : { documents: [{ kind: 'application', id: applicationId }] }),
  };
}

/** Of the contact's number prefix, where a breaker is in force (SEC-38). */
function counterOf(environmentId: EnvironmentId, { type, contact: { address } }: OneTimeContact, facts: Facts) {
  return counterFor({ environmentId, address, channel: KINDS[type].channel, ...facts });
}
