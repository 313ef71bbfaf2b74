import type { Static } from 'typebox';
import { toTimestamp } from '../../kernel/clock.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { EnvironmentId } from '../../platform/model.js';
import { settingsSelection } from '../../policies/configuration.js';
import { MfaSettingsDocument } from '../../policies/mfa-settings-document.js';
import type { MfaSettings } from '../../policies/model.js';
import type { Links } from './links.js';

const LinkView = Type.Object({ href: Type.String() });
const LinksView = Type.Object({ self: LinkView, environment: LinkView });

/** The settings as they were sent; only `authentication.deviceSelection` is there even when it was not (wire: `30` §3.2). */
export const MfaSettingsView = Type.Object({
  _links: LinksView,
  environment: Type.Object({ id: Type.String() }),
  ...MfaSettingsDocument.properties,
  authentication: Type.Object({ deviceSelection: Type.String() }),
  updatedAt: Type.String(),
});

/** There is one per environment, so it has no `id` (`30` §3.1). */
export function mfaSettingsView(environmentId: EnvironmentId, settings: MfaSettings, links: Links): JsonObject {
  const environment = `/environments/${environmentId}`;
  const related: Static<typeof LinksView> = {
    self: links.api(`${environment}/mfaSettings`),
    environment: links.api(environment),
  };
  return {
    _links: related,
    environment: { id: environmentId },
    ...settings.document,
    authentication: { deviceSelection: settingsSelection(settings) },
    updatedAt: toTimestamp(settings.updatedAt),
  };
}
