import type { Config } from '../config/config.js';
import { seconds } from '../kernel/duration.js';
import type { Composition, Server } from './composition.js';
import { type ReadyFile, writeReadyFile } from './ready-file.js';

/** Within 30 s of the signal the process is gone, whatever still holds it (SEC-84). */
const LONGEST_SHUTDOWN = seconds(28);

/**
 * Listens, says so (`announce`, then the ready file), and returns when a signal has asked it to end and everything in flight is
 * answered. `SIGTERM` first turns readiness and waits the grace; `SIGINT`, or a second signal, does not wait. The process ends by
 * itself once the server is disposed of.
 */
export async function runServer(
  server: Server,
  config: Config,
  { signals }: Pick<Composition, 'signals'>,
  ready: ReadyFile,
  announce: () => void,
): Promise<void> {
  // Before anything says that the server is there: whoever has read the ready file may send a signal at once.
  const [first, second] = nextSignals(signals, server.renewCertificate);
  await server.listen();
  announce();
  const file = config.readyFile === undefined ? undefined : writeReadyFile(config.readyFile, ready);
  const removeFile = (): void => file?.remove();
  const forget = signals.onExit(removeFile);

  const signal = await first;
  removeFile();
  forget();
  signals.endWithin(LONGEST_SHUTDOWN);
  server.logger.info({ signal }, 'shutting down');
  if (signal === 'SIGTERM') await Promise.race([server.drain(), second]);
}

type Signal = 'SIGINT' | 'SIGTERM';

/** The first signal and the one after it. */
function nextSignals(
  signals: Composition['signals'],
  onHangUp: (() => void) | undefined,
): readonly [Promise<Signal>, Promise<Signal>] {
  const waiting: ((signal: Signal) => void)[] = [];
  const next = (): Promise<Signal> => new Promise((resolve) => waiting.push(resolve));
  const both = [next(), next()] as const;
  signals.onEnd((signal) => waiting.shift()?.(signal), onHangUp);
  return both;
}
