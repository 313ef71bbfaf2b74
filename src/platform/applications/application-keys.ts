import type { DestinationGuard } from '../../kernel/destination.js';
import type { FieldProblem } from '../../kernel/field-problem.js';
import type { JsonObject } from '../../kernel/json.js';

/**
 * What is wrong with where an application has its keys (wire: `00` §9.2): it needs them to prove itself by them, has them here or
 * elsewhere but not both, as the public Terraform provider has it, and elsewhere only where they may be fetched from (SEC-59).
 */
export function keyProblems(document: JsonObject, guard: Pick<DestinationGuard, 'problem'>): readonly FieldProblem[] {
  const { tokenEndpointAuthMethod, jwks, jwksUrl } = document;
  if (jwks === undefined && jwksUrl === undefined)
    return tokenEndpointAuthMethod === 'PRIVATE_KEY_JWT' ? [{ problem: 'required', target: 'jwks' }] : [];
  if (typeof jwksUrl !== 'string') return [];
  if (jwks !== undefined)
    return [{ problem: 'invalid', target: 'jwksUrl', message: 'cannot be given together with jwks' }];
  const message = guard.problem(jwksUrl);
  return message === undefined ? [] : [{ problem: 'invalid', target: 'jwksUrl', message }];
}
