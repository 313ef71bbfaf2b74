import type { Static } from 'typebox';
import type { FilterRules } from '../../kernel/filter.js';
import type { Uuid } from '../../kernel/ids.js';
import type { License, Organization } from '../../platform/environments/organization.js';
import type { PlatformService } from '../../platform/service.js';
import { holdsRoleIn, isPermittedOver, notAuthorized } from '../auth.js';
import { notFound, type WireError, wireError } from '../errors.js';
import { collection, collectionView, ListQuery } from '../hal/collection.js';
import {
  LicenseNameBody,
  LicenseNameView,
  LicenseQuery,
  LicenseView,
  licenseNameView,
  licenseView,
  OrganizationView,
  organizationView,
} from '../hal/organizations.js';
import { readListFilter } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { type Call, defineRoute, JSON_TYPE, type Route, reply } from '../route.js';

/** Wire: `00` §3.6. */
const ORGANIZATIONS: FilterRules = { attributes: { name: ['sw'] }, combinators: [] };
const LICENSES: FilterRules = { attributes: { beginsAt: ['lt'], status: ['eq'] }, combinators: ['and'] };

const LICENSE_NAME = '/organizations/:organizationId/licenses/:licenseId/name';

/** Organizations and licences, as the environments tell of them: there is one of each, and nothing that they would hold back (wire: `00` §6.1). */
export function organizationsRoutes(platform: PlatformService): Route[] {
  /** Those in which the caller has a role, over the whole or over one of the environments. */
  async function visible({ actor }: Pick<Call, 'actor'>): Promise<readonly Organization[]> {
    return (await platform.organizations()).filter((organization) => holdsRoleIn(actor, organization));
  }

  /** Unknown and foreign are told alike (`00` §6.1). */
  async function find(call: Pick<Call<string>, 'actor'>, id: Uuid): Promise<Organization | WireError> {
    const organization = (await visible(call)).find((each) => each.id === id);
    return organization ?? wireError('ACCESS_FAILED');
  }

  /** A licence, and the organization that it is of. */
  async function findLicense(
    call: Pick<Call<'organizationId' | 'licenseId'>, 'actor' | 'params'>,
  ): Promise<{ readonly organization: Organization; readonly license: License } | WireError> {
    const organization = await find(call, call.params.organizationId);
    if ('kind' in organization) return organization;
    const license = organization.licenses.find(({ id }) => id === call.params.licenseId);
    return license ? { organization, license } : notFound();
  }

  const common = { source: '00 §6.1', method: 'GET', base: 'api', permission: 'organizations:read' } as const;
  return [
    defineRoute({
      ...common,
      id: 'organization.list',
      summary: 'List the organizations in which the caller has a role',
      path: '/organizations',
      query: ListQuery,
      replies: { 200: collectionView('organizations', OrganizationView) },
      async handle(call) {
        const filter = readListFilter(call.query.filter, ORGANIZATIONS);
        if (!filter.ok) return filter.rejection;
        const items = (await visible(call))
          .map((organization) => organizationView(organization, call.links))
          .filter(({ name }) => filter.value.accepts(() => name));
        return reply(
          200,
          collection(call.links, '/organizations', call.query, 'organizations', { items, count: items.length }),
        );
      },
    }),
    defineRoute({
      ...common,
      id: 'organization.read',
      summary: 'Read an organization',
      path: '/organizations/:organizationId',
      replies: { 200: OrganizationView },
      async handle(call) {
        const found = await find(call, call.params.organizationId);
        return 'kind' in found ? found : reply(200, organizationView(found, call.links));
      },
    }),
    defineRoute({
      ...common,
      id: 'license.list',
      summary: 'List the licences of an organization',
      path: '/organizations/:organizationId/licenses',
      query: LicenseQuery,
      replies: { 200: collectionView('licenses', LicenseView) },
      async handle(call) {
        const { params, query, links } = call;
        const filter = readListFilter(query.filter, LICENSES);
        if (!filter.ok) return filter.rejection;
        const found = await find(call, params.organizationId);
        if ('kind' in found) return found;
        const items = inOrder(found.licenses, query)
          .map((license) => licenseView(license, links))
          // Instants of one form compare as texts.
          .filter(({ beginsAt, status }) => filter.value.accepts((name) => (name === 'status' ? status : beginsAt)));
        const path = `/organizations/${params.organizationId}/licenses`;
        return reply(200, collection(links, path, query, 'licenses', { items, count: items.length }));
      },
    }),
    defineRoute({
      ...common,
      id: 'license.read',
      summary: 'Read a licence',
      path: '/organizations/:organizationId/licenses/:licenseId',
      replies: { 200: LicenseView },
      async handle(call) {
        const found = await findLicense(call);
        return 'kind' in found ? found : reply(200, licenseView(found.license, call.links));
      },
    }),
    defineRoute({
      ...common,
      id: 'license.name.read',
      summary: 'Read a licence’s name',
      path: LICENSE_NAME,
      replies: { 200: LicenseNameView },
      async handle(call) {
        const found = await findLicense(call);
        return 'kind' in found ? found : reply(200, licenseNameView(found.license, call.links));
      },
    }),
    defineRoute({
      ...common,
      id: 'license.name.update',
      summary: 'Rename a licence',
      method: 'PUT',
      path: LICENSE_NAME,
      accepts: JSON_TYPE,
      permission: 'organizations:write',
      body: LicenseNameBody,
      replies: { 200: LicenseNameView },
      async handle(call) {
        const found = await findLicense(call);
        if ('kind' in found) return found;
        const { organization, license } = found;
        if (!isPermittedOver(call.actor, 'organizations:write', organization)) return notAuthorized();
        const renamed = await platform.renameLicense(organization, license, call.body.name, call.by);
        return renamed.ok ? reply(200, licenseNameView(renamed.value, call.links)) : platformError(renamed.rejection);
      },
    }),
  ];
}

const inOrder = (licenses: readonly License[], { order }: Static<typeof LicenseQuery>): readonly License[] =>
  [...licenses].sort((a, b) => (order === '-beginsAt' ? b.beginsAt - a.beginsAt : a.beginsAt - b.beginsAt));
