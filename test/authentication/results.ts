import type { Answer } from '../../src/authentication/answer.js';
import type { AuthenticationRejection } from '../../src/authentication/rejection.js';
import type { Outcome } from '../../src/kernel/outcome.js';

export type Result = Outcome<Answer, AuthenticationRejection>;

/** The answer of an accepted command; fails the test otherwise. */
export function granted(result: Result): Answer {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.rejection)}`);
  return result.value;
}

/** The rejection of a refused command; fails the test otherwise. */
export function refused(result: Result): AuthenticationRejection {
  if (result.ok) throw new Error(`granted: ${result.value.flow.state.status}`);
  return result.rejection;
}

/** A code of the same length that is wrong. */
export function wrong(code: string): string {
  return `${code.slice(0, -1)}${(Number(code.slice(-1)) + 1) % 10}`;
}

/** The ids of listed devices, a one-time contact as `oneTime`. */
export function listed(answer: Answer): readonly string[] {
  return answer.devices.map((entry) => (entry.kind === 'device' ? entry.device.id : 'oneTime'));
}
