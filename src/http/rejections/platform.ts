import { unreachable } from '../../kernel/outcome.js';
import type { PlatformRejection } from '../../platform/rejection.js';
import { environmentNotFound, invalid, invalidData, notFound, taken, tooLong, type WireError } from '../errors.js';

/** What a peer is told when the platform refuses (wire: `00` §4). */
export function platformError(rejection: PlatformRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'PopulationNotFound':
    case 'UserNotFound':
    case 'GroupNotFound':
      return notFound();
    case 'GroupUnknown':
      return invalidData(invalid('id', 'must be the id of a group of this environment'));
    case 'GroupNameTaken':
      return invalidData(taken('name', rejection.holder));
    case 'PopulationUnknown':
      return invalidData(invalid(rejection.target, 'must be the id of a population of this environment'));
    case 'UsernameTaken':
      return invalidData(taken('username', rejection.holder));
    case 'ProfileTooLarge':
      return invalidData(tooLong(rejection.attribute, rejection.maximum));
    case 'UnlockTimePast':
      return invalidData(invalid('unlockAt', 'must be in the future'));
    case 'CursorInvalid':
      return invalidData({ code: 'INVALID_PARAMETER', target: 'cursor', message: 'is not a cursor of this list' });
    default:
      return unreachable(rejection);
  }
}
