import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import { PopulationProvider, populationProvider, providerOf } from '../../platform/environments/population-provider.js';
import { populations } from '../../platform/environments/populations.js';
import type { ManagedRejection } from '../../platform/managed/rejection.js';
import type { ManagedService } from '../../platform/managed/service.js';
import type { StoredDocument } from '../../platform/model.js';
import type { WireError } from '../errors.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, JSON_TYPE, type Reply, type Route, reply } from '../route.js';

const ProviderView = Type.Object({ id: Type.Optional(Type.String()), type: Type.Optional(Type.String()) });

/** The default identity provider of a population (public SDK: `PopulationsApi`, whose model of it has no links). */
export function populationProvidersRoutes(service: ManagedService): Route[] {
  const common = {
    source: '00 §7.2',
    base: 'api',
    path: '/environments/:envId/populations/:populationId/defaultIdentityProvider',
    replies: { 200: ProviderView },
  } as const;
  const shown = (outcome: Outcome<StoredDocument, ManagedRejection>): Reply | WireError =>
    outcome.ok ? reply(200, providerOf(outcome.value)) : managedError(outcome.rejection);
  return [
    defineRoute({
      ...common,
      id: 'population.defaultIdentityProvider.read',
      summary: 'The default identity provider of a population',
      method: 'GET',
      permission: 'populations:read',
      handle: async ({ params }) =>
        shown(await service.read(populations, { environmentId: params.envId }, params.populationId)),
    }),
    defineRoute({
      ...common,
      id: 'population.defaultIdentityProvider.update',
      summary: 'Change the default identity provider',
      method: 'PUT',
      accepts: JSON_TYPE,
      permission: 'populations:write',
      body: PopulationProvider,
      partial: 'Kept and shown: nobody signs on by it yet.',
      async handle({ params, body: { id }, by }) {
        const place = { environmentId: params.envId };
        const document = id === undefined ? {} : { id };
        return shown(await service.replace(populationProvider, place, params.populationId, document, by));
      },
    }),
  ];
}
