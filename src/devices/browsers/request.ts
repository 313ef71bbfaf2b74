import type { FieldProblem } from '../../kernel/field-problem.js';
import { parseUuid } from '../../kernel/ids.js';
import { accept, type Outcome, reject } from '../../kernel/outcome.js';
import type { PolicyId } from '../../policies/model.js';

/** A create request of type `BROWSER` whose members have the right types and sizes (`20` §16). */
export interface BrowserRequest {
  readonly type: 'BROWSER';
  readonly nickname?: string;
  readonly policy?: { readonly id?: string; readonly type?: string };
  /** What the relying party's page has gathered; it must be there, and nobody here can read it. */
  readonly payload?: string;
  readonly session?: { readonly id: string };
}

/** A request to remember a browser that makes sense. */
export interface Remembering {
  readonly policyId: PolicyId;
  readonly sessionId?: string;
  readonly nickname?: string;
}

/** Every problem at once, before anything is looked up (`00` §2.6). */
export function parseRemembering(request: BrowserRequest): Outcome<Remembering, readonly FieldProblem[]> {
  const { policy, payload, session, nickname } = request;
  const policyId = policy?.id === undefined ? undefined : parseUuid(policy.id);
  const problems: FieldProblem[] = [];
  if (policyId === undefined) problems.push({ problem: 'required', target: 'policy.id' });
  if (payload === undefined) problems.push({ problem: 'required', target: 'payload' });
  if (policyId === undefined || problems.length > 0) return reject(problems);
  return accept({
    policyId,
    ...(session ? { sessionId: session.id } : {}),
    // `""` is no name (`20` §13.1).
    ...(nickname === undefined || nickname === '' ? {} : { nickname }),
  });
}
