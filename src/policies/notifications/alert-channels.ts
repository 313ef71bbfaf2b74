import { oneOf } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import type { ManagedResource } from '../../platform/managed/resource.js';
import { atMost } from '../../platform/managed/rules.js';
import { MAIL_ADDRESS } from './senders.js';

const KIND = 'alertChannel';
/** Of one environment; no client names a limit. */
const MOST = 50;

const AlertType = oneOf(
  'CERTIFICATE_EXPIRED',
  'CERTIFICATE_EXPIRING',
  'GATEWAY_VERSION_DEPRECATED',
  'GATEWAY_VERSION_DEPRECATING',
  'KEY_PAIR_EXPIRED',
  'KEY_PAIR_EXPIRING',
  'LICENSE_90_PERCENT_USER_SOFT_LIMIT',
  'LICENSE_EXPIRED',
  'LICENSE_EXPIRING',
  'LICENSE_ROTATED',
  'LICENSE_USER_HARD_LIMIT_EXCEEDED',
  'LICENSE_USER_SOFT_LIMIT_EXCEEDED',
  'RATE_LIMIT_EXCEEDED',
  'RATE_LIMIT_WARNING',
  'RISK_CONFIGURATION',
  'SUSPICIOUS_TRAFFIC',
);
const AlertTypes = Type.Optional(Type.Array(AlertType, { maxItems: 50 }));

/** Whom alerts of an environment go to (public SDK: `AlertingApi`). Documents: nobody is alerted yet. */
export const alertChannels: ManagedResource = {
  kind: KIND,
  schema: Type.Object({
    alertName: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    channelType: oneOf('EMAIL'),
    addresses: Type.Array(Type.String({ maxLength: 254, pattern: MAIL_ADDRESS }), { minItems: 1, maxItems: 50 }),
    includeSeverities: Type.Optional(Type.Array(oneOf('INFO', 'WARNING', 'ERROR'), { maxItems: 10 })),
    includeAlertTypes: AlertTypes,
    excludeAlertTypes: AlertTypes,
  }),
  noun: 'ALERT_CHANNEL',
  rules: [atMost(KIND, MOST)],
};
