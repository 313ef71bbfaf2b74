import type { Static } from 'typebox';
import { Reference as Id, oneOf } from '../../kernel/document-schema.js';
import type { Uuid } from '../../kernel/ids.js';
import { Type } from '../../kernel/json-schema.js';
import type { AssignedRole, RoleOwner } from '../../platform/roles/role-assignments.js';
import type { RoleAssignmentService } from '../../platform/roles/role-service.js';
import { roleByName } from '../../platform/roles/roles.js';
import { notFound } from '../errors.js';
import { collection, collectionView, LinkView, ListQuery, Reference } from '../hal/collection.js';
import { roleError } from '../rejections/applications.js';
import { type Call, defineRoute, done, JSON_TYPE, type Permission, type Route, reply } from '../route.js';

const RoleAssignmentBody = Type.Object({
  role: Type.Object({ id: Id }),
  scope: Type.Object({ id: Id, type: oneOf('ORGANIZATION', 'ENVIRONMENT', 'POPULATION', 'APPLICATION') }),
});

/** Wire: `00` §6.3. */
const View = Type.Object({
  _links: Type.Object({
    self: LinkView,
    environment: LinkView,
    application: Type.Optional(LinkView),
    user: Type.Optional(LinkView),
    group: Type.Optional(LinkView),
  }),
  id: Type.String(),
  environment: Reference,
  role: Reference,
  scope: Type.Object({ id: Type.String(), type: Type.String() }),
  readOnly: Type.Boolean(),
  /** Of a user who has the role by being in it. */
  group: Type.Optional(Reference),
});

/** Where the roles of one kind of owner are. */
interface Owners {
  readonly kind: RoleOwner['kind'];
  /** Begins the ids of its operations: `<prefix>roleAssignment.create`. */
  readonly prefix: string;
  readonly one: string;
  readonly collection: string;
  /** Names one of them in paths. */
  readonly item: 'roleAssignmentId' | 'userRoleAssignmentId' | 'groupRoleAssignmentId';
  readonly read: Permission;
  readonly write: Permission;
  readonly partial?: string;
}

/** Nobody signs on to the API as a user yet. */
const WITHOUT_EFFECT = 'Kept and shown; no token acts by the roles of a user.';

const OWNERS: readonly Owners[] = [
  {
    kind: 'application',
    prefix: '',
    one: 'an application',
    collection: 'applications',
    item: 'roleAssignmentId',
    read: 'applications:read',
    write: 'applications:write',
  },
  {
    kind: 'user',
    prefix: 'user.',
    one: 'a user',
    collection: 'users',
    item: 'userRoleAssignmentId',
    read: 'users:read',
    write: 'users:write',
    partial: WITHOUT_EFFECT,
  },
  {
    kind: 'group',
    prefix: 'group.',
    one: 'a group',
    collection: 'groups',
    item: 'groupRoleAssignmentId',
    read: 'users:read',
    write: 'users:write',
    partial: WITHOUT_EFFECT,
  },
];

/** Roles of applications, users and groups (wire: `00` §6.3). */
export function roleAssignmentsRoutes(roles: RoleAssignmentService): Route[] {
  return OWNERS.flatMap((owners) => routesOf(owners, roles));
}

function routesOf(owners: Owners, roles: RoleAssignmentService): Route[] {
  const { kind, prefix, one, collection: segment, item, partial } = owners;
  const parameter = `${kind}Id` as const;
  const path = `/environments/:envId/${segment}/:${parameter}/roleAssignments` as const;
  type Named = Pick<Call<'envId' | typeof parameter>, 'params' | 'links'>;

  const ownerPath = ({ params }: Named): string => `/environments/${params.envId}/${segment}/${params[parameter]}`;
  const pathOf = (call: Named): string => `${ownerPath(call)}/roleAssignments`;
  const ownerOf = ({ params }: Named): RoleOwner => ({ kind, id: params[parameter] });

  function view(call: Named, { id, role, scope, group }: AssignedRole): Static<typeof View> {
    const { params, links } = call;
    return {
      _links: {
        self: links.api(`${pathOf(call)}/${id}`),
        environment: links.api(`/environments/${params.envId}`),
        [kind]: links.api(ownerPath(call)),
      },
      id,
      environment: { id: params.envId },
      role: { id: roleByName(role).id },
      scope: { id: scope.id, type: scope.type },
      readOnly: group !== undefined,
      ...(group === undefined ? {} : { group: { id: group } }),
    };
  }

  const common = { source: '00 §6.3', base: 'api', ...(partial === undefined ? {} : { partial }) } as const;
  return [
    defineRoute({
      ...common,
      id: `${prefix}roleAssignment.list`,
      summary: `List the roles of ${one}`,
      method: 'GET',
      path,
      permission: owners.read,
      query: ListQuery,
      replies: { 200: collectionView('roleAssignments', View) },
      async handle(call) {
        const listed = await roles.list(call.params.envId, ownerOf(call));
        if (!listed.ok) return roleError(listed.rejection);
        const items = listed.value.map((assigned) => view(call, assigned));
        return reply(200, collection(call.links, pathOf(call), {}, 'roleAssignments', { items, count: items.length }));
      },
    }),
    defineRoute({
      ...common,
      id: `${prefix}roleAssignment.create`,
      summary: `Assign a role to ${one}`,
      method: 'POST',
      path,
      accepts: JSON_TYPE,
      permission: owners.write,
      body: RoleAssignmentBody,
      replies: { 201: View },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const { params, body, actor, by } = call;
        // Ids are UUIDs by their pattern.
        const scope = { type: body.scope.type, id: body.scope.id as Uuid };
        const assigned = await roles.assign(params.envId, ownerOf(call), { roleId: body.role.id, scope }, actor, by);
        return assigned.ok ? reply(201, view(call, assigned.value)) : roleError(assigned.rejection);
      },
    }),
    defineRoute({
      ...common,
      id: `${prefix}roleAssignment.read`,
      summary: `Read a role assignment of ${one}`,
      method: 'GET',
      path: `${path}/:${item}`,
      permission: owners.read,
      replies: { 200: View },
      async handle(call) {
        const listed = await roles.list(call.params.envId, ownerOf(call));
        if (!listed.ok) return roleError(listed.rejection);
        const found = listed.value.find(({ id }) => id === call.params[item]);
        return found ? reply(200, view(call, found)) : notFound();
      },
    }),
    defineRoute({
      ...common,
      id: `${prefix}roleAssignment.delete`,
      summary: `Withdraw a role from ${one}`,
      method: 'DELETE',
      path: `${path}/:${item}`,
      permission: owners.write,
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      async handle(call) {
        const { params, by } = call;
        return done(await roles.withdraw(params.envId, ownerOf(call), params[item], by), roleError);
      },
    }),
  ];
}
