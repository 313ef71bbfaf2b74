import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { Reader } from '../../storage/port.js';
import { POPULATIONS } from '../hal/populations.js';
import type { Gathering } from '../managed/definition.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Populations, each with how many users it has (wire: `00` §7.2). */
export function populationsRoutes(service: ManagedService, store: Pick<Reader, 'usersOfPopulations'>): Route[] {
  return managedRoutes({ ...POPULATIONS, gathers: userCounts(store) }, service);
}

const userCounts = (store: Pick<Reader, 'usersOfPopulations'>): Gathering => ({
  schema: { userCount: Type.Integer() },
  async members(environmentId, shown) {
    const counts = await store.usersOfPopulations(
      environmentId,
      shown.map(({ id }) => id),
    );
    return ({ id }) => ({ userCount: counts.get(id) ?? 0 });
  },
});
