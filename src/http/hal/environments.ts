import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { Environment } from '../../platform/model.js';
import { LinkView, Reference } from './collection.js';
import type { Links } from './links.js';

/** Wire: `00` §7.1. */
export const EnvironmentView = Type.Object({
  _links: Type.Object({
    self: LinkView,
    organization: LinkView,
    license: LinkView,
    users: LinkView,
    populations: LinkView,
  }),
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  type: Type.Enum(['PRODUCTION', 'SANDBOX']),
  region: Type.String(),
  organization: Reference,
  license: Reference,
  status: Type.Literal('ACTIVE'),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export function environmentView(environment: Environment, links: Links): Static<typeof EnvironmentView> {
  const { id, name, description, type, region, organizationId, licenseId } = environment;
  const self = `/environments/${id}`;
  return {
    _links: {
      self: links.api(self),
      organization: links.api(`/organizations/${organizationId}`),
      license: links.api(`/organizations/${organizationId}/licenses/${licenseId}`),
      users: links.api(`${self}/users`),
      populations: links.api(`${self}/populations`),
    },
    id,
    name,
    ...(description === undefined ? {} : { description }),
    type,
    region,
    organization: { id: organizationId },
    license: { id: licenseId },
    status: 'ACTIVE',
    createdAt: toTimestamp(environment.createdAt),
    updatedAt: toTimestamp(environment.updatedAt),
  };
}
