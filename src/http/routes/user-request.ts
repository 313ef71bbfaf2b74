import type { Static } from 'typebox';
import { Reference } from '../../kernel/document-schema.js';
import { uuidOf } from '../../kernel/ids.js';
import { isJsonObject, type JsonObject, mergePatch } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { User } from '../../platform/model.js';
import { passwordProblems } from '../../platform/passwords/password-rules.js';
import { LONGEST_PASSWORD } from '../../platform/passwords/password-strength.js';
import type { CreateUser } from '../../platform/rules.js';
import { profileOf } from '../../platform/users/attributes.js';
import { READABLE, UserProfile } from '../../platform/users/standard-attributes.js';
import type { UserAttributes } from '../../platform/users/user-changes.js';
import { invalid, invalidData, type WireError } from '../errors.js';
import { USER_PROVIDER_TYPES } from '../hal/users.js';
import { invalidFields } from '../rejections/fields.js';
import { type SchemaNode, schemaNode, typeboxSchema } from '../schema.js';

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

/** A reference to another object (wire: `00` §2.5). */
export const ReferenceBody = Type.Object({ id: Type.String({ pattern: UUID }) });

const username = Type.String({ minLength: 1, maxLength: 128, pattern: READABLE });

/** Who a user comes from: a provider of the environment by its id, whose type it has whatever is said, or this server. */
export const IdentityProviderBody = Type.Object({
  id: Type.Optional(Reference),
  type: Type.Optional(Type.Enum(USER_PROVIDER_TYPES)),
});

const created = {
  ...UserProfile.properties,
  username,
  mfaEnabled: Type.Optional(Type.Boolean()),
  identityProvider: Type.Optional(IdentityProviderBody),
};

/**
 * A new user. Read-only and import-only members (`id`, `enabled`, `account`, `lifecycle`, `password`, …) are ignored; `emailVerified`
 * can only be false.
 */
export const CreateUserBody = Type.Object({
  ...created,
  population: Type.Optional(ReferenceBody),
  emailVerified: Type.Optional(Type.Literal(false)),
});

/** A user of another directory (wire: `00` §8.3). What would name an outside directory's password is refused. */
export const ImportUserBody = Type.Object({
  ...created,
  population: ReferenceBody,
  emailVerified: Type.Optional(Type.Boolean()),
  lifecycle: Type.Optional(
    Type.Object({
      status: Type.Optional(Type.Enum(['ACCOUNT_OK', 'VERIFICATION_REQUIRED'])),
      suppressVerificationCode: Type.Optional(Type.Boolean()),
    }),
  ),
  password: Type.Optional(
    Type.Object({
      value: Type.Optional(Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD })),
      forceChange: Type.Optional(Type.Boolean()),
      external: Type.Optional(Type.Unsafe<JsonObject>(Type.Object({}))),
    }),
  ),
});

/** The whole of what a `PUT` may say; what else it echoes is ignored (wire: `00` §2.4, §8.2). */
export const ReplaceUserBody = Type.Object({
  ...UserProfile.properties,
  username,
  emailVerified: Type.Optional(Type.Boolean()),
});

/** The refusal of a provider that is named by its type alone; `target`: where that stands. */
export function unnamedProvider(
  { id, type = 'PING_ONE' }: Static<typeof IdentityProviderBody> = {},
  target: string,
): WireError | undefined {
  return id === undefined && type !== 'PING_ONE'
    ? invalidData(invalid(target, 'must come with the id of an identity provider'))
    : undefined;
}

/** Every member optional, at any depth, and `null` to clear it (wire: `00` §2.4). */
function patchOf(node: SchemaNode): SchemaNode {
  const { required: _, properties, ...rest } = node;
  if (!properties) return { anyOf: [node, { type: 'null' }] };
  const members = Object.entries(properties).map(([name, member]) => [name, patchOf(member)] as const);
  const patched = { ...rest, properties: Object.fromEntries(members) };
  return { anyOf: [patched, { type: 'null' }] };
}

/** The members that are looked at by name; `PatchUserBody` says more. */
interface UserPatch {
  readonly username?: string | null;
  readonly email?: string | null;
  readonly emailVerified?: boolean | null;
}

/** Some of what a `PUT` may say. */
export const PatchUserBody = Type.Unsafe<UserPatch>(
  typeboxSchema(patchOf(schemaNode(ReplaceUserBody)).anyOf?.[0] ?? {}),
);

/** Wire: `00` §8.1, §8.5. */
export const MfaEnabledBody = Type.Object({ mfaEnabled: Type.Boolean() });
export const EnabledBody = Type.Object({ enabled: Type.Boolean() });
export const VerifyStatusBody = Type.Object({ verifyStatus: Type.Enum(['NOT_INITIATED', 'ENABLED', 'DISABLED']) });

/** Wire: `20` §14, in exactly this form. */
export const BypassMfaBody = Type.Object({
  bypassMFAEnabledUntil: Type.String({
    minLength: 1,
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
  }),
});

/** Wire: `00` §8.6; the rest of an account object, which one SDK sends whole, is ignored. */
export const LockBody = Type.Object({ unlockAt: Type.Optional(Type.String({ minLength: 1, format: 'date-time' })) });

/** The request as the platform takes it: the profile with the members that belong there. */
export function toCreateUser(body: Static<typeof CreateUserBody> | Static<typeof ImportUserBody>): CreateUser {
  const { username, population, mfaEnabled, identityProvider } = body;
  return {
    username,
    profile: profileOf(body),
    ...(population ? { populationId: uuidOf(population.id) } : {}),
    ...(mfaEnabled === undefined ? {} : { mfaEnabled }),
    ...(identityProvider?.id === undefined ? {} : { identityProviderId: uuidOf(identityProvider.id) }),
  };
}

/** What is wrong with an import beyond its schema. */
export function importRefusal({ password, identityProvider }: Static<typeof ImportUserBody>): WireError | undefined {
  if (password?.external)
    return invalidData(invalid('password.external', 'there is no gateway to another directory: omit it'));
  const problems = password?.value === undefined ? [] : passwordProblems(password.value, 'password.value');
  return problems.length > 0 ? invalidFields(problems) : unnamedProvider(identityProvider, 'identityProvider.type');
}

/** An import as the platform takes it, without the password. */
export function toImportUser(body: Static<typeof ImportUserBody>): CreateUser {
  const { emailVerified, lifecycle = {} } = body;
  const waits = lifecycle.status === 'VERIFICATION_REQUIRED';
  return {
    ...toCreateUser(body),
    ...(waits ? { unverified: true } : {}),
    ...(waits && lifecycle.suppressVerificationCode !== true ? { isSentCode: true } : {}),
    ...(emailVerified === undefined ? {} : { emailVerified }),
  };
}

/** The password that an import brings along. */
export function importedPassword({ password }: Static<typeof ImportUserBody>) {
  const { value, forceChange = false } = password ?? {};
  return value === undefined ? undefined : { value, forceChange };
}

/** The attributes that a `PUT` leaves a user with: what it does not say is cleared. */
export function replacedAttributes(body: Static<typeof ReplaceUserBody>): UserAttributes {
  const { username, emailVerified } = body;
  return { username, profile: profileOf(body), ...(emailVerified === undefined ? {} : { emailVerified }) };
}

/** The attributes that a `PATCH` leaves this user with. */
export function patchedAttributes(user: User, patch: Static<typeof PatchUserBody>): UserAttributes {
  const { emailVerified } = patch;
  return {
    username: patch.username ?? user.username,
    profile: profileOf(mergePatch(user.profile, plain(patch))),
    ...(typeof emailVerified === 'boolean' ? { emailVerified } : {}),
  };
}

function plain(body: unknown): JsonObject {
  return isJsonObject(body) ? body : {};
}
