import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import type { EnvironmentId } from '../model.js';

/** Why a document cannot be written or deleted although no field is wrong (wire: `00` §4.2, `CONSTRAINT_VIOLATION` and the like). */
export type Refusal =
  /** Only another's becoming the default ends a default (`30` §1.5). */
  | { readonly rule: 'DefaultCannotBeCleared'; readonly target: string }
  | { readonly rule: 'DefaultCannotBeDeleted' }
  /** Others still name it; these are their ids. */
  | { readonly rule: 'StillReferenced'; readonly by: readonly Uuid[] }
  /** More than can be told stands in it. */
  | { readonly rule: 'NotEmpty' }
  /** Made by the server, or closed to change for another reason. */
  | { readonly rule: 'ReadOnly' }
  /** There must be one. */
  | { readonly rule: 'LastOne' }
  | { readonly rule: 'TooMany'; readonly maximum: number }
  /** What only one resource knows; its text is in that resource's routes. */
  | { readonly rule: 'Other'; readonly name: string; readonly target?: string };

/** Why a command on a managed resource is refused. */
export type ManagedRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  /** It, or what it stands below, is not there. */
  | { readonly kind: 'NotFound' }
  | { readonly kind: 'InvalidDocument'; readonly problems: readonly FieldProblem[] }
  | { readonly kind: 'Refused'; readonly refusal: Refusal }
  | { readonly kind: 'CursorInvalid' };
