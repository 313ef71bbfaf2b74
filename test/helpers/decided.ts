import type { Decided, Decision } from '../../src/storage/port.js';

/** The decision, which must not ask for anything: the world that it was given holds all there is. */
export function decided<O>(decision: Decision<O>): Decided<O> {
  if (decision.needs) throw new Error(`a decision asks for what is there: ${JSON.stringify(decision.needs)}`);
  return decision;
}
