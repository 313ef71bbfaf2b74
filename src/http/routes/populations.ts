import type { ManagedService } from '../../platform/managed/service.js';
import { POPULATIONS } from '../hal/populations.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Populations (wire: `00` §7.2). */
export function populationsRoutes(service: ManagedService): Route[] {
  return managedRoutes(POPULATIONS, service);
}
