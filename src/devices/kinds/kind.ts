import type { TSchema } from 'typebox';
import type { Channel } from '../../delivery/message.js';
import type { Instant } from '../../kernel/clock.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { Protected } from '../../kernel/sealed.js';
import type { Method, Methods, SentMethod } from '../../policies/model.js';
import type { Decision, Write } from '../../storage/port.js';
import type { Device } from '../model.js';
import type { OathToken } from '../oath/token.js';
import type { Pairing } from './pairing.js';

/** A contact that was parsed: canonical, and as flow answers show it. */
export interface Contact {
  readonly address: string;
  readonly masked: string;
}

/** Members of a request body whose types the schema has checked. */
export type Members = Readonly<Record<string, unknown>>;

/** What a kind keeps of a create request: the parts of a `Device` that are its own. */
export interface Particulars {
  /** Goes into `Device.secret`. */
  readonly secret?: string;
  /** What `Device.lookupKey` is the keyed hash of: equal for devices that reach the same place. */
  readonly lookup?: string;
  /** Of the hardware token that the device is to be (`20` §9.3). */
  readonly serialNumber?: string;
  /** Goes into `Device.details`. */
  readonly details: JsonObject;
}

/** What every device type differs in, however it proves itself. */
interface KindBase {
  /** Its section in a policy. */
  readonly method: Method;
  /** The channel its code travels by; absent when the server sends it nothing. */
  readonly channel?: Channel;
  /** Human name (`20` §4.1 `typeDisplayNames`). */
  readonly displayName: string;
  /** `authenticators` of a completed flow (`10` §7.6). */
  readonly authenticators: readonly string[];
  /** The request and response member that tells a device from others of its type; no two active devices of a user share it (`20` §5). */
  readonly contactField?: string;
  /** Whether `testMode` may be asked for (`20` §6.5). */
  readonly allowsTestMode: boolean;
  /** Whether an `extension` may be given (`20` §5). */
  readonly allowsExtension: boolean;
  /** Types and sizes of the create request's members that are its own. */
  readonly members: Readonly<Record<string, TSchema>>;
  /** Reads those members; every problem at once. */
  readonly parseMembers: (body: Members) => Outcome<Particulars, readonly FieldProblem[]>;
  readonly pairing: Pairing;
  /** Type-specific members of a flow's device entry, masked (`10` §5). */
  readonly flowMembers: (device: Pick<Device, 'details'>) => JsonObject;
  /** Schemas of `flowMembers`. */
  readonly flowSchema: Readonly<Record<string, TSchema>>;
  /** Type-specific members of the managed device, in full (`20` §2.5). `secret` opens what the device keeps sealed. */
  readonly managedMembers: (device: Pick<Device, 'details'>, secret: () => string) => JsonObject;
  /** Schemas of `managedMembers`. */
  readonly managedSchema: Readonly<Record<string, TSchema>>;
}

/** Proved by a code that the server sends to a contact (`10` §9). */
export interface SentCodeKind extends KindBase {
  readonly challenge: 'otp';
  readonly method: SentMethod;
  readonly channel: Channel;
  readonly contactField: 'phone' | 'email';
  readonly parseContact: (text: string) => Contact | undefined;
}

/** What a passcode is judged by. */
export interface PasscodeContext {
  readonly now: Instant;
  /** Of the policy that governs. */
  readonly methods: Methods;
  /** Time steps accepted on each side, whatever the policy says; absent: what the policy says (SEC-22). */
  readonly widestWindow?: number;
  /** Hardware tokens that were loaded; absent: none was asked for. */
  readonly tokens?: readonly OathToken[];
  /** Opens what a token keeps sealed. */
  readonly open: (value: Protected) => string;
}

/** A passcode held against what the device would make now. `writes`: what it rests on beside the device, written or expected. */
export type PasscodeVerdict =
  /** `device`: with what makes this passcode, and all before it, useless from now on (SEC-22, SEC-23). */
  | { readonly kind: 'right'; readonly device: Device; readonly writes?: readonly Write[] }
  /** `replayed`: it would have been right once (SEC-18). */
  | { readonly kind: 'wrong'; readonly replayed: boolean; readonly writes?: readonly Write[] }
  /** What must be loaded before it can be compared. */
  | { readonly kind: 'needs'; readonly needs: NonNullable<Decision<never>['needs']> }
  /** Not as long as the device's passcodes: no attempt (`10` §7.3, SEC-09). */
  | { readonly kind: 'malformed'; readonly length: number };

/** Proved by a passcode that the user's own device makes of a secret it shares with the server (`10` §10). */
export interface PasscodeKind extends KindBase {
  readonly challenge: 'passcode';
  /** Compares, and counts nothing: that is the decision's. `secret` opens what the device keeps sealed. */
  readonly judgePasscode: (
    device: Device,
    passcode: string,
    secret: () => string,
    context: PasscodeContext,
  ) => PasscodeVerdict;
}

/** Proved by a signature of a credential that was registered (`10` §11). */
export interface AssertionKind extends KindBase {
  readonly challenge: 'assertion';
  readonly method: 'fido2';
}

/**
 * What one device type differs in (`style.md` §4: decide by challenge, never by type). A new type is one file beside this one
 * and a line in `index.ts`; a new challenge a member of this union and its decisions in `authentication/`.
 */
export type DeviceKind = SentCodeKind | PasscodeKind | AssertionKind;

export type Challenge = DeviceKind['challenge'];
