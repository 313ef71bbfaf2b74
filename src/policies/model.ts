import type { OwnContents } from '../delivery/own-contents.js';
import type { Instant, Millis } from '../kernel/clock.js';
import type { Uuid } from '../kernel/ids.js';
import type { JsonObject } from '../kernel/json.js';
import type { EnvironmentId } from '../platform/model.js';
import type { AuthenticatorModels } from '../webauthn/trust.js';
import type { Fido2Policy } from './fido2/fido2-policy.js';
import type { SendRules } from './notifications/send-rules.js';

export type PolicyId = Uuid;

/** Methods whose code the server sends; the keys of their sections in a policy (`30` §1.3.1). */
export type SentMethod = 'sms' | 'voice' | 'email' | 'whatsApp';

/** `authentication.deviceSelection` (`30` §1.2, `10` §4.2). */
export type DeviceSelection = 'DEFAULT_TO_FIRST' | 'PROMPT_TO_SELECT' | 'ALWAYS_DISPLAY_DEVICES';

/** What every method has: its run-time rules with the documented defaults applied (`30` §1.7). */
export interface FactorRules {
  readonly enabled: boolean;
  readonly pairingDisabled: boolean;
  readonly failureCount: number;
  /** 0 = no cool-down. */
  readonly coolDown: Millis;
}

/** A method whose code the server sends (`30` §1.3.1). */
export interface MethodRules extends FactorRules {
  readonly otpLength: number;
  readonly lifeTime: Millis;
}

/** `30` §1.3.4. */
export interface TotpRules extends FactorRules {
  /** Steps accepted on each side of the current one. */
  readonly gracePeriod: number;
  /** Added to the key URI, in the order they were sent. */
  readonly uriParameters: Readonly<Record<string, string>>;
}

/** `30` §1.3.5. */
export interface Fido2Rules extends FactorRules {
  /** Absent: the environment's default FIDO policy. */
  readonly fido2PolicyId?: PolicyId;
}

/** `30` §1.3.2; pairing is switched by application, so `pairingDisabled` is never set. */
export interface MobileRules extends FactorRules {
  readonly stepSize: Millis;
}

/** A policy's rules, by the key of their section (`30` §1.3). */
export interface Methods extends Readonly<Record<SentMethod, MethodRules>> {
  readonly totp: TotpRules;
  readonly fido2: Fido2Rules;
  readonly oathToken: FactorRules;
  readonly mobile: MobileRules;
}

export type Method = keyof Methods;

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
  /** Absent: the environment's default notification policy. */
  readonly notificationsPolicyId?: PolicyId;
  readonly methods: Methods;
  /** How long a browser is remembered; absent: none is (`30` §1.2). */
  readonly remembersFor?: Millis;
  /** What the environment has to say in place of the server's own words; absent: nothing. */
  readonly contents?: OwnContents;
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
  /** FIDO policies; none in an environment that was made before there were any (`30` §2). */
  readonly fido2Policies: ReadonlyMap<PolicyId, Fido2Policy>;
  readonly defaultFido2Policy?: Fido2Policy;
  /** Models of authenticators that the environment has added to those of the metadata service; absent: none (`20` §15). */
  readonly ownAuthenticators?: () => AuthenticatorModels;
  /** Of every notification policy, one that limits nothing included (`30` §5). */
  readonly sendRules: ReadonlyMap<PolicyId, SendRules>;
  /** Of the default one, where it limits anything. */
  readonly defaultSendRules?: SendRules;
}
