import type { Plan, Snapshot, Write } from '../../storage/port.js';
import { MAX_OATH_TOKENS } from './token.js';

/** More than are ever being added at once: a hundred steps of imports. */
const MARGIN = 10_000;

/**
 * What a unit that adds tokens must see of an environment that had so many a moment ago. To count is to read an index through, so
 * far below the limit nobody does within a unit.
 */
export function planForRoom(count: number): Pick<Plan, 'oathTokenCount'> {
  return count < MAX_OATH_TOKENS - MARGIN ? {} : { oathTokenCount: true };
}

/** How many tokens may be added (`20` §3.1). */
export function roomIn({ oathTokenCount = 0 }: Snapshot): number {
  return Math.max(0, MAX_OATH_TOKENS - oathTokenCount);
}

/** Written beside tokens that are added on a count: of two units that have counted the same tokens one is decided again. */
export function guardOfCount({ environment, oathTokenCount }: Snapshot): readonly Write[] {
  return environment && oathTokenCount !== undefined
    ? [{ kind: 'update', entity: 'environment', value: environment }]
    : [];
}
