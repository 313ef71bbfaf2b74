import type { TSchema } from 'typebox';
import type { Channel } from '../../delivery/message.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';
import type { Outcome } from '../../kernel/outcome.js';
import type { SentMethod } from '../../policies/model.js';
import type { Device } from '../model.js';
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
  /** Goes into `Device.details`. */
  readonly details: JsonObject;
}

/**
 * What one device type differs in (`style.md` §4: decide by challenge, never by type). A new type is one file beside this one
 * and a line in `index.ts`.
 */
export interface DeviceKind {
  /** How it proves itself. */
  readonly challenge: 'otp';
  /** Its section in a policy. */
  readonly method: SentMethod;
  /** The channel its code travels by; absent when the server sends it nothing. */
  readonly channel?: Channel;
  /** Human name (`20` §4.1 `typeDisplayNames`). */
  readonly displayName: string;
  /** `authenticators` of a completed flow (`10` §7.6). */
  readonly authenticators: readonly string[];
  /** The request and response member that holds the contact, if it has one; no two active devices of a user share it (`20` §5). */
  readonly contactField?: 'phone' | 'email';
  readonly parseContact?: (text: string) => Contact | undefined;
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
  /** Type-specific members of the managed device, in full (`20` §2.5). */
  readonly managedMembers: (device: Pick<Device, 'details'>, secret: string) => JsonObject;
  /** Schemas of `managedMembers`. */
  readonly managedSchema: Readonly<Record<string, TSchema>>;
}
