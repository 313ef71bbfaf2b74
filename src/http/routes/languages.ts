import { Type } from '../../kernel/json-schema.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { languages } from '../../policies/templates/languages.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Languages (wire: `30` §10). */
export function languagesRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: languages,
      id: 'language',
      one: 'a language',
      many: 'languages',
      source: '30 §10',
      collection: 'languages',
      path: '/environments/:envId/languages',
      parameter: 'languageId',
      permission: { read: 'policies:read', write: 'policies:write' },
      timestamps: 'both',
      page: 25,
      longestPage: 5_000,
      adds: {
        schema: { customerAdded: Type.Boolean() },
        members: ({ body }) => ({ customerAdded: body['customerAdded'] !== false }),
      },
      // Released clients look for this text.
      missing: (id, environmentId) => `Unable to find language for environmentId=${environmentId} with id=${id}`,
      // Released clients look at how this text begins (`30` §0.4).
      texts: { LanguageNotEnabled: 'The language must be enabled before it is set as the default' },
    },
    service,
  );
}
