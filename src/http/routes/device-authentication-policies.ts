import { Fido2Migration } from '../../policies/fido2-migration.js';
import { PolicyDocument } from '../../policies/policy-document.js';
import type { PolicyService } from '../../policies/service.js';
import {
  DeviceAuthenticationPoliciesView,
  DeviceAuthenticationPolicyView,
  deviceAuthenticationPoliciesView,
  deviceAuthenticationPolicyView,
} from '../hal/device-authentication-policies.js';
import { policyError } from '../rejections/policies.js';
import { defineRoute, JSON_TYPE, type Route, reply, vnd } from '../route.js';

const COLLECTION = '/environments/:envId/deviceAuthenticationPolicies';
const ITEM = '/environments/:envId/deviceAuthenticationPolicies/:policyId';

/** Device authentication policies (wire: `30` §1.1). */
export function deviceAuthenticationPoliciesRoutes(policies: PolicyService): Route[] {
  return [
    defineRoute({
      id: 'deviceAuthenticationPolicies.list',
      summary: 'Lists the device authentication policies of an environment, by creation',
      source: '30 §1.1',
      method: 'GET',
      base: 'api',
      path: COLLECTION,
      permission: 'policies:read',
      replies: { 200: DeviceAuthenticationPoliciesView },
      async handle({ params, links }) {
        const outcome = await policies.list(params.envId);
        return outcome.ok
          ? reply(200, deviceAuthenticationPoliciesView(params.envId, outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'deviceAuthenticationPolicy.create',
      summary: 'Creates a device authentication policy',
      source: '30 §1.1',
      method: 'POST',
      base: 'api',
      path: COLLECTION,
      accepts: JSON_TYPE,
      permission: 'policies:write',
      body: PolicyDocument,
      replies: { 201: DeviceAuthenticationPolicyView },
      partial: 'fido2.fido2PolicyId and notificationsPolicy.id are refused: this release has no such objects',
      async handle({ params, body, links, by }) {
        const outcome = await policies.create(params.envId, body, by);
        return outcome.ok
          ? reply(201, deviceAuthenticationPolicyView(outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'deviceAuthenticationPolicies.fido2.migrate',
      summary: 'Converts legacy FIDO sections of policies; none is ever stored, so none is converted',
      source: '30 §1.6',
      method: 'POST',
      base: 'api',
      path: COLLECTION,
      // Types are compared in lower case, whatever case they are sent in (RFC 9110 §8.3.1).
      accepts: vnd('deviceAuthenticationPolicy.fido2.migrate'),
      permission: 'policies:write',
      body: Fido2Migration,
      replies: { 200: DeviceAuthenticationPoliciesView },
      partial: 'an explicit fido2PolicyId is refused: this release has no FIDO policies',
      async handle({ params, body, links }) {
        const outcome = await policies.migrateToFido2(params.envId, body);
        return outcome.ok
          ? reply(200, deviceAuthenticationPoliciesView(params.envId, outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'deviceAuthenticationPolicy.read',
      summary: 'Reads a device authentication policy',
      source: '30 §1.1',
      method: 'GET',
      base: 'api',
      path: ITEM,
      permission: 'policies:read',
      replies: { 200: DeviceAuthenticationPolicyView },
      async handle({ params, links }) {
        const outcome = await policies.read(params.envId, params.policyId);
        return outcome.ok
          ? reply(200, deviceAuthenticationPolicyView(outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'deviceAuthenticationPolicy.update',
      summary: 'Replaces a device authentication policy',
      source: '30 §1.1',
      method: 'PUT',
      base: 'api',
      path: ITEM,
      accepts: JSON_TYPE,
      permission: 'policies:write',
      body: PolicyDocument,
      replies: { 200: DeviceAuthenticationPolicyView },
      errors: ['REQUEST_FAILED'],
      partial: 'fido2.fido2PolicyId and notificationsPolicy.id are refused: this release has no such objects',
      async handle({ params, body, links, by }) {
        const outcome = await policies.update(params.envId, params.policyId, body, by);
        return outcome.ok
          ? reply(200, deviceAuthenticationPolicyView(outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'deviceAuthenticationPolicy.delete',
      summary: 'Deletes a device authentication policy that is not the default',
      source: '30 §1.1',
      method: 'DELETE',
      base: 'api',
      path: ITEM,
      permission: 'policies:write',
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      async handle({ params, by }) {
        const outcome = await policies.delete(params.envId, params.policyId, by);
        return outcome.ok ? reply(204) : policyError(outcome.rejection);
      },
    }),
  ];
}
