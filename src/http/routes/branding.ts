import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import { brandingSettings } from '../../platform/branding/branding-settings.js';
import { ThemeDefault, themeDefault, themes } from '../../platform/branding/themes.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import type { WireError } from '../errors.js';
import { LinkView } from '../hal/collection.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { managedRoutes, singletonRoutes } from '../managed/routes.js';
import { managedError } from '../rejections/managed.js';
import { type Call, defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';

const KEPT = 'Kept and shown: no page of this server is made of it.';

// Both are told of by the public clients alone; the section names the theme.
const COMMON = {
  source: '00 §7.1',
  permission: { read: 'policies:read', write: 'policies:write' },
  timestamps: 'none',
} as const;

const THEMES: ManagedDefinition = {
  ...COMMON,
  resource: themes,
  id: 'theme',
  one: 'a theme',
  many: 'themes',
  collection: 'themes',
  path: '/environments/:envId/themes',
  parameter: 'themeId',
  partial: { create: KEPT, update: KEPT },
};

const DefaultView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView, theme: LinkView }),
  default: Type.Boolean(),
});

/** Branding themes and settings of an environment (public SDK: `BrandingThemesApi`, `BrandingSettingsApi`). */
export function brandingRoutes(service: ManagedService): Route[] {
  return [
    ...managedRoutes(THEMES, service),
    ...themeDefaultRoutes(service),
    ...singletonRoutes(
      {
        ...COMMON,
        resource: brandingSettings,
        id: 'brandingSettings',
        one: 'the branding settings of an environment',
        path: '/environments/:envId/brandingSettings',
        without: ['delete'],
        adds: {
          schema: { id: Type.String() },
          members: ({ environmentId }) => ({ id: environmentId }),
        },
        partial: { update: KEPT },
      },
      service,
    ),
  ];
}

type Named = Pick<Call<'envId' | 'themeId'>, 'params' | 'links'>;

/** Whether a theme is the default, alone: another one's becoming it is what ends it. */
function themeDefaultRoutes(service: ManagedService): Route[] {
  const common = {
    source: COMMON.source,
    base: 'api',
    path: '/environments/:envId/themes/:themeId/default',
  } as const;
  const shown = (outcome: Outcome<StoredDocument, ManagedRejection>, { params, links }: Named): Reply | WireError => {
    if (!outcome.ok) return managedError(outcome.rejection);
    const environment = `/environments/${params.envId}`;
    const theme = `${environment}/themes/${params.themeId}`;
    return reply(200, {
      _links: { self: links.api(`${theme}/default`), environment: links.api(environment), theme: links.api(theme) },
      default: outcome.value.body['default'] === true,
    });
  };
  return [
    defineRoute({
      ...common,
      id: 'theme.default.read',
      summary: 'Whether a theme is the default',
      method: 'GET',
      permission: COMMON.permission.read,
      replies: { 200: DefaultView },
      handle: async (call) =>
        shown(await service.read(themes, { environmentId: call.params.envId }, call.params.themeId), call),
    }),
    defineRoute({
      ...common,
      id: 'theme.default.update',
      summary: 'Make a theme the default',
      method: 'PUT',
      accepts: JSON_TYPE,
      permission: COMMON.permission.write,
      body: ThemeDefault,
      replies: { 200: DefaultView },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const { params, body, by } = call;
        const place = { environmentId: params.envId };
        return shown(await service.replace(themeDefault, place, params.themeId, body, by), call);
      },
    }),
  ];
}
