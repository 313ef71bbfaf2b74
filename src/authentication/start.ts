import type { Snapshot } from '../storage/port.js';
import type { CreateFacts } from './command.js';
import type { DeviceAuthentication } from './model.js';
import type { Circumstances } from './situation.js';

/** A flow that has no state yet, and what it starts from. */
export interface Start {
  readonly flow: Omit<DeviceAuthentication, 'state' | 'updatedAt' | 'expiresAt'>;
  readonly circumstances: Circumstances;
  readonly facts: CreateFacts;
  /** What limits on sending read, and hardware tokens. */
  readonly loaded: Pick<Snapshot, 'destination' | 'counters' | 'oathTokens'>;
}
