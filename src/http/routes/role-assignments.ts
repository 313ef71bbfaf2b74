import type { Static } from 'typebox';
import { Reference as Id, oneOf } from '../../kernel/document-schema.js';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { AssignedRole } from '../../platform/role-assignments.js';
import type { RoleAssignmentService } from '../../platform/role-service.js';
import { roleByName } from '../../platform/roles.js';
import { notFound } from '../errors.js';
import { collection, collectionView, LinkView, ListQuery, Reference } from '../hal/collection.js';
import { roleError } from '../rejections/applications.js';
import { type Call, defineRoute, JSON_TYPE, type Route, reply } from '../route.js';

/** Wire: `00` §6.3. */
const RoleAssignmentView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView, application: LinkView }),
  id: Type.String(),
  environment: Reference,
  role: Reference,
  scope: Type.Object({ id: Type.String(), type: Type.String() }),
  readOnly: Type.Boolean(),
});

const RoleAssignmentBody = Type.Object({
  role: Type.Object({ id: Id }),
  scope: Type.Object({ id: Id, type: oneOf('ORGANIZATION', 'ENVIRONMENT', 'POPULATION', 'APPLICATION') }),
});

const PATH = '/environments/:envId/applications/:applicationId/roleAssignments';

type Named = Pick<Call<'envId' | 'applicationId'>, 'params' | 'links'>;
const pathOf = ({ params }: Named): string =>
  `/environments/${params.envId}/applications/${params.applicationId}/roleAssignments`;

function view(call: Named, { id, role, scope }: AssignedRole): Static<typeof RoleAssignmentView> {
  const { params, links } = call;
  const environment = `/environments/${params.envId}`;
  return {
    _links: {
      self: links.api(`${pathOf(call)}/${id}`),
      environment: links.api(environment),
      application: links.api(`${environment}/applications/${params.applicationId}`),
    },
    id,
    environment: { id: params.envId },
    role: { id: roleByName(role).id },
    scope: { id: scope.id, type: scope.type },
    readOnly: false,
  };
}

/** Roles of applications (wire: `00` §6.3). */
export function roleAssignmentsRoutes(roles: RoleAssignmentService): Route[] {
  const common = { source: '00 §6.3', base: 'api' } as const;
  return [
    defineRoute({
      ...common,
      id: 'roleAssignment.list',
      summary: 'List the roles of an application',
      method: 'GET',
      path: PATH,
      permission: 'applications:read',
      query: ListQuery,
      replies: { 200: collectionView('roleAssignments', RoleAssignmentView) },
      async handle(call) {
        const listed = await roles.list(call.params.envId, call.params.applicationId);
        if (!listed.ok) return roleError(listed.rejection);
        const items = listed.value.map((assigned) => view(call, assigned));
        return reply(200, collection(call.links, pathOf(call), {}, 'roleAssignments', { items, count: items.length }));
      },
    }),
    defineRoute({
      ...common,
      id: 'roleAssignment.create',
      summary: 'Assign a role to an application',
      method: 'POST',
      path: PATH,
      accepts: JSON_TYPE,
      permission: 'applications:write',
      body: RoleAssignmentBody,
      replies: { 201: RoleAssignmentView },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const { params, body, actor, by } = call;
        // Ids are UUIDs by their pattern.
        const scope = { type: body.scope.type, id: body.scope.id as Uuid };
        const wanted = { roleId: body.role.id, scope };
        const assigned = await roles.assign(params.envId, params.applicationId, wanted, actor, by);
        return assigned.ok ? reply(201, view(call, assigned.value)) : roleError(assigned.rejection);
      },
    }),
    defineRoute({
      ...common,
      id: 'roleAssignment.read',
      summary: 'Read a role assignment of an application',
      method: 'GET',
      path: `${PATH}/:roleAssignmentId`,
      permission: 'applications:read',
      replies: { 200: RoleAssignmentView },
      async handle(call) {
        const listed = await roles.list(call.params.envId, call.params.applicationId);
        if (!listed.ok) return roleError(listed.rejection);
        const found = listed.value.find(({ id }) => id === call.params.roleAssignmentId);
        return found ? reply(200, view(call, found)) : notFound();
      },
    }),
    defineRoute({
      ...common,
      id: 'roleAssignment.delete',
      summary: 'Withdraw a role from an application',
      method: 'DELETE',
      path: `${PATH}/:roleAssignmentId`,
      permission: 'applications:write',
      replies: { 204: null },
      async handle({ params, by }) {
        const withdrawn = await roles.withdraw(params.envId, params.applicationId, params.roleAssignmentId, by);
        return withdrawn.ok ? reply(204) : roleError(withdrawn.rejection);
      },
    }),
  ];
}
