import type { Option, OptionValues } from '../../config/option.js';
import type { Problem } from '../../config/problem.js';
import type { SettingValue } from '../../config/read.js';
import type { Clock } from '../../kernel/clock.js';
import type { Gateway, InboxDoor } from '../gateway.js';
import type { Channel } from '../message.js';

/** What gateways are given beside their settings. */
export interface GatewayContext {
  readonly clock: Clock;
  /** Development only. */
  readonly inbox?: InboxDoor;
}

/** The values of all gateways' settings, by option name. */
export type GatewaySettings = Readonly<Record<string, SettingValue | undefined>>;

/** A kind of gateway, as the registry knows it. */
export interface GatewayKind {
  readonly name: string;
  /** What it can serve at most. */
  readonly channels: readonly Channel[];
  /** Its fragment of the configuration table. */
  readonly options: readonly Option[];
  /** Serves a channel only when no other gateway does. */
  readonly standIn?: true;
  /** Settings that do not go together; each names a variable. Empty when it is not configured at all. */
  readonly check: (settings: GatewaySettings) => readonly Problem[];
  /** `undefined` when it is not configured. */
  readonly create: (settings: GatewaySettings, context: GatewayContext) => Gateway | undefined;
}

interface Definition<T extends readonly Option[]> extends Omit<GatewayKind, 'options' | 'check' | 'create'> {
  readonly options: T;
  readonly check: (settings: OptionValues<T>) => readonly Problem[];
  readonly create: (settings: OptionValues<T>, context: GatewayContext) => Gateway | undefined;
}

/** A gateway is this one declaration and a line in `index.ts` (`style.md` §8). */
export function defineGateway<const T extends readonly Option[]>(definition: Definition<T>): GatewayKind {
  // The settings were read by these very rows, which is what their type says; the registry forgets it.
  return definition as unknown as GatewayKind;
}
