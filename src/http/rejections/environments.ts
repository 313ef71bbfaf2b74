import { unreachable } from '../../kernel/outcome.js';
import type { EnvironmentRejection } from '../../platform/environments/environment-rules.js';
import { environmentNotFound, invalid, invalidData, requestFailed, taken, type WireError } from '../errors.js';

/** What a peer is told when an environment cannot be made, changed or deleted (wire: `00` §4, §7.1). */
export function environmentError(rejection: EnvironmentRejection): WireError {
  switch (rejection.kind) {
    case 'EnvironmentNotFound':
      return environmentNotFound(rejection.environmentId);
    case 'EnvironmentNameTaken':
      return invalidData(taken('name', rejection.holder));
    case 'LicenseUnknown':
      return invalidData(invalid('license.id', 'must be the id of an active license of the organization'));
    case 'RegionFixed':
      return invalidData(invalid('region', 'cannot be changed'));
    case 'ProductionKept':
      return requestFailed({
        code: 'CONSTRAINT_VIOLATION',
        target: 'type',
        message: 'Only an environment of type SANDBOX can be deleted',
      });
    default:
      return unreachable(rejection);
  }
}
