import { Type } from '../kernel/json-schema.js';
import type { ManagedResource } from '../platform/managed/resource.js';
import { immutable, unique } from '../platform/managed/rules.js';

const KIND = 'pushCredentials';

const Id = Type.String({ minLength: 1, maxLength: 256 });
const Secret = Type.String({ minLength: 1, maxLength: 8_192 });

/** How a push service knows an application (wire: `30` §4). The old `FCM` is none of them any more. */
const PushCredentialDocument = Type.Union([
  Type.Object({ type: Type.Literal('APNS'), key: Id, teamId: Id, token: Secret }),
  Type.Object({
    type: Type.Literal('FCM_HTTP_V1'),
    googleServiceAccountCredentials: Type.String({ minLength: 1, maxLength: 16_384 }),
  }),
  Type.Object({ type: Type.Literal('HMS'), clientId: Id, clientSecret: Secret }),
]);

/**
 * Push credentials of an application (wire: `30` §4). They are not tried at Apple, Google or Huawei. Whoever is the application's
 * own resource takes them along when it goes.
 */
export const pushCredentials: ManagedResource = {
  kind: KIND,
  schema: PushCredentialDocument,
  noun: 'PUSH_CREDENTIALS',
  writeOnly: ['key', 'teamId', 'token', 'googleServiceAccountCredentials', 'clientSecret'],
  rules: [immutable('type'), unique(KIND, 'type', 'exact', 'parent')],
};
