import type { AuthenticationRejection } from '../../src/authentication/rejection.js';
import type { Uuid } from '../../src/kernel/ids.js';
import { granted, refused, wrong } from './results.js';
import { id, World } from './world.js';

/** A user with an SMS device (1) and an EMAIL device (2); three failures. */
export function paired(coolDown = 0): World {
  const world = new World();
  world.setPolicy({}, { coolDown });
  world.addDevice(1, 'SMS');
  world.addDevice(2, 'EMAIL');
  return world;
}

/** A flow that waits for the code of a device. */
export function open(world: World, n = 1, policyId?: Uuid): Uuid {
  return granted(world.create({ selection: { kind: 'device', id: id(n) }, ...(policyId ? { policyId } : {}) })).flow.id;
}

export function openOneTime(world: World): Uuid {
  return granted(world.create({ selection: world.oneTime() })).flow.id;
}

/** A wrong code for the flow. */
export function guess(world: World, flow: Uuid): AuthenticationRejection {
  return refused(world.check(flow, wrong(world.code(flow))));
}

/** What the last command wrote, as `update factors`. */
export function kinds(world: World): readonly string[] {
  return world.writes.map(({ kind, entity }) => `${kind} ${entity}`);
}

/** The types of the last command's events. */
export function types(world: World): readonly string[] {
  return world.events.map(({ type }) => type);
}
