import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { EnvironmentId } from '../../platform/model.js';
import type { DeviceAuthenticationPolicy } from '../../policies/model.js';
import { PolicyDocument } from '../../policies/policy-document.js';
import type { Links } from './links.js';

const LinkView = Type.Object({ href: Type.String() });
const LinksView = Type.Object({ self: LinkView, environment: LinkView });

/** A policy: the document exactly as it was sent, and the server's own members (wire: `30` §0.2, §0.3, §1.2). */
export const DeviceAuthenticationPolicyView = Type.Object({
  _links: LinksView,
  id: Type.String(),
  environment: Type.Object({ id: Type.String() }),
  ...PolicyDocument.properties,
  /** Deprecated, read-only, still returned (`30` §1.2). */
  forSignOnPolicy: Type.Boolean(),
  updatedAt: Type.String(),
});

/** Always with `_embedded`, also when empty: generated clients dereference it (`30` §0.2). */
export const DeviceAuthenticationPoliciesView = Type.Object({
  _links: LinksView,
  _embedded: Type.Object({ deviceAuthenticationPolicies: Type.Array(DeviceAuthenticationPolicyView) }),
  count: Type.Integer(),
  size: Type.Integer(),
});

const pathOf = (environmentId: EnvironmentId): string => `/environments/${environmentId}/deviceAuthenticationPolicies`;

export function deviceAuthenticationPolicyView(policy: DeviceAuthenticationPolicy, links: Links): JsonObject {
  return {
    _links: linksOf(`${pathOf(policy.environmentId)}/${policy.id}`, policy.environmentId, links),
    id: policy.id,
    environment: { id: policy.environmentId },
    ...policy.document,
    forSignOnPolicy: false,
    updatedAt: toTimestamp(policy.updatedAt),
  };
}

/** One page: the collection is not paged (`00` §3.6: all are returned). */
export function deviceAuthenticationPoliciesView(
  environmentId: EnvironmentId,
  policies: readonly DeviceAuthenticationPolicy[],
  links: Links,
): JsonObject {
  return {
    _links: linksOf(pathOf(environmentId), environmentId, links),
    _embedded: {
      deviceAuthenticationPolicies: policies.map((policy) => deviceAuthenticationPolicyView(policy, links)),
    },
    count: policies.length,
    size: policies.length,
  };
}

function linksOf(self: string, environmentId: EnvironmentId, links: Links): Static<typeof LinksView> {
  return { self: links.api(self), environment: links.api(`/environments/${environmentId}`) };
}
