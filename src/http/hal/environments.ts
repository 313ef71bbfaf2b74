import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import { BillOfMaterialsDocument, shownBillOfMaterials } from '../../platform/environments/bill-of-materials.js';
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
    billOfMaterials: LinkView,
  }),
  id: Type.String(),
  name: Type.String(),
  description: Type.Optional(Type.String()),
  icon: Type.Optional(Type.String()),
  type: Type.Enum(['PRODUCTION', 'SANDBOX']),
  region: Type.String(),
  organization: Reference,
  license: Reference,
  status: Type.Enum(['ACTIVE', 'DELETE_PENDING']),
  softDeletedAt: Type.Optional(Type.String()),
  createdAt: Type.String(),
  updatedAt: Type.String(),
});

export function environmentView(environment: Environment, links: Links): Static<typeof EnvironmentView> {
  const { id, name, description, icon, type, region, organizationId, licenseId, softDeletedAt } = environment;
  const self = `/environments/${id}`;
  return {
    _links: {
      self: links.api(self),
      organization: links.api(`/organizations/${organizationId}`),
      license: links.api(`/organizations/${organizationId}/licenses/${licenseId}`),
      users: links.api(`${self}/users`),
      populations: links.api(`${self}/populations`),
      billOfMaterials: links.api(`${self}/billOfMaterials`),
    },
    id,
    name,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { icon }),
    type,
    region,
    organization: { id: organizationId },
    license: { id: licenseId },
    status: softDeletedAt === undefined ? 'ACTIVE' : 'DELETE_PENDING',
    ...(softDeletedAt === undefined ? {} : { softDeletedAt: toTimestamp(softDeletedAt) }),
    createdAt: toTimestamp(environment.createdAt),
    updatedAt: toTimestamp(environment.updatedAt),
  };
}

const Product = Type.Object({
  id: Type.String(),
  ...BillOfMaterialsDocument.properties.products.items.properties,
});

const bill = {
  solutionType: BillOfMaterialsDocument.properties.solutionType,
  products: Type.Array(Product),
  createdAt: Type.String(),
  updatedAt: Type.String(),
};

/** Wire: `00` §7.1. */
export const BillOfMaterialsView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  ...bill,
});

/** A new environment is shown with its bill of materials. */
export const NewEnvironmentView = Type.Object({ ...EnvironmentView.properties, billOfMaterials: Type.Object(bill) });

const billOf = (environment: Environment) => ({
  ...shownBillOfMaterials(environment),
  createdAt: toTimestamp(environment.createdAt),
  updatedAt: toTimestamp(environment.billOfMaterials?.updatedAt ?? environment.createdAt),
});

export function newEnvironmentView(environment: Environment, links: Links): object {
  return { ...environmentView(environment, links), billOfMaterials: billOf(environment) };
}

export function billOfMaterialsView(environment: Environment, links: Links): object {
  const path = `/environments/${environment.id}`;
  const _links = { self: links.api(`${path}/billOfMaterials`), environment: links.api(path) };
  return { _links, ...billOf(environment) };
}
