import { expect } from 'vitest';
import type { Answer, Detail } from './world.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** What would betray the inside: stacks, SQL, paths, drivers (SEC-58). */
const INSIDE = /\bat \w+ \(|node_modules|\.[jt]s:\d|sqlite|select .* from|\/src\/|TypeError|undefined/i;

export interface Refusal {
  readonly status: number;
  readonly code: unknown;
  /** `CODE target` of each detail, in order. */
  readonly details?: readonly string[];
}

/**
 * A refusal in short, once it has been held against the documented body: `id`, `code`, `message`, `details` and nothing else; the id
 * is the correlation id (`00` §3.1, §4.1); it is JSON and tells nothing of the inside.
 */
export function refusalOf(answer: Answer): Refusal {
  const { status, headers, body, text } = answer;
  expect(status, text).toBeLessThan(500);
  expect(status, text).toBeGreaterThanOrEqual(400);
  expect(headers['content-type']).toMatch(/^application\/json/);
  const { id, code, message, details, ...rest } = body;
  expect(rest, text).toEqual({});
  expect(id).toMatch(UUID);
  expect(headers['correlation-id']).toBe(id);
  expect(typeof message === 'string' && message.length > 0, text).toBe(true);
  expect(text).not.toMatch(INSIDE);
  if (details === undefined) return { status, code };
  return { status, code, details: detailsOf(answer).map(({ code: of, target }) => (target ? `${of} ${target}` : of)) };
}

export function detailsOf({ body }: Answer): readonly Detail[] {
  const { details } = body;
  expect(Array.isArray(details)).toBe(true);
  return details as readonly Detail[];
}

export const invalidData = (...details: readonly string[]): Refusal => ({ status: 400, code: 'INVALID_DATA', details });
