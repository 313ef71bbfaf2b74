import { Type } from '../../kernel/json-schema.js';
import { namedId } from '../../kernel/keys.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { populations } from '../../platform/populations.js';
import { Reference } from '../hal/collection.js';
import { managedRoutes } from '../managed/routes.js';
import type { Route } from '../route.js';

/** Populations (wire: `00` §7.2). */
export function populationsRoutes(service: ManagedService): Route[] {
  return managedRoutes(
    {
      resource: populations,
      id: 'population',
      one: 'a population',
      many: 'populations',
      source: '00 §7.2',
      collection: 'populations',
      path: '/environments/:envId/populations',
      parameter: 'populationId',
      permission: { read: 'populations:read', write: 'populations:write' },
      timestamps: 'both',
      adds: {
        schema: { theme: Reference, default: Type.Boolean(), preferredLanguage: Type.String() },
        // Released clients wait for a theme and a language; until one is chosen it is the environment's own.
        members: ({ environmentId, body }) => ({
          theme: body['theme'] ?? { id: namedId(environmentId, 'theme') },
          default: body['default'] ?? false,
          preferredLanguage: body['preferredLanguage'] ?? FIRST_LANGUAGE,
        }),
      },
      filter: {
        rules: { attributes: { name: ['sw', 'eq'], id: ['eq'] }, combinators: ['and'] },
        attribute: ({ id, body }, name) => (name === 'id' ? id : String(body['name'])),
      },
      page: 1_000,
      texts: {
        // Released clients look for this text (`00` §4.4).
        LastOne: 'The environment must contain at least one population',
        DefaultCannotBeDeleted: 'The default population cannot be deleted',
        PopulationHasUsers: 'The population has users: move or delete them first',
      },
      partial: PARTIAL,
    },
    service,
  );
}

/** What a new environment speaks (`30` §10). */
const FIRST_LANGUAGE = 'en';

const NO_COUNT = 'No `userCount`.';
const PARTIAL = {
  list: NO_COUNT,
  create: 'A password policy is kept, and none is looked for.',
  read: NO_COUNT,
  update: 'As for create.',
} as const;
