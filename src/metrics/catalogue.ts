import type { Family } from './series.js';

const counter = (name: string, help: string, ...labels: string[]): Family => ({ name, type: 'counter', help, labels });
const gauge = (name: string, help: string, ...labels: string[]): Family => ({ name, type: 'gauge', help, labels });
const histogram = (name: string, help: string, ...labels: string[]): Family => ({
  name,
  type: 'histogram',
  help,
  labels,
});

/** Every metric of our own; `docs/metrics.md` is made from this table and the next. */
export const METRICS = {
  build: gauge('postern_build_info', 'Always 1; the release that runs.', 'version'),
  requests: counter('postern_http_requests_total', 'Requests answered.', 'operation', 'status'),
  requestSeconds: histogram(
    'postern_http_request_duration_seconds',
    'Time from the request to its answer, in seconds.',
    'operation',
  ),
  requestsOpen: gauge('postern_http_requests_in_flight', 'Requests that have no answer yet.'),
  connections: gauge('postern_http_connections', 'Open client connections.'),

  authentications: counter(
    'postern_device_authentications_total',
    'Device authentications by what became of them: `started`, and later `completed`, `failed` or `canceled`; `factor` is the device type, `none` while none is chosen.',
    'outcome',
    'factor',
  ),
  codesChecked: counter(
    'postern_codes_checked_total',
    'Codes that were submitted: `right`, `wrong`, `replaced` (wrong now, right before a newer one was sent), `expired`, `dead` (killed by a lock or by exhaustion; not compared).',
    'purpose',
    'result',
    'factor',
  ),
  codesSent: counter(
    'postern_codes_sent_total',
    'Codes that a gateway has accepted, by where they went (ISO 3166 country of a phone number; `none` for e-mail).',
    'purpose',
    'channel',
    'country',
  ),
  codesConfirmed: counter(
    'postern_codes_confirmed_total',
    'Codes that came back right, by where they had been sent; divided by `postern_codes_sent_total` it is the conversion rate.',
    'purpose',
    'channel',
    'country',
  ),
  locks: counter(
    'postern_locks_total',
    'Devices and accounts that wrong codes or an administrator have locked.',
    'kind',
  ),

  deliveries: counter(
    'postern_deliveries_total',
    'Attempts of gateways: `accepted`, `transient`, `permanent`, `timeout` or `fault`.',
    'gateway',
    'channel',
    'result',
  ),
  deliverySeconds: histogram('postern_delivery_duration_seconds', 'Time that a gateway took, in seconds.', 'gateway'),
  deliveriesOpen: gauge('postern_deliveries_in_flight', 'Messages that a gateway is sending.', 'gateway'),
  messages: counter(
    'postern_messages_settled_total',
    'What became of messages in the end or for now: `accepted`, `retry`, `abandoned`.',
    'channel',
    'result',
  ),
  dispatcherQueue: gauge(
    'postern_dispatcher_messages',
    'Messages in the hands of this process: waiting for their gateway, or being sent.',
    'channel',
  ),
  backlog: gauge(
    'postern_outbox_messages',
    'Messages neither sent nor given up, of all processes; counted up to 10,000.',
  ),
  backlogAge: gauge('postern_outbox_oldest_seconds', 'Age of the oldest of them, in seconds.'),

  webhookBatches: counter(
    'postern_webhook_batches_total',
    'Batches of events that were sent to subscriptions: `delivered`, `refused` (answered by anything but 200), `unanswered`, `forbidden` (the address may not be reached).',
    'result',
  ),
  webhookEvents: counter(
    'postern_webhook_events_total',
    'Events for subscriptions that were `delivered`, or `dropped` because they had waited too long.',
    'result',
  ),
  webhooksFailing: gauge(
    'postern_webhook_subscriptions_failing',
    'Subscriptions of all environments whose receiver did not take what was sent last.',
  ),
  webhookAge: gauge(
    'postern_webhook_oldest_seconds',
    'Age of the oldest event that waits for one of them, in seconds.',
  ),

  storeWaiting: gauge('postern_store_waiting_units', 'Units of work that wait for the database.'),
  storeUnits: counter('postern_store_units_total', 'Units of work that were committed.'),
  storeBatches: histogram('postern_store_batch_units', 'Units of work in one commit.'),
  storeRetries: counter(
    'postern_store_retries_total',
    'Units done again: `conflict` (another process was first) or `repeat` (the database had undone it).',
    'reason',
  ),
  storeFailures: counter(
    'postern_store_failures_total',
    'Calls that ended without an answer: `busy`, `unavailable`, `unknownCommit`, or `fault`, which should not be.',
    'reason',
  ),
  storeConnections: gauge('postern_store_connections', 'Connections to the database server.', 'state'),
  storeReachable: gauge('postern_store_reachable', '1 when the database answered this scrape, 0 when it did not.'),

  tokenCache: counter('postern_token_cache_total', 'Bearer tokens looked up in memory: `hit` or `miss`.', 'result'),
  tokensCached: gauge('postern_token_cache_entries', 'Verified tokens that are remembered.'),
  logDropped: counter('postern_log_lines_dropped_total', 'Log lines that were lost because nobody read them in time.'),
  refusalsLost: counter(
    'postern_audit_refusals_lost_total',
    'Refusals that are missing from the audit trail, because those of one minute were of too many kinds.',
  ),
  draining: gauge('postern_draining', '1 once the server has begun to end.'),
} as const satisfies Readonly<Record<string, Family>>;

const bytes = (name: string, what: string, ...labels: string[]): Family => gauge(name, `${what}, in bytes.`, ...labels);
const loop = (which: string, what: string): Family =>
  gauge(`nodejs_eventloop_lag_${which}_seconds`, `${what} of the event-loop delays since the last scrape, in seconds.`);

/** What the process tells of itself, by the names of Prometheus' client libraries; shown at the port for metrics. */
export const PROCESS_METRICS = {
  cpuUser: counter('process_cpu_user_seconds_total', 'Processor time in the code of the process, in seconds.'),
  cpuSystem: counter('process_cpu_system_seconds_total', 'Processor time in the kernel for it, in seconds.'),
  cpu: counter('process_cpu_seconds_total', 'Processor time of both kinds, in seconds.'),
  startTime: gauge('process_start_time_seconds', 'When the process began, in seconds since 1970.'),
  openDescriptors: gauge('process_open_fds', 'Open file descriptors (Linux).'),
  mostDescriptors: gauge('process_max_fds', 'File descriptors that may be open (Linux).'),
  residentMemory: bytes('process_resident_memory_bytes', 'Memory that the process holds'),
  heapTotal: bytes('nodejs_heap_size_total_bytes', 'Heap of the JavaScript engine'),
  heapUsed: bytes('nodejs_heap_size_used_bytes', 'Heap in use'),
  externalMemory: bytes('nodejs_external_memory_bytes', 'Memory outside the heap that belongs to objects in it'),
  heapSpaceUsed: bytes('nodejs_heap_space_size_used_bytes', 'Heap in use by the space that it is in', 'space'),
  loopMin: loop('min', 'The least'),
  loopMax: loop('max', 'The greatest'),
  loopMean: loop('mean', 'The mean'),
  loopP50: loop('p50', 'The median'),
  loopP90: loop('p90', 'The 90th percentile'),
  loopP99: loop('p99', 'The 99th percentile'),
  gcSeconds: histogram('nodejs_gc_duration_seconds', 'Pauses of garbage collections, in seconds.', 'kind'),
  version: gauge('nodejs_version_info', 'Always 1; the release of Node.js that runs the server.', 'version'),
} as const satisfies Readonly<Record<string, Family>>;

/** `docs/metrics.md`. */
export function metricsMarkdown(): string {
  const rows = Object.values<Family>({ ...METRICS, ...PROCESS_METRICS }).map(
    ({ name, type, labels, help }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
  return `${[
    '# Metrics',
    '',
    'Generated from `src/metrics/catalogue.ts` by `npm run docs`: do not edit.',
    '',
    'Labels take few values, whatever clients send: operations are the ids of routes and never paths, countries come from the',
    'numbering plan, everything else from tables in the code. The last ones (`process_*`, `nodejs_*`) have the names that dashboards',
    'for Node.js know.',
    '',
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}
