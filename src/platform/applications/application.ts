import type { Instant } from '../../kernel/clock.js';
import { isUuid, type Uuid } from '../../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import type { Protected } from '../../kernel/sealed.js';
import type { Application, RoleAssignment, RoleName, StoredDocument, TokenEndpointAuthMethod } from '../model.js';

const METHODS: readonly TokenEndpointAuthMethod[] = [
  'NONE',
  'CLIENT_SECRET_BASIC',
  'CLIENT_SECRET_POST',
  'CLIENT_SECRET_JWT',
  'PRIVATE_KEY_JWT',
];
const SCOPES: readonly RoleAssignment['scope']['type'][] = ['ORGANIZATION', 'ENVIRONMENT', 'POPULATION', 'APPLICATION'];
/** The built-in roles (wire: `00` §6.2; those of other products by the names that the public Go client knows). */
export const ROLE_NAMES: readonly RoleName[] = [
  'Organization Admin',
  'Environment Admin',
  'Identity Data Admin',
  'Identity Data Read Only',
  'Client Application Developer',
  'Configuration Read Only',
  'Application Owner',
  'Custom Roles Admin',
  'Help Desk Admin',
  'DaVinci Admin',
  'DaVinci Admin Read Only',
  'PingFederate Administrator',
  'PingFederate Auditor',
  'PingFederate Crypto Administrator',
  'PingFederate Expression Administrator',
  'PingFederate User Administrator',
  'Advanced Identity Cloud Super Admin',
  'Advanced Identity Cloud Tenant Admin',
  'Authorize Gateway Policy Evaluator',
];

export class ApplicationDocumentError extends Error {
  override readonly name = 'ApplicationDocumentError';
}

/** An application as it is stored: its roles beside what the API shows, its secret sealed (SEC-50). */
export function applicationDocument(
  application: Application,
  secret: Protected | undefined,
  at: { readonly createdAt: Instant; readonly updatedAt: Instant },
): StoredDocument {
  const { id, environmentId, name, type, enabled, tokenEndpointAuthMethod, anySecretMethod, jwks, jwksUrl, roles } =
    application;
  return {
    environmentId,
    kind: 'application',
    id,
    body: {
      name,
      type,
      protocol: 'OPENID_CONNECT',
      enabled,
      grantTypes: application.mayActForItself ? ['CLIENT_CREDENTIALS'] : [],
      tokenEndpointAuthMethod,
      ...(jwks === undefined ? {} : { jwks }),
      ...(jwksUrl === undefined ? {} : { jwksUrl }),
      ...(anySecretMethod ? { anySecretMethod } : {}),
      roles: roles.map(toBody),
    },
    ...(secret ? { secret } : {}),
    createdAt: at.createdAt,
    updatedAt: at.updatedAt,
  };
}

/** Throws `ApplicationDocumentError`, with the id, when the document is not one that `applicationDocument` made. */
export function toApplication({ environmentId, id, body }: StoredDocument): Application {
  const { name, type, enabled, anySecretMethod, jwks, jwksUrl, tokenEndpointAuthMethod = 'NONE', grantTypes } = body;
  const method = METHODS.find((known) => known === tokenEndpointAuthMethod);
  if (typeof name !== 'string' || typeof enabled !== 'boolean' || typeof type !== 'string' || !method)
    throw new ApplicationDocumentError(`application ${id} of environment ${environmentId} does not decode`);
  return {
    id,
    environmentId,
    name,
    type,
    enabled,
    tokenEndpointAuthMethod: method,
    mayActForItself: Array.isArray(grantTypes) && grantTypes.includes('CLIENT_CREDENTIALS'),
    ...(typeof jwks === 'string' ? { jwks } : {}),
    ...(typeof jwksUrl === 'string' ? { jwksUrl } : {}),
    ...(anySecretMethod === true ? { anySecretMethod } : {}),
    roles: toRoles(body, id),
  };
}

/** The roles of a stored application. */
export const rolesOf = ({ body, id }: StoredDocument): readonly RoleAssignment[] => toRoles(body, id);

/** A stored application with other roles. */
export function withRoles(stored: StoredDocument, roles: readonly RoleAssignment[]): StoredDocument {
  return { ...stored, body: { ...stored.body, roles: roles.map(toBody) } };
}

const toBody = ({ role, scope }: RoleAssignment): JsonObject => ({ role, scope: { type: scope.type, id: scope.id } });

function toRoles(body: JsonObject, id: Uuid): readonly RoleAssignment[] {
  const roles = body['roles'];
  return Array.isArray(roles) ? roles.map((assignment) => toRole(assignment, id)) : [];
}

function toRole(assignment: Json, id: Uuid): RoleAssignment {
  const scope = isJsonObject(assignment) && isJsonObject(assignment['scope']) ? assignment['scope'] : {};
  const role = isJsonObject(assignment) ? ROLE_NAMES.find((known) => known === assignment['role']) : undefined;
  const type = SCOPES.find((known) => known === scope['type']);
  const target = scope['id'];
  if (!role || !type || typeof target !== 'string' || !isUuid(target))
    throw new ApplicationDocumentError(`a role of application ${id} does not decode`);
  return { role, scope: { type, id: target } };
}
