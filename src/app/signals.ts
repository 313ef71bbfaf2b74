import type { Signals } from '../cli/composition.js';

const ENDING = ['SIGINT', 'SIGTERM'] as const;

/** The signals of this process. */
export const processSignals: Signals = {
  onEnd(listener) {
    for (const signal of ENDING) process.on(signal, listener);
    return () => {
      for (const signal of ENDING) process.off(signal, listener);
    };
  },
  endWithin(time) {
    // Unreferenced: it only fires when something else keeps the process.
    setTimeout(() => process.exit(process.exitCode ?? 1), time).unref();
  },
  onExit(listener) {
    process.on('exit', listener);
    return () => process.off('exit', listener);
  },
};
