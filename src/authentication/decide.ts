import type { Decision, Snapshot } from '../storage/port.js';
import { refuse, type Verdict } from './answer.js';
import type { CommandName, Commands } from './command.js';
import { decideDiscovery, isWithoutUser } from './discovery.js';
import { eventOf } from './events.js';
import { moved } from './expiry.js';
import { failed } from './failure.js';
import type { FlowError, SelectedDevice } from './model.js';
import { accountError } from './settle.js';
import { type Situation, situate } from './situation.js';
import { legalCell, withRow } from './table.js';

/**
 * Decides a command on a device authentication, in the order of `10` §7.1: the flow is there, its status allows the command, the
 * user may go on; then the cell's own decision.
 */
export function decide<C extends CommandName>(
  name: C,
  snapshot: Snapshot,
  command: Commands[C]['command'],
  facts: Commands[C]['facts'],
): Decision<Verdict> {
  const { deviceAuthentication: flow } = snapshot;
  if (flow && isWithoutUser(flow)) return decideDiscovery(name, snapshot, facts);
  const situation = situate(snapshot, facts.deployment);
  if (!situation) return refuse({ kind: 'NotFound' });
  return withRow(situation.flow.state, (row, state) => {
    const cell = legalCell(row, state, name);
    if (!cell) return refuse({ kind: 'WrongState', command: name, status: state.status });
    const error = accountError(situation, pathway(name, situation));
    return error ? end(situation, error) : cell.decide(state, situation, command, facts);
  });
}

/** What the command would authenticate with: a selection is always of a paired device. */
function pathway(name: CommandName, { flow }: Situation): SelectedDevice['kind'] {
  return name === 'device.select' ? 'device' : (flow.state.selected?.kind ?? 'device');
}

/** The user cannot go on: the flow ends with the command that found it out (`10` §9.8). */
function end(situation: Situation, error: FlowError): Decision<Verdict> {
  const flow = moved(situation.flow, failed(error, situation.flow.state.selected), situation.now);
  return refuse(
    { kind: 'AccountNotUsable' },
    [{ kind: 'update', entity: 'deviceAuthentication', value: flow }],
    [eventOf(flow, 'AUTHENTICATION.UPDATED', { status: 'FAILED' })],
  );
}
