import type { Verdict } from '../../src/authentication/answer.js';
import type { Decided, Decision, Plan, Snapshot, Store, Write } from '../../src/storage/port.js';
import { ENVIRONMENT, type World } from '../authentication/world.js';
import { decided } from '../helpers/decided.js';

/**
 * A store in memory that promises what the port promises, optimistically: load, decide, commit if nothing that the write set names
 * has moved, else load again. Between any two of these others may run: `turn` waits until it is this unit's turn.
 */
export class TurnStore implements Pick<Store, 'load' | 'transact'> {
  readonly #world: World;
  readonly #turn: () => Promise<void>;
  readonly #withoutGuards: boolean;
  /** Times a unit had to load again. */
  conflicts = 0;

  /** `withoutGuards` = whatever moved meanwhile is written over: the control of the test. */
  constructor(world: World, turn: () => Promise<void>, withoutGuards = false) {
    this.#world = world;
    this.#turn = turn;
    this.#withoutGuards = withoutGuards;
  }

  async load(plan: Plan): Promise<Snapshot> {
    await this.#turn();
    return this.#snapshot(plan);
  }

  async transact<O>(plan: Plan, decide: (snapshot: Snapshot) => Decision<O>): Promise<O> {
    for (;;) {
      await this.#turn();
      const snapshot = this.#snapshot(plan);
      await this.#turn();
      const { writes, outcome } = decided(decide(snapshot));
      if (writes.length === 0) return outcome;
      if (!this.#withoutGuards && writes.some((write) => this.#moved(write))) {
        this.conflicts++;
        continue;
      }
      // Only outcomes of this module come here; the world's own type says so, the port's cannot.
      this.#world.commit(snapshot, (again) => this.#asLoaded(decided(decide(again))) as unknown as Decision<Verdict>);
      await this.#turn();
      return outcome;
    }
  }

  #snapshot(plan: Plan): Snapshot {
    const { deviceAuthentication: flow, destination: contactKey } = plan;
    const snapshot = this.#world.snapshot(flow === undefined ? {} : { flow });
    if (contactKey === undefined) return snapshot;
    const unused = { environmentId: ENVIRONMENT, contactKey, version: 0, oneTimeFailures: 0, leftovers: {} };
    return { ...snapshot, destination: this.#world.destinations.get(contactKey) ?? unused };
  }

  /** Without guards, every version is taken for the one that is there. */
  #asLoaded<O>(decision: Decided<O>): Decided<O> {
    if (!this.#withoutGuards) return decision;
    const { flows, factors, destinations } = this.#world;
    const writes = decision.writes.map((write): Write => {
      if (write.kind !== 'update' && write.kind !== 'expect') return write;
      switch (write.entity) {
        case 'deviceAuthentication':
          return { ...write, value: { ...write.value, version: flows.get(write.value.id)?.version ?? 0 } };
        case 'factors':
          return { ...write, value: { ...write.value, version: factors.version } };
        case 'destination':
          return {
            ...write,
            value: { ...write.value, version: destinations.get(write.value.contactKey)?.version ?? 0 },
          };
        default:
          return write;
      }
    });
    return { ...decision, writes };
  }

  #moved({ kind, entity, value }: Write): boolean {
    if (kind === 'insert' || kind === 'append') return false;
    switch (entity) {
      case 'deviceAuthentication':
        return this.#world.flows.get(value.id)?.version !== value.version;
      case 'factors':
        return this.#world.factors.version !== value.version;
      case 'destination':
        return (this.#world.destinations.get(value.contactKey)?.version ?? 0) !== value.version;
      default:
        return false;
    }
  }
}
