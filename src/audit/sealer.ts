import { setTimeout as delay } from 'node:timers/promises';
import { type Millis, monotonicMillis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import type { Uuid } from '../kernel/ids.js';
import { inSteps } from '../kernel/in-steps.js';
import type { Logger } from '../kernel/log.js';
import type { AuditStore } from './port.js';
import type { Refusals } from './refusals.js';

/** Half of what SEC-73 allows, so that a slow step still fits. */
const EVERY: Millis = seconds(1);
/** Between two warnings of refusals that were lost. */
const WARN_EVERY: Millis = seconds(60);
/** Rows of the tail in one step: some two milliseconds of work, because requests wait behind it. */
const STEP_ROWS = 32;
/** After this time of a round there is more than can be done gently, and the trail must not fall behind. */
const GENTLE: Millis = 500;
const HASTY_STEP_ROWS = 128;
/** Records of refusals in one step. */
const STEP_REFUSALS = 200;
/** Between two looks for what is past its retention, and blocks removed in one step. */
const PURGE_EVERY: Millis = seconds(60);
const PURGE_BLOCKS = 50;

export interface SealerParts {
  readonly audit: Pick<AuditStore, 'append' | 'waiting' | 'seal' | 'chains' | 'purge'>;
  readonly refusals: Refusals;
  readonly logger: Logger;
  readonly retention: Millis;
}

/** Moves the tail into the chain for as long as the process lives, and once more at its end (SEC-73). */
export interface Sealer extends AsyncDisposable {
  /**
   * Resolves once what was committed before the call is sealed, save what another process was sealing at that moment: it is passed by,
   * and not waited for.
   */
  seal(): Promise<void>;
}

export function startSealer({ audit, refusals, logger, retention }: SealerParts): Sealer {
  const ending = new AbortController();
  let purgedAt = monotonicMillis();
  let toldLost = 0;
  let toldAt = Number.NEGATIVE_INFINITY;

  async function sealEnvironment(environmentId: Uuid, begunAt: Millis): Promise<void> {
    const report = (tailIds: readonly string[]): void =>
      logger.error(
        { environmentId, tailIds },
        'rows of the audit tail were altered before they were sealed: find out who can write to the database',
      );
    const rows = (): number => (monotonicMillis() - begunAt < GENTLE ? STEP_ROWS : HASTY_STEP_ROWS);
    await inSteps(() => audit.seal(environmentId, rows(), report));
  }

  function tellLost(): void {
    const { lost } = refusals;
    if (lost === toldLost || monotonicMillis() - toldAt < WARN_EVERY) return;
    logger.warn(
      { refusals: lost - toldLost },
      'refusals were of too many kinds to be put on record: look at the clients that are refused',
    );
    toldLost = lost;
    toldAt = monotonicMillis();
  }

  async function recordRefusals(all: boolean): Promise<void> {
    tellLost();
    const due = refusals.take(all);
    for (let from = 0; from < due.length; from += STEP_REFUSALS)
      try {
        await audit.append(due.slice(from, from + STEP_REFUSALS));
      } catch (error) {
        refusals.giveBack(due.slice(from));
        throw error;
      }
  }

  async function seal(all = false): Promise<void> {
    await recordRefusals(all);
    // One that cannot be sealed does not keep the others from it.
    const failures: unknown[] = [];
    const begunAt = monotonicMillis();
    for (const environmentId of await audit.waiting())
      await sealEnvironment(environmentId, begunAt).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  async function purge(): Promise<void> {
    for (const environmentId of await audit.chains())
      await inSteps(() => audit.purge(environmentId, retention, PURGE_BLOCKS), ending.signal);
  }

  async function work(): Promise<void> {
    while (!ending.signal.aborted) {
      await delay(EVERY, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (ending.signal.aborted) return;
      try {
        await seal();
        if (monotonicMillis() - purgedAt < PURGE_EVERY) continue;
        purgedAt = monotonicMillis();
        await purge();
      } catch (error) {
        logger.warn({ err: error }, 'the audit trail could not be sealed; trying again');
      }
    }
  }

  const done = work();
  return {
    seal: () => seal(),
    async [Symbol.asyncDispose]() {
      ending.abort();
      await done;
      try {
        await seal(true);
      } catch (error) {
        logger.warn({ err: error }, 'the end of the audit trail is left for the next start to seal');
      }
    },
  };
}
