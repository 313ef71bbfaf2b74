import type { Static } from 'typebox';
import { oneOf, Reference } from '../../kernel/document-schema.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Outcome } from '../../kernel/outcome.js';
import { BillOfMaterialsDocument } from '../../platform/environments/bill-of-materials.js';
import type { EnvironmentRejection, EnvironmentTerms } from '../../platform/environments/environment-rules.js';
import type { EnvironmentService } from '../../platform/environments/environments.js';
import type { Environment } from '../../platform/model.js';
import type { PlatformService } from '../../platform/service.js';
import type { WireError } from '../errors.js';
import { LinkView } from '../hal/collection.js';
import {
  BillOfMaterialsView,
  billOfMaterialsView,
  EnvironmentView,
  environmentView,
  NewEnvironmentView,
  newEnvironmentView,
} from '../hal/environments.js';
import type { Links } from '../hal/links.js';
import { environmentError } from '../rejections/environments.js';
import { platformError } from '../rejections/platform.js';
import { defineRoute, done, JSON_TYPE, type Reply, type Route, reply } from '../route.js';

const TYPE = oneOf('PRODUCTION', 'SANDBOX');

/** The writable members (wire: `00` §7.1). The licence must be named only where there are several. */
const Terms = {
  name: Type.String({ minLength: 1, maxLength: 256 }),
  type: TYPE,
  region: oneOf('NA', 'CA', 'EU', 'AU', 'SG', 'AP'),
  license: Type.Optional(Type.Object({ id: Reference })),
  description: Type.Optional(Type.String({ maxLength: 1_024 })),
  icon: Type.Optional(Type.String({ minLength: 1, maxLength: 2_048 })),
};
const EnvironmentBody = Type.Object(Terms);
const NewEnvironmentBody = Type.Object({ ...Terms, billOfMaterials: Type.Optional(BillOfMaterialsDocument) });

/** Nothing is held back by a licence here (wire: `00` §6.1, the switches of a licence; §7.1). */
const CAPABILITIES = [
  'allowAddResources',
  'allowConnections',
  'allowCustomSchema',
  'allowProduction',
  'allowPushNotification',
  'allowNotificationOutsideWhitelist',
  'allowFido2Devices',
  'allowVoiceOtp',
  'allowEmailOtp',
  'allowSmsOtp',
  'allowTotp',
] as const;

const CapabilitiesView = Type.Object({
  _links: Type.Object({ self: LinkView, environment: LinkView }),
  ...Object.fromEntries(CAPABILITIES.map((name) => [name, Type.Boolean()])),
});

function termsOf(body: Static<typeof EnvironmentBody>): EnvironmentTerms {
  const { name, type, region, description, icon, license } = body;
  return {
    name,
    type,
    region,
    ...(description === undefined ? {} : { description }),
    ...(icon === undefined ? {} : { icon }),
    // An id is a UUID by its pattern.
    ...(license === undefined ? {} : { licenseId: license.id as Environment['licenseId'] }),
  };
}

/** Making, changing and deleting environments (wire: `00` §7.1). */
export function environmentChangesRoutes(environments: EnvironmentService, platform: PlatformService): Route[] {
  const shown = (outcome: Outcome<Environment, EnvironmentRejection>, links: Links): Reply | WireError =>
    outcome.ok ? reply(200, environmentView(outcome.value, links)) : environmentError(outcome.rejection);
  const common = { source: '00 §7.1', base: 'api' } as const;
  const put = { ...common, method: 'PUT', accepts: JSON_TYPE, permission: 'environments:write' } as const;
  return [
    defineRoute({
      ...common,
      id: 'environment.create',
      summary: 'Create an environment',
      method: 'POST',
      path: '/environments',
      accepts: JSON_TYPE,
      permission: 'environments:write',
      body: NewEnvironmentBody,
      replies: { 201: NewEnvironmentView },
      async handle({ actor, by, body, links }) {
        // The schema has let only objects through.
        const bill = body.billOfMaterials as JsonObject | undefined;
        const made = await environments.create(termsOf(body), bill, actor, by);
        return made.ok ? reply(201, newEnvironmentView(made.value, links)) : environmentError(made.rejection);
      },
    }),
    defineRoute({
      ...put,
      id: 'environment.update',
      summary: 'Replace an environment; its type stays',
      path: '/environments/:envId',
      body: EnvironmentBody,
      replies: { 200: EnvironmentView },
      handle: async ({ params, body, by, links }) =>
        shown(await environments.replace(params.envId, termsOf(body), by), links),
    }),
    defineRoute({
      ...put,
      id: 'environment.type.update',
      summary: 'Change an environment’s type',
      path: '/environments/:envId/type',
      body: Type.Object({ type: TYPE }),
      replies: { 200: EnvironmentView },
      handle: async ({ params, body, by, links }) =>
        shown(await environments.setType(params.envId, body.type, by), links),
    }),
    defineRoute({
      ...put,
      id: 'environment.status.update',
      summary: 'Announce that an environment will be deleted, or take it back',
      path: '/environments/:envId/status',
      body: Type.Object({ status: oneOf('ACTIVE', 'DELETE_PENDING') }),
      replies: { 200: EnvironmentView },
      partial: '`DELETE_PENDING` is kept and shown; nothing else follows from it.',
      handle: async ({ params, body, by, links }) =>
        shown(await environments.setDeletePending(params.envId, body.status === 'DELETE_PENDING', by), links),
    }),
    defineRoute({
      ...common,
      id: 'environment.delete',
      summary: 'Delete a sandbox with all that belongs to it',
      method: 'DELETE',
      path: '/environments/:envId',
      permission: 'environments:write',
      replies: { 204: null },
      errors: ['REQUEST_FAILED'],
      handle: async ({ params, actor, by }) =>
        done(await environments.remove(params.envId, actor, by), environmentError),
    }),
    defineRoute({
      ...common,
      id: 'environment.billOfMaterials.read',
      summary: 'Read the bill of materials',
      method: 'GET',
      path: '/environments/:envId/billOfMaterials',
      permission: 'environments:read',
      replies: { 200: BillOfMaterialsView },
      async handle({ params, links }) {
        const found = await platform.environment(params.envId);
        return found.ok ? reply(200, billOfMaterialsView(found.value, links)) : platformError(found.rejection);
      },
    }),
    defineRoute({
      ...put,
      id: 'environment.billOfMaterials.update',
      summary: 'Replace the bill of materials',
      path: '/environments/:envId/billOfMaterials',
      body: BillOfMaterialsDocument,
      replies: { 200: BillOfMaterialsView },
      async handle({ params, body, by, links }) {
        // The schema has let only objects through.
        const changed = await environments.setBillOfMaterials(params.envId, body as JsonObject, by);
        return changed.ok ? reply(200, billOfMaterialsView(changed.value, links)) : environmentError(changed.rejection);
      },
    }),
    defineRoute({
      ...common,
      id: 'environment.capabilities.read',
      summary: 'What the licence allows',
      method: 'GET',
      path: '/environments/:envId/capabilities',
      permission: 'environments:read',
      replies: { 200: CapabilitiesView },
      async handle({ params, links }) {
        const found = await platform.environment(params.envId);
        if (!found.ok) return platformError(found.rejection);
        const path = `/environments/${params.envId}`;
        const _links = { self: links.api(`${path}/capabilities`), environment: links.api(path) };
        return reply(200, { _links, ...Object.fromEntries(CAPABILITIES.map((name) => [name, true])) });
      },
    }),
  ];
}
