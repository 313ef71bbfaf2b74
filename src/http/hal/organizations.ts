import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { License, Organization } from '../../platform/environments/organization.js';
import { LinkView, ListQuery, Reference } from './collection.js';
import type { Links } from './links.js';

/** The organization has no name of its own here. */
const NAME = 'Postern';

/** Wire: `00` §6.1. */
export const OrganizationView = Type.Object({
  _links: Type.Object({ self: LinkView, environments: LinkView, licenses: LinkView }),
  id: Type.String(),
  name: Type.String(),
  type: Type.Literal('INTERNAL'),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export const LicenseQuery = Type.Object({
  ...ListQuery.properties,
  order: Type.Optional(Type.Enum(['beginsAt', '-beginsAt'])),
});

const switches = (...names: readonly string[]) =>
  Type.Object(Object.fromEntries(names.map((name) => [name, Type.Boolean()])));

const GROUPS = {
  environments: switches('allowAddResources', 'allowConnections', 'allowCustomSchema', 'allowProduction'),
  users: switches(
    'allowPasswordManagement',
    'allowPasswordOnlyAuthentication',
    'allowRoleAssignment',
    'allowVerificationFlow',
  ),
  mfa: switches(
    'allowPushNotification',
    'allowNotificationOutsideWhitelist',
    'allowFido2Devices',
    'allowVoiceOtp',
    'allowEmailOtp',
    'allowSmsOtp',
    'allowTotp',
  ),
};

/** Wire: `00` §6.1. Every switch is on: a licence holds nothing back here. */
export const LicenseView = Type.Object({
  _links: Type.Object({ self: LinkView, organization: LinkView }),
  id: Type.String(),
  name: Type.String(),
  package: Type.String(),
  status: Type.Literal('ACTIVE'),
  beginsAt: Type.String(),
  assignedEnvironmentsCount: Type.Integer(),
  organization: Reference,
  ...GROUPS,
});

/** Wire: `00` §6.1; the members of the answer are inferred. */
export const LicenseNameView = Type.Object({
  _links: Type.Object({ self: LinkView, license: LinkView }),
  name: Type.String(),
});

export const LicenseNameBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 255 }) });

export function licenseNameView({ id, organizationId, name = NAME }: License, links: Links) {
  const license = `/organizations/${organizationId}/licenses/${id}`;
  return { _links: { self: links.api(`${license}/name`), license: links.api(license) }, name };
}

export function organizationView({ id, createdAt }: Organization, links: Links): Static<typeof OrganizationView> {
  const at = toTimestamp(createdAt);
  return {
    _links: {
      self: links.api(`/organizations/${id}`),
      environments: links.api('/environments'),
      licenses: links.api(`/organizations/${id}/licenses`),
    },
    id,
    name: NAME,
    type: 'INTERNAL',
    createdAt: at,
    updatedAt: at,
  };
}

const allOn = (group: { readonly properties: object }): Record<string, boolean> =>
  Object.fromEntries(Object.keys(group.properties).map((name) => [name, true]));

export function licenseView(license: License, links: Links): Static<typeof LicenseView> {
  const { id, organizationId, name = NAME, beginsAt, environments } = license;
  const organization = `/organizations/${organizationId}`;
  return {
    _links: { self: links.api(`${organization}/licenses/${id}`), organization: links.api(organization) },
    id,
    name,
    package: 'STANDARD',
    status: 'ACTIVE',
    beginsAt: toTimestamp(beginsAt),
    assignedEnvironmentsCount: environments,
    organization: { id: organizationId },
    environments: allOn(GROUPS.environments),
    users: allOn(GROUPS.users),
    mfa: allOn(GROUPS.mfa),
  };
}
