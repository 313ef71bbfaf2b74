import { MfaSettingsDocument } from '../../policies/mfa-settings-document.js';
import type { PolicyService } from '../../policies/service.js';
import { MfaSettingsView, mfaSettingsView } from '../hal/mfa-settings.js';
import { policyError } from '../rejections/policies.js';
import { defineRoute, JSON_TYPE, type Route, reply } from '../route.js';

const PATH = '/environments/:envId/mfaSettings';

/** MFA settings of an environment: always there, so there is no `POST` (wire: `30` §3.1). */
export function mfaSettingsRoutes(policies: PolicyService): Route[] {
  return [
    defineRoute({
      id: 'mfaSettings.read',
      summary: 'Reads the MFA settings of an environment',
      source: '30 §3.1',
      method: 'GET',
      base: 'api',
      path: PATH,
      permission: 'policies:read',
      replies: { 200: MfaSettingsView },
      async handle({ params, links }) {
        const outcome = await policies.readMfaSettings(params.envId);
        return outcome.ok
          ? reply(200, mfaSettingsView(params.envId, outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'mfaSettings.update',
      summary: 'Replaces the MFA settings of an environment',
      source: '30 §3.1',
      method: 'PUT',
      base: 'api',
      path: PATH,
      accepts: JSON_TYPE,
      permission: 'policies:write',
      body: MfaSettingsDocument,
      replies: { 200: MfaSettingsView },
      async handle({ params, body, links, by }) {
        const outcome = await policies.replaceMfaSettings(params.envId, body, by);
        return outcome.ok
          ? reply(200, mfaSettingsView(params.envId, outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
    defineRoute({
      id: 'mfaSettings.reset',
      summary: 'Resets the MFA settings of an environment to the factory values',
      source: '30 §3.1',
      method: 'DELETE',
      base: 'api',
      path: PATH,
      permission: 'policies:write',
      replies: { 200: MfaSettingsView },
      async handle({ params, links, by }) {
        const outcome = await policies.resetMfaSettings(params.envId, by);
        return outcome.ok
          ? reply(200, mfaSettingsView(params.envId, outcome.value, links))
          : policyError(outcome.rejection);
      },
    }),
  ];
}
