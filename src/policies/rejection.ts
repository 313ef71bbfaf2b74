import type { Uuid } from '../kernel/ids.js';
import type { EnvironmentId } from '../platform/model.js';
import type { PolicyId } from './model.js';

/** A number outside the limits of its unit, or of another member. */
export interface OutOfRange {
  readonly kind: 'OutOfRange';
  readonly target: string;
  readonly minimum: number;
  readonly maximum: number;
}

/** What is wrong with one field of a document, beyond what its schema says. `target` is the field's dotted path. */
export type DocumentProblem =
  | OutOfRange
  | { readonly kind: 'Required'; readonly target: string }
  | { readonly kind: 'NotAnAddress'; readonly target: string }
  | { readonly kind: 'ConflictsWithPingId'; readonly target: string }
  /** The object it refers to does not exist in this environment, or cannot serve. */
  | { readonly kind: 'UnknownReference'; readonly target: string; readonly referent: Referent }
  | { readonly kind: 'NameTaken'; readonly target: 'name'; readonly existingId: PolicyId };

export type Referent = 'application' | 'deviceAuthenticationPolicy' | 'fido2Policy' | 'notificationsPolicy';

/** Why a management call on policies or settings is refused. */
export type PolicyRejection =
  | { readonly kind: 'EnvironmentNotFound'; readonly environmentId: EnvironmentId }
  | { readonly kind: 'PolicyNotFound'; readonly policyId: Uuid }
  | { readonly kind: 'InvalidDocument'; readonly problems: readonly DocumentProblem[] }
  /** Only another policy's becoming the default ends a default (`30` §1.5). */
  | { readonly kind: 'DefaultCannotBeCleared' }
  | { readonly kind: 'DefaultCannotBeDeleted' };
