import type { FieldProblem } from '../kernel/field-problem.js';
import type { Uuid } from '../kernel/ids.js';
import type { EnvironmentId } from '../platform/model.js';

/** Why a management call on policies or settings is refused. */
export type PolicyRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'PolicyNotFound'; readonly policyId: Uuid }
  | { readonly kind: 'InvalidDocument'; readonly problems: readonly FieldProblem[] }
  /** Only another policy's becoming the default ends a default (`30` §1.5). */
  | { readonly kind: 'DefaultCannotBeCleared' }
  | { readonly kind: 'DefaultCannotBeDeleted' };
