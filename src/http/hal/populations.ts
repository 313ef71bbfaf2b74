import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { themeOf } from '../../platform/branding/themes.js';
import { DEFAULT_PROVIDER } from '../../platform/environments/population-provider.js';
import { populations } from '../../platform/environments/populations.js';
import type { StoredDocument } from '../../platform/model.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { managedView, viewSchema } from '../managed/view.js';
import { Reference } from './collection.js';
import type { Links } from './links.js';

/** What a new environment speaks (`30` §10). */
const FIRST_LANGUAGE = 'en';

/** How populations are shown and reached (wire: `00` §7.2). */
export const POPULATIONS: ManagedDefinition = {
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
  hides: [DEFAULT_PROVIDER],
  adds: {
    schema: { theme: Reference, default: Type.Boolean(), preferredLanguage: Type.String() },
    // Released clients wait for a theme and a language; until one is chosen it is the environment's own.
    members: ({ environmentId, body }) => ({
      theme: themeOf({ environmentId, body }),
      default: body['default'] ?? false,
      preferredLanguage: body['preferredLanguage'] ?? FIRST_LANGUAGE,
    }),
  },
  filter: {
    rules: { attributes: { name: ['sw', 'eq'], id: ['eq'] }, combinators: ['and', 'or'] },
    attribute: ({ id, body }, name) => (name === 'id' ? id : String(body['name'])),
  },
  page: 1_000,
  texts: {
    // Released clients look for this text (`00` §4.4).
    LastOne: 'The environment must contain at least one population',
    DefaultCannotBeDeleted: 'The default population cannot be deleted',
    NotEmpty: 'The population has users: move or delete them first',
  },
};

export const PopulationView = viewSchema(POPULATIONS);

/** A population beside something else. */
export function populationView(stored: StoredDocument, links: Links): JsonObject {
  return managedView(POPULATIONS, `/environments/${stored.environmentId}/populations`, stored, links);
}
