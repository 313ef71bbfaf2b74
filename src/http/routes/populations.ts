import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { Reader } from '../../storage/port.js';
import { POPULATIONS } from '../hal/populations.js';
import type { Gathering } from '../managed/definition.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

type Parts = Pick<Reader, 'usersOfPopulations' | 'documents'>;

/** Populations, each with how many users it has (wire: `00` §7.2). */
export function populationsRoutes(service: ManagedService, store: Parts): Route[] {
  return managedRoutes({ ...POPULATIONS, gathers: usersAndLanguage(store) }, service);
}

const usersAndLanguage = (store: Parts): Gathering => ({
  schema: { userCount: Type.Integer() },
  async members(environmentId, shown) {
    const ids = shown.map(({ id }) => id);
    const [counts, languages] = await Promise.all([
      store.usersOfPopulations(environmentId, ids),
      store.documents(environmentId, { kind: 'language' }),
    ]);
    const spoken = languages.find(({ body }) => body['default'] === true)?.body['locale'];
    return ({ id, body }) => ({
      userCount: counts.get(id) ?? 0,
      // A client that sends back what it was shown keeps what its users read.
      ...(body['preferredLanguage'] === undefined && spoken !== undefined ? { preferredLanguage: spoken } : {}),
    });
  },
});
