import type { Millis } from '../../../kernel/clock.js';
import type { PostgresSession } from './postgres-driver.js';

/** Runs work over a session; when it takes longer, the connection is broken and the work fails with it. */
export async function withDeadline<T>(session: PostgresSession, within: Millis, work: () => Promise<T>): Promise<T> {
  const timer = setTimeout(() => session.abort(new Error(`no answer within ${Math.round(within)} ms`)), within);
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}
