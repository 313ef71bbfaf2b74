/** Between two looks of the event-loop clock, in milliseconds: what delays it by less is not seen. */
const EVENT_LOOP_PRECISION = 20;

/**
 * The usual metrics of a Node.js process (memory, processor, event-loop delay, garbage collection) as a text. Loaded when metrics
 * are served at all: the library takes longer to load than the rest of the start.
 */
export async function processMetrics(): Promise<() => Promise<string>> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION });
  return () => register.metrics();
}
