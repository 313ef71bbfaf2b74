import { toTimestamp } from '../../kernel/clock.js';
import { Type } from '../../kernel/json-schema.js';
import type { RotationService } from '../../platform/certificates/rotation.js';
import { rotationOf, rotationPolicies, UNSHOWN_ROTATION } from '../../platform/certificates/rotation-policy.js';
import type { ManagedDefinition } from '../managed/definition.js';
import { placeOf } from '../managed/place.js';
import { managedRoutes } from '../managed/routes.js';
import { managedError } from '../rejections/managed.js';
import { defineRoute, type Route, reply } from '../route.js';

const JwkSet = Type.Object({
  keys: Type.Array(
    Type.Object({
      kty: Type.Literal('RSA'),
      e: Type.String(),
      n: Type.String(),
      kid: Type.String(),
      use: Type.Literal('sig'),
      x5t: Type.String(),
      x5c: Type.Array(Type.String()),
    }),
  ),
});

const DEFINITION: ManagedDefinition = {
  resource: rotationPolicies(),
  id: 'keyRotationPolicy',
  one: 'a key rotation policy',
  many: 'key rotation policies',
  // Where applications name them; the public clients tell of the rest.
  source: '00 §9.2',
  collection: 'keyRotationPolicies',
  path: '/environments/:envId/keyRotationPolicies',
  parameter: 'keyRotationPolicyId',
  permission: { read: 'applications:read', write: 'applications:write' },
  timestamps: 'none',
  hides: UNSHOWN_ROTATION,
  adds: {
    schema: { currentKeyId: Type.String(), nextKeyId: Type.String(), rotatedAt: Type.String() },
    members({ body }) {
      const { currentKeyId, nextKeyId, rotatedAt } = rotationOf(body);
      return { currentKeyId, nextKeyId, rotatedAt: toTimestamp(rotatedAt) };
    },
  },
};

/** Key rotation policies of an environment, and their keys (RFC 7517 §5). */
export function keyRotationPoliciesRoutes(service: RotationService): Route[] {
  const { id, source, permission } = DEFINITION;
  return [
    ...managedRoutes(DEFINITION, service),
    defineRoute({
      id: `${id}.keys`,
      summary: 'Read the keys of a key rotation policy',
      source,
      method: 'GET',
      base: 'api',
      path: '/environments/:envId/keyRotationPolicies/:keyRotationPolicyId/jwks',
      permission: permission.read,
      replies: { 200: JwkSet },
      async handle(call) {
        const found = await service.keySet(placeOf(DEFINITION, call), call.params.keyRotationPolicyId);
        return found.ok ? reply(200, { keys: found.value }) : managedError(found.rejection);
      },
    }),
  ];
}
