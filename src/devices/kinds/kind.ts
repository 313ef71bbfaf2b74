import type { Channel } from '../../delivery/message.js';
import type { JsonObject } from '../../kernel/json.js';
import type { SentMethod } from '../../policies/model.js';
import type { Device } from '../model.js';

/** A contact that was parsed: canonical, and as flow answers show it. */
export interface Contact {
  readonly address: string;
  readonly masked: string;
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
  /** The channel its code travels by. */
  readonly channel: Channel;
  /** Human name (`20` §4.1 `typeDisplayNames`). */
  readonly displayName: string;
  /** `authenticators` of a completed flow (`10` §7.6). */
  readonly authenticators: readonly string[];
  /** The request and response member that holds the contact. */
  readonly contactField: 'phone' | 'email';
  readonly parseContact: (text: string) => Contact | undefined;
  /** Whether `testMode` may be asked for (`20` §6.5). */
  readonly allowsTestMode: boolean;
  /** Whether an `extension` may be given (`20` §5). */
  readonly allowsExtension: boolean;
  /** Type-specific members of a flow's device entry, masked (`10` §5). */
  readonly flowMembers: (device: Pick<Device, 'details'>) => JsonObject;
  /** Type-specific members of the managed device, in full (`20` §2.5). */
  readonly managedMembers: (device: Pick<Device, 'details'>, secret: string) => JsonObject;
}
