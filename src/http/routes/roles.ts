import type { Static } from 'typebox';
import type { FilterRules } from '../../kernel/filter.js';
import { Type } from '../../kernel/json-schema.js';
import { PLATFORM_ROLES, type Role, roleById } from '../../platform/roles/roles.js';
import type { PlatformService } from '../../platform/service.js';
import { permissionsOf } from '../auth.js';
import { wireError } from '../errors.js';
import { collection, collectionView, LinkView, ListQuery } from '../hal/collection.js';
import type { Links } from '../hal/links.js';
import { readListFilter } from '../list-filter.js';
import { platformError } from '../rejections/platform.js';
import { type Call, defineRoute, type Route, reply } from '../route.js';

/** Wire: `00` §6.2. */
const RoleView = Type.Object({
  _links: Type.Object({ self: LinkView }),
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  applicableTo: Type.Array(Type.String()),
  permissions: Type.Array(Type.Object({ id: Type.String(), classifier: Type.String(), description: Type.String() })),
});

const FILTER: FilterRules = { attributes: { type: ['eq'] }, combinators: [] };

function roleView({ id, name, description, applicableTo }: Role, links: Links): Static<typeof RoleView> {
  return {
    _links: { self: links.api(`/roles/${id}`) },
    id,
    name,
    description,
    applicableTo: [...applicableTo],
    permissions: permissionsOf(name).map((permission) => {
      const [of = '', action = ''] = permission.split(':');
      return { id: permission, classifier: of, description: `${action} ${of}` };
    }),
  };
}

/** The roles there are; nobody can change them (wire: `00` §6.2). */
export function rolesRoutes(platform: PlatformService): Route[] {
  const list = (
    path: string,
    { query, links }: Pick<Call<string, unknown, Static<typeof ListQuery>>, 'query' | 'links'>,
  ) => {
    const filter = readListFilter(query.filter, FILTER);
    if (!filter.ok) return filter.rejection;
    const roles = PLATFORM_ROLES.filter(() => filter.value.accepts(() => 'PLATFORM'));
    const items = roles.map((role) => roleView(role, links));
    return reply(200, collection(links, path, query, 'roles', { items, count: items.length }));
  };
  const common = { source: '00 §6.2', method: 'GET', base: 'api' } as const;
  const listed = { query: ListQuery, replies: { 200: collectionView('roles', RoleView) } } as const;
  const partial = 'Roles of products that are not here permit no more than to see what they are over.';
  return [
    defineRoute({
      ...common,
      ...listed,
      id: 'role.list',
      summary: 'List roles',
      path: '/roles',
      permission: 'roles:read',
      partial,
      handle: async (call) => list('/roles', call),
    }),
    defineRoute({
      ...common,
      id: 'role.read',
      summary: 'Read a role',
      path: '/roles/:roleId',
      permission: 'roles:read',
      replies: { 200: RoleView },
      partial,
      async handle({ params, actor, links }) {
        const role = roleById(params.roleId);
        if (role) return reply(200, roleView(role, links));
        const message = `Role not found for id: ${params.roleId} and environmentId: ${actor.environmentId}`;
        return wireError('NOT_FOUND', undefined, { message });
      },
    }),
    defineRoute({
      ...common,
      ...listed,
      id: 'environment.roles.list',
      summary: 'List roles of an environment',
      path: '/environments/:envId/roles',
      permission: 'environments:read',
      partial,
      async handle(call) {
        const found = await platform.environment(call.params.envId);
        return found.ok ? list(`/environments/${call.params.envId}/roles`, call) : platformError(found.rejection);
      },
    }),
  ];
}
