import type { Millis } from '../kernel/clock.js';
import { seconds } from '../kernel/duration.js';
import { isUuid } from '../kernel/ids.js';
import { accept, type Outcome, reject } from '../kernel/outcome.js';
import type { Wanted } from './entries.js';
import { comparableAddress, type Key } from './keys.js';

/** What `GET /inbox/messages` asks for. */
export interface InboxQuery {
  /** Only messages after this sequence. */
  readonly after: number;
  /** How long to wait for the first that matches. */
  readonly wait: Millis;
  readonly wanted: Wanted;
}

/** Longest wait, in seconds: proxies give up on silent connections after about as much. */
export const MAX_WAIT_SECONDS = 60;

const IDS = ['deviceAuthentication', 'device', 'user'] as const satisfies readonly Key[];

/** A parameter that cannot be used. */
export type QueryProblem =
  | { readonly kind: 'malformed'; readonly parameter: string; readonly message: string }
  | { readonly kind: 'outOfRange'; readonly parameter: string; readonly minimum: number; readonly maximum: number };

/** Every problem at once; parameters that are not known, or empty, are ignored. */
export function parseInboxQuery(parameters: URLSearchParams): Outcome<InboxQuery, readonly QueryProblem[]> {
  const problems: QueryProblem[] = [];
  const wanted = new Map<Key, string>();
  const to = parameters.get('to');
  if (to) wanted.set('to', comparableAddress(to));
  for (const name of IDS) {
    const id = parameters.get(name)?.toLowerCase();
    if (!id) continue;
    if (isUuid(id)) wanted.set(name, id);
    else problems.push(malformed(name, 'must be an id'));
  }
  const after = parameters.get('after') || '0';
  if (!/^\d{1,15}$/.test(after)) problems.push(malformed('after', 'must be the cursor of an earlier answer'));
  const wait = parameters.get('wait') || '0';
  if (!/^\d{1,6}(?:\.\d{1,3})?$/.test(wait)) problems.push(malformed('wait', 'must be a number of seconds'));
  else if (Number(wait) > MAX_WAIT_SECONDS)
    problems.push({ kind: 'outOfRange', parameter: 'wait', minimum: 0, maximum: MAX_WAIT_SECONDS });
  if (problems.length > 0) return reject(problems);
  return accept({ after: Number(after), wait: seconds(Number(wait)), wanted });
}

function malformed(parameter: string, message: string): QueryProblem {
  return { kind: 'malformed', parameter, message };
}
