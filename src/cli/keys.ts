import { toTimestamp } from '../kernel/clock.js';
import type { KeyAdmin, KeyState, RotationProgress } from '../storage/keys-port.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError, type Terminal } from './terminal.js';

/** Rows between two lines of progress. */
const PROGRESS_ROWS = 10_000;

/**
 * `postern keys status` and `postern keys rotate [--master]` (SEC-68), while the server serves: beside it on PostgreSQL, by it on
 * the embedded database.
 */
export async function keys({ loaded: { config }, words, flags }: Invocation, composition: Composition): Promise<void> {
  const [action] = words;
  const isMaster = flags.get('master') === 'true';
  if ((action !== 'status' && action !== 'rotate') || (isMaster && action !== 'rotate'))
    throw new CommandError(
      'say what to do: `postern keys status`, `postern keys rotate` or `postern keys rotate --master`.',
    );
  await using opened = await composition.openKeys(config);
  if (action === 'status') showStatus(await opened.keys.status(), composition.terminal);
  else if (isMaster) await rotateMaster(opened.keys, composition.terminal);
  else await rotate(opened.keys, composition.terminal);
}

async function rotate(admin: KeyAdmin, terminal: Terminal): Promise<void> {
  let next = PROGRESS_ROWS;
  const onProgress = ({ seen, resealed, table, environmentId }: RotationProgress): void => {
    if (seen < next) return;
    next = seen + PROGRESS_ROWS;
    terminal.err(`${seen} rows looked at, ${resealed} values sealed anew; at ${table} of ${environmentId}`);
  };
  const { newKeys, resealed, refused, left } = await admin.rotate({ onProgress });
  terminal.out(
    newKeys === 0
      ? 'Went on with an earlier rotation; run the command again for new keys.'
      : `Made ${count(newKeys, 'new data key')}.`,
  );
  terminal.out(`Sealed ${count(resealed, 'value')} anew.`);
  if (refused > 0)
    throw new CommandError(
      `${count(refused, 'value')} did not open: altered or moved. The server's log names the rows; restore them, then run the command again.`,
    );
  if (left > 0)
    throw new CommandError(`${count(left, 'value')} changed hands meanwhile: run the command again to finish.`);
}

async function rotateMaster(admin: KeyAdmin, terminal: Terminal): Promise<void> {
  const rewrapped = await admin.rotateMaster();
  terminal.out(
    rewrapped === 0
      ? 'Every data key is under this master key already. To replace it, give both, the new one first.'
      : `Wrapped ${count(rewrapped, 'data key')} with the new master key; the old one is needed no more.`,
  );
}

function showStatus(states: readonly KeyState[], terminal: Terminal): void {
  const rows = states.map(({ environmentId, generation, masterId, createdAt, state, values }) => [
    environmentId || 'the installation',
    String(generation),
    state,
    environmentId ? String(values) : '-',
    masterId || 'derived',
    generation === 0 ? '-' : toTimestamp(createdAt),
  ]);
  const table = [['environment', 'key', 'state', 'values', 'master key', 'made'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    terminal.out(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  const left = states.filter(({ state }) => state === 'replaced').reduce((sum, { values }) => sum + values, 0);
  const isPending = states.some(({ state }) => state === 'replaced');
  if (isPending)
    terminal.out(`A rotation is not finished, ${count(left, 'value')} left: \`postern keys rotate\` goes on.`);
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
