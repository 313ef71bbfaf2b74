import type { TSchema } from 'typebox';
import type { OutboxMessage } from '../../delivery/message.js';
import type { BusinessEvent } from '../../events.js';
import type { Instant } from '../../kernel/clock.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Digests } from '../../kernel/keys.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { Protected } from '../../kernel/sealed.js';
import type { User, UserFactors } from '../../platform/model.js';
import type { Configuration, DeviceAuthenticationPolicy } from '../../policies/model.js';
import type { Decision, Write } from '../../storage/port.js';
import type { CeremonyProblem } from '../../webauthn/problem.js';
import type { Registration } from '../../webauthn/registration.js';
import type { DeviceEvent } from '../answer.js';
import type { Deployment } from '../eligibility.js';
import type { Activation, Device, DeviceStatus } from '../model.js';
import type { OathToken } from '../oath/token.js';
import type { Members } from './kind.js';

/** Who asks: an administrator or worker on the user's behalf, or the user (`20` §0). */
export type Caller = 'admin' | 'self';

/** What a pairing rests on. */
export interface PairingContext {
  readonly now: Instant;
  readonly user: User;
  readonly factors: UserFactors;
  /** All of the user's, this one too. */
  readonly devices: readonly Device[];
  readonly configuration: Configuration;
  /** The policy that governs this pairing. */
  readonly policy: DeviceAuthenticationPolicy;
  readonly deployment: Deployment;
  readonly digests: Digests;
  /** Opens what the device keeps sealed. */
  readonly open: (value: Protected) => string;
  /** Time steps of a passcode accepted on each side, whatever the policy says; absent: what the policy says (SEC-22). */
  readonly widestWindow?: number;
  /** Hardware tokens that were loaded; absent: none was asked for. */
  readonly tokens?: readonly OathToken[];
}

/** What holds for all of one pairing, however often it is begun. */
export type PairingTerms = Pick<Activation, 'policyId' | 'notification'>;

/** Drawn beforehand, so that deciding again gives the same (`design.md` §2). */
export interface PairingDraws {
  /** `DRAWN_DIGITS` uniform digits. */
  readonly digits: string;
  readonly messageId: Uuid;
  /** `DRAWN_BYTES` uniform bytes: a seed, a challenge. */
  readonly bytes: Uint8Array;
}

/** Bytes drawn for any pairing. */
export const DRAWN_BYTES = 32;

/** A pairing that waits for its proof. */
export interface Begun {
  /** With its `activation`. */
  readonly device: Device;
  /** To be sent after the commit. */
  readonly message?: OutboxMessage;
  /** Members of this one answer, never shown again (`20` §2.5). */
  readonly once: JsonObject;
}

/**
 * What slow cryptography found out about a proof before the unit (`design.md` §6), and the challenge that it was verified against:
 * it says nothing about any other.
 */
export interface VerifiedProof {
  readonly challenge: string;
  readonly outcome: Outcome<Registration, CeremonyProblem>;
  /** Names the credential in its environment, for the load to find whoever holds it. */
  readonly credentialKey?: string;
}

/**
 * What was submitted, held against what was begun. Only `right`, `wrong` and `unfinished` are verdicts of a comparison; `writes` are
 * what it rests on beside the device, written or expected.
 */
export type Verdict =
  /** `device`: with what the proof has taught of it; absent when that is nothing. */
  | {
      readonly kind: 'right';
      readonly device?: Device;
      /** A credential that is the device's from now on, and nobody else's in the environment (SEC-25). */
      readonly credentialKey?: string;
      readonly detail?: BusinessEvent['detail'];
      readonly writes?: readonly Write[];
    }
  /** `replayed`: it would have been right once (SEC-18). */
  | { readonly kind: 'wrong'; readonly replayed: boolean; readonly writes?: readonly Write[] }
  /** Plausible, and not enough: one more is asked for; counted like a wrong one (`20` §9.4, SEC-23). */
  | { readonly kind: 'unfinished'; readonly writes: readonly Write[] }
  /** What must be loaded before it can be compared. */
  | { readonly kind: 'needs'; readonly needs: NonNullable<Decision<never>['needs']> }
  /** There is nothing to compare with any more. */
  | { readonly kind: 'dead' }
  | { readonly kind: 'malformed'; readonly problems: readonly FieldProblem[] }
  /** No guess, so nothing is counted; `device` has spent its one try (`20` §8.3). */
  | {
      readonly kind: 'refused';
      readonly device: Device;
      readonly problems: readonly FieldProblem[];
      readonly event: DeviceEvent;
      readonly detail: BusinessEvent['detail'];
    };

/** A proof without this member. */
export function required(target: string): Verdict {
  return { kind: 'malformed', problems: [{ problem: 'required', target }] };
}

/** A passcode that cannot be the one that is waited for: not compared, and no attempt (SEC-09). */
export function notOfLength(target: string, digits: number): Verdict {
  return { kind: 'malformed', problems: [{ problem: 'invalid', target, message: `must have ${digits} digits` }] };
}

/** How devices of a kind become active: begun at creation, proved at activation (`20` §3.2, §6.4). */
export interface Pairing {
  /** The statuses that each caller may ask for; the first is meant when none is asked for. */
  readonly statuses: Readonly<Record<Caller, readonly [DeviceStatus, ...DeviceStatus[]]>>;
  /** Whatever status is asked for, the first is meant (`20` §3.2, FIDO2). */
  readonly ignoresStatus?: true;
  /** Whether it begins with something sent, which can be sent again (`device.sendActivationCode`). */
  readonly sends: boolean;
  /** Begins, or begins again: what was begun before is dead. Rejects when there is no content to send (`10` §13A). */
  readonly begin: (
    device: Device,
    terms: PairingTerms,
    context: PairingContext,
    draws: PairingDraws,
  ) => Outcome<Begun, 'NoContent'>;
  /** Schemas of `Begun.once`. */
  readonly onceMembers: Readonly<Record<string, TSchema>>;
  /** Types and sizes of the activation request's members. */
  readonly proof: Readonly<Record<string, TSchema>>;
  /** Compares, and counts nothing: that is the decision's. Its caller has found device, user and method usable. */
  readonly judge: (device: Device, proof: Members, context: PairingContext, verified?: VerifiedProof) => Verdict;
  /** The slow part of judging, done before the unit; absent for kinds that have none. `undefined`: there is nothing to verify. */
  readonly verify?: (device: Device, proof: Members, context: PairingContext) => VerifiedProof | undefined;
}
