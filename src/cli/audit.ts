import { type Verdict, verifyTrail } from '../audit/verify.js';
import { toTimestamp } from '../kernel/clock.js';
import { parseUuid, type Uuid } from '../kernel/ids.js';
import type { Composition } from './composition.js';
import type { Invocation } from './run.js';
import { CommandError } from './terminal.js';

/** Environments of one page. */
const PAGE = 200;

/**
 * `postern audit verify`: reads the trail of one environment or of all, its checkpoints and what waits to be sealed, and names the
 * first record of each that is not as it was written (SEC-73). Ends with 1 when there is one.
 */
export async function audit({ loaded, words, flags }: Invocation, composition: Composition): Promise<void> {
  if (words[0] !== 'verify') throw new CommandError('say what to do with the trail: `postern audit verify`.');
  const asked = flags.get('environment');
  const only = asked === undefined ? undefined : parseUuid(asked);
  if (asked !== undefined && !only) throw new CommandError(`${JSON.stringify(asked)} is not an environment id.`);
  await using parts = await composition.openStore(loaded.config);
  const { store, audit: keys } = parts;
  const ids = only ? [only] : await environmentsAndChains(store);
  let broken = 0;
  for (const id of ids) {
    const verdict = await verifyTrail(store.audit, id, keys);
    if (verdict.finding) broken += 1;
    composition.terminal.out(describe(verdict));
  }
  if (ids.length === 0) composition.terminal.out('There is no environment, and no trail.');
  if (broken > 0)
    throw new CommandError(
      `${broken} of ${ids.length} trails are not as they were written: keep the database as it is, and see docs/audit.md.`,
    );
}

type Parts = Awaited<ReturnType<Composition['openStore']>>;

/** A chain whose environment is gone is evidence too. */
async function environmentsAndChains(store: Parts['store']): Promise<readonly Uuid[]> {
  const ids = new Set<Uuid>(await store.audit.chains());
  let after: string | undefined;
  do {
    const page = await store.environments({ limit: PAGE, ...(after === undefined ? {} : { after }) });
    for (const { id } of page.items) ids.add(id);
    after = page.next;
  } while (after !== undefined);
  return [...ids].sort();
}

function describe({ environmentId, head, records, waiting, finding }: Verdict): string {
  const lines = [`${finding ? 'BROKEN' : 'ok    '}  ${environmentId}`];
  if (finding) lines.push(`        ${finding.kind}: ${finding.text}`);
  lines.push(`        ${records} sealed records verified, ${waiting} commits wait to be sealed`);
  if (head)
    lines.push(
      `        records ${head.firstSeq} to ${head.lastSeq}, sealed until ${toTimestamp(head.sealedAt)}, head ${head.hash}`,
    );
  return lines.join('\n');
}
