import type { InboxDoor } from '../../../src/delivery/gateway.js';

/** How a provider behaves from now on. `gone`: it no longer listens. */
export type Behaviour = 'accept' | 'transient' | 'permanent' | 'unauthorized' | 'hang' | 'gone';

export type Failure = Exclude<Behaviour, 'accept' | 'hang'>;

/** What arrived at the provider. */
export interface Delivered {
  readonly to: string;
  /** Everything that was sent. */
  readonly data: string;
}

/** A provider on this machine and the settings that point a gateway at it. */
export interface Rig extends AsyncDisposable {
  /** As an operator writes them, by option name. */
  readonly settings: Readonly<Record<string, string>>;
  readonly inbox?: InboxDoor;
  /** What must never be logged or returned. */
  readonly secrets: readonly string[];
  behave(behaviour: Behaviour): void;
  delivered(): readonly Delivered[];
}
