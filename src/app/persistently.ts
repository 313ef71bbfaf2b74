import type { Filling } from '../cli/composition.js';
import { StoreError } from '../storage/store-error.js';

/** Tries of what a database under load has no time for. */
const TRIES = 5;

/** Again at once, where the store could not; what is thrown otherwise, or by the last try, is thrown. */
export const persistently: Filling['persistently'] = async (work) => {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError) || tries === TRIES) throw error;
    }
  }
};
