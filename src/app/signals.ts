import type { Signals } from '../cli/composition.js';

/** A terminal that was closed is nobody who would wait. */
const MEANING = { SIGINT: 'SIGINT', SIGHUP: 'SIGINT', SIGTERM: 'SIGTERM' } as const;

/** The signals of this process. */
export const processSignals: Signals = {
  onEnd(listener, onHangUp) {
    const stops = Object.entries(MEANING).map(([signal, meaning]) => {
      const told = signal === 'SIGHUP' && onHangUp ? onHangUp : (): void => listener(meaning);
      process.on(signal, told);
      return () => process.off(signal, told);
    });
    return () => {
      for (const stop of stops) stop();
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
