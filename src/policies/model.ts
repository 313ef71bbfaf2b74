import type { Instant, Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { EnvironmentId } from '../platform/model.js';

export type PolicyId = Uuid;

/** Methods whose code the server sends; the keys of their sections in a policy (`30` §1.3.1). */
export type SentMethod = 'sms' | 'voice' | 'email' | 'whatsApp';

/** `authentication.deviceSelection` (`30` §1.2, `10` §4.2). */
export type DeviceSelection = 'DEFAULT_TO_FIRST' | 'PROMPT_TO_SELECT' | 'ALWAYS_DISPLAY_DEVICES';

/** A method's run-time rules with the documented defaults applied (`30` §1.7). */
export interface MethodRules {
  readonly enabled: boolean;
  readonly pairingDisabled: boolean;
  readonly otpLength: number;
  readonly lifeTime: Millis;
  readonly failureCount: number;
  /** 0 = no cool-down. */
  readonly coolDown: Millis;
}

/** A device authentication policy: the document exactly as it was sent, and what it means at run time. */
export interface DeviceAuthenticationPolicy {
  readonly id: PolicyId;
  readonly environmentId: EnvironmentId;
  readonly name: string;
  readonly default: boolean;
  /** Optional members as sent, no default materialised (`30` §0.3). Without the read-only members. */
  readonly document: JsonObject;
  readonly deviceSelection: DeviceSelection;
  readonly ignoreUserLock: boolean;
  readonly methods: Readonly<Record<SentMethod, MethodRules>>;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** `mfaSettings` (`30` §3): the document as sent, and its run-time meaning. */
export interface MfaSettings {
  readonly document: JsonObject;
  readonly maxAllowedDevices: number;
  /** Absent or `failureCount` 0 = never. `duration` 0 = until an administrator unlocks. */
  readonly lockout: { readonly failureCount: number; readonly duration: Millis } | undefined;
  readonly phoneExtensionsEnabled: boolean;
  readonly mfaEnabledForNewUsers: boolean;
  readonly updatedAt: Instant;
}

/** Everything of an environment's configuration that decisions read, parsed once per `configVersion` (`design.md` §5). */
export interface Configuration {
  readonly environmentId: EnvironmentId;
  readonly version: number;
  readonly policies: ReadonlyMap<PolicyId, DeviceAuthenticationPolicy>;
  readonly defaultPolicy: DeviceAuthenticationPolicy;
  readonly mfaSettings: MfaSettings;
}
