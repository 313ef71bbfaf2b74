import { knownDocument } from '../../kernel/document-schema.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import { UserProfile } from './standard-attributes.js';

/** Members of a user that are none of an environment's own attributes (wire: `00` §8.2). */
const STANDARD: ReadonlySet<string> = new Set([
  ...Object.keys(UserProfile.properties),
  'id',
  'username',
  'population',
  'enabled',
  'mfaEnabled',
  'account',
  'emailVerified',
  'identityProvider',
  'lifecycle',
  'password',
  'lastSignOn',
  'memberOfGroups',
  'memberOfGroupIDs',
  'memberOfGroupNames',
  'environment',
  'createdAt',
  'updatedAt',
]);
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,255}$/;

/**
 * Whether an attribute of this name is one that an environment has added to its users. Their schema is not kept here, so every name
 * that is no standard one is (wire: `00` §8.2, inferred); names that objects have by nature are not.
 */
export function isCustomAttribute(name: string): boolean {
  return NAME.test(name) && !STANDARD.has(name) && !(name in Object.prototype);
}

/** What of a body belongs into a user's profile: the standard attributes that say something, and the environment's own (SEC-45). */
export function profileOf(body: JsonObject): JsonObject {
  const profile: Record<string, Json> = {};
  for (const [name, value] of Object.entries(knownDocument(UserProfile, body)))
    if (!isJsonObject(value) || Object.keys(value).length > 0) profile[name] = value;
  for (const [name, value] of Object.entries(body))
    if (value !== null && isCustomAttribute(name)) profile[name] = value;
  return profile;
}
