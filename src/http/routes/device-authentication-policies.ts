import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import type { ManagedService } from '../../platform/managed/service.js';
import { Fido2Migration } from '../../policies/fido2/fido2-migration.js';
import type { PolicyService } from '../../policies/service.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { listView, managedList } from '../managed/list.js';
import { managedRoutes } from '../managed/routes.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, type Route, reply, vnd } from '../route.js';

const PATH = '/environments/:envId/deviceAuthenticationPolicies';

/** How device authentication policies are shown and reached (wire: `30` §1.1). */
export function deviceAuthenticationPoliciesDefinition(resource: ManagedResource): ManagedDefinition {
  return {
    resource,
    id: 'deviceAuthenticationPolicy',
    one: 'a device authentication policy',
    many: 'device authentication policies',
    source: '30 §1.1',
    collection: 'deviceAuthenticationPolicies',
    path: PATH,
    parameter: 'policyId',
    permission: { read: 'policies:read', write: 'policies:write' },
    timestamps: 'updatedAt',
    // Deprecated, read-only, still returned (`30` §1.2).
    adds: { schema: { forSignOnPolicy: Type.Boolean() }, members: () => ({ forSignOnPolicy: false }) },
    // Released clients look for "remove default device authentication policy" in this text (`00` §4.4).
    texts: { DefaultCannotBeDeleted: 'Cannot remove default device authentication policy' },
  };
}

/** Device authentication policies, and their conversion to FIDO2 (wire: `30` §1.1, §1.6). */
export function deviceAuthenticationPoliciesRoutes(
  resource: ManagedResource,
  service: ManagedService,
  policies: PolicyService,
): Route[] {
  const definition = deviceAuthenticationPoliciesDefinition(resource);
  return [
    ...managedRoutes(definition, service),
    defineRoute({
      id: 'deviceAuthenticationPolicies.fido2.migrate',
      summary:
        'Converts legacy FIDO sections of policies, of which none is ever stored, and gives policies their FIDO policy',
      source: '30 §1.6',
      method: 'POST',
      base: 'api',
      path: PATH,
      // Types are compared in lower case, whatever case they are sent in (RFC 9110 §8.3.1).
      accepts: vnd('deviceAuthenticationPolicy.fido2.migrate'),
      permission: 'policies:write',
      body: Fido2Migration,
      replies: { 200: listView(definition) },
      async handle(call) {
        const outcome = await policies.migrateToFido2(call.params.envId, call.body, call.by);
        if (!outcome.ok) return managedError(outcome.rejection);
        return reply(200, managedList(definition, call, { items: outcome.value, count: outcome.value.length }));
      },
    }),
  ];
}
