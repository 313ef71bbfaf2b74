import { unreachable } from '../../kernel/outcome.js';
import type { ManagedRejection, Refusal } from '../../platform/managed/rejection.js';
import {
  type ErrorDetail,
  environmentNotFound,
  invalidCursor,
  notFound,
  requestFailed,
  type WireError,
} from '../errors.js';
import { invalidFields } from './fields.js';

/** Texts of a resource's refusals, where clients match them or only the resource has them (`00` §4.4); by rule, or by the name of an `Other`. */
export type RefusalTexts = Readonly<Record<string, string>>;

/** What a peer is told when a managed resource refuses (wire: `00` §4, `30` §0.4). */
export function managedError(rejection: ManagedRejection, texts: RefusalTexts = {}): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'NotFound':
      return notFound();
    case 'InvalidDocument':
      return invalidFields(rejection.problems);
    case 'Refused':
      return refused(rejection.refusal, texts);
    case 'CursorInvalid':
      return invalidCursor();
    default:
      return unreachable(rejection);
  }
}

/** A text that only one resource has stands at the top as well: clients look for it there (`30` §0.4). */
function refused(refusal: Refusal, texts: RefusalTexts): WireError {
  const error = requestFailed(refusalDetail(refusal, texts));
  const message = refusal.rule === 'Other' ? texts[refusal.name] : undefined;
  return message === undefined ? error : { ...error, message };
}

function refusalDetail(refusal: Refusal, texts: RefusalTexts): ErrorDetail {
  const constraint = (message: string, target?: string): ErrorDetail => ({
    code: 'CONSTRAINT_VIOLATION',
    ...(target === undefined ? {} : { target }),
    message: texts[refusal.rule === 'Other' ? refusal.name : refusal.rule] ?? message,
  });
  switch (refusal.rule) {
    case 'DefaultCannotBeCleared':
      return constraint('The default remains the default until another one is made the default', refusal.target);
    case 'DefaultCannotBeDeleted':
      return constraint('The default cannot be deleted');
    case 'StillReferenced':
      return { ...constraint('It is still in use'), innerError: { referencedValues: refusal.by } };
    case 'NotEmpty':
      return constraint('It is not empty');
    case 'ReadOnly':
      return constraint('It is read only');
    case 'LastOne':
      return constraint('There must be at least one');
    case 'TooMany':
      return {
        code: 'LIMIT_EXCEEDED',
        message: texts[refusal.rule] ?? `There can be at most ${refusal.maximum}`,
        innerError: { maximumAllowed: refusal.maximum },
      };
    case 'Other':
      return constraint('The state of the object forbids it', refusal.target);
    default:
      return unreachable(refusal);
  }
}
