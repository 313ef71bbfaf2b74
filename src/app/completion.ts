import type { Logger } from '../kernel/log.js';
import { completeEnvironment, completionPlan, type ToComplete } from '../policies/completion.js';
import type { Store } from '../storage/port.js';

/** Environments of one page of the list that is gone through. */
const PAGE = 100;

export interface Completion extends AsyncDisposable {
  /** Resolves when every environment has been looked at; to how many lacked something. */
  readonly done: Promise<number>;
}

/**
 * Gives environments that an earlier build made what a new one has (`30` §0.5), beside everything else and one at a time: each in
 * one unit, or not at all. Any number of processes may do it at once, and a start that is interrupted is taken up by the next.
 */
export function startCompletion(
  store: Pick<Store, 'load' | 'transact' | 'environments' | 'documents'>,
  relyingPartyId: string,
  logger: Logger,
): Completion {
  let isEnding = false;

  async function complete(environmentId: ToComplete['environmentId']): Promise<boolean> {
    const resources = (await store.documents(environmentId, { kind: 'resource' })).map(({ id }) => id);
    const what = { environmentId, relyingPartyId, resources };
    const plan = completionPlan(what);
    // A look first: what is complete costs no unit.
    if (completeEnvironment(await store.load(plan), what).outcome === 0) return false;
    return (await store.transact(plan, (snapshot) => completeEnvironment(snapshot, what))) > 0;
  }

  async function completeAll(): Promise<number> {
    let completed = 0;
    let after: string | undefined;
    do {
      const { items, next } = await store.environments({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      for (const { id } of items) {
        if (isEnding) return completed;
        if (await complete(id)) completed += 1;
      }
      after = next;
    } while (after !== undefined);
    if (completed > 0)
      logger.info({ environments: completed }, 'environments of an earlier build were given what a new one has');
    return completed;
  }

  const done = completeAll().catch((error: unknown) => {
    logger.warn({ err: error }, 'environments of an earlier build could not be completed; the next start tries again');
    return 0;
  });
  return {
    done,
    async [Symbol.asyncDispose]() {
      isEnding = true;
      await done;
    },
  };
}
