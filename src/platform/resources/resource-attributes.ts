import type { FieldProblem } from '../../kernel/field-problem.js';
import type { Uuid } from '../../kernel/ids.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { namedId } from '../../kernel/keys.js';
import type { ManagedResource, Others, Rule } from '../managed/resource.js';
import { atMost, leavesReferrers, unique } from '../managed/rules.js';
import type { StoredDocument } from '../model.js';

const KIND = 'resourceAttribute';
/** Of one resource; the reference names no limit. */
const MOST_ATTRIBUTES = 500;

/**
 * What stands in the tokens of a resource (wire: `00` §9.4; members, types and names are those of the public Go client and the
 * Terraform provider). A predefined value may be emptied, and is so by the provider.
 */
export const resourceAttributes: ManagedResource = {
  kind: KIND,
  schema: Type.Object({
    name: Type.String({ minLength: 1, maxLength: 256 }),
    value: Type.String({ maxLength: 4_096 }),
    idToken: Type.Optional(Type.Boolean()),
    userInfo: Type.Optional(Type.Boolean()),
  }),
  noun: 'RESOURCE_ATTRIBUTE',
  rules: [
    unique(KIND, 'name', 'exact', 'parent'),
    atMost(KIND, MOST_ATTRIBUTES),
    fitsItsResource(),
    givenOnesStay(),
    // Scopes that open it go on without it: the Terraform provider's own tests delete an attribute before they change the scope.
    leavesReferrers('scope', ['mappedClaims.*'], { among: 'parent', emptied: 'goes' }),
    { completes: ({ document, current }) => ({ ...document, type: current?.body['type'] ?? 'CUSTOM' }) },
  ],
};

/** Claims that a token has by itself, and that nobody maps (the public Go client names them); so is whatever begins with `p1.`. */
const RESERVED: readonly string[] = [
  'acr',
  'amr',
  'aud',
  'auth_time',
  'client_id',
  'env',
  'exp',
  'iat',
  'iss',
  'jti',
  'org',
  'scope',
  'sid',
  'sub',
];

/** ID tokens and `userinfo` are OpenID's alone, and so are the names that these take; the platform's resource has no attributes. */
function fitsItsResource(): Rule {
  return {
    problems({ document, parent }, others): readonly FieldProblem[] {
      const { name, idToken, userInfo } = document;
      if (typeOf(parent, others) !== 'OPENID_CONNECT')
        return (['idToken', 'userInfo'] as const).flatMap((target): FieldProblem[] =>
          document[target] === undefined
            ? []
            : [{ problem: 'invalid', target, message: 'is for attributes of the OpenID resource' }],
        );
      const isReserved = typeof name === 'string' && (RESERVED.includes(name) || name.startsWith('p1.'));
      return [
        ...(isReserved ? [{ problem: 'invalid', target: 'name', message: 'is reserved' } as const] : []),
        ...(idToken === false && userInfo === false
          ? [{ problem: 'invalid', target: 'userInfo', message: 'must be true when idToken is false' } as const]
          : []),
      ];
    },
    refuses: ({ parent }, others) =>
      typeOf(parent, others) === 'PINGONE_API' ? { rule: 'Other', name: 'PlatformHasNone' } : undefined,
  };
}

/** Those that a resource comes with keep their names, and do not go. */
function givenOnesStay(): Rule {
  const isGiven = (body: JsonObject): boolean => body['type'] !== 'CUSTOM';
  return {
    problems: ({ document, current }) =>
      current && isGiven(current.body) && current.body['name'] !== document['name']
        ? [{ problem: 'invalid', target: 'name', message: 'cannot be changed' }]
        : [],
    keeps: ({ body }) => (isGiven(body) ? { rule: 'ReadOnly' } : undefined),
  };
}

/** The type of the resource that an attribute stands below, which is loaded with it. */
function typeOf(parent: string | undefined, others: Others): unknown {
  return others.of('resource').find(({ id }) => id === parent)?.body['type'];
}

/** What a custom resource comes with: whom its tokens are about. */
const CORE: JsonObject = { name: 'sub', value: `\${user.id}`, type: 'CORE' };

/** Claims of OpenID Connect Core §5.1, and where each is found in a user; those that a user has nowhere are empty. */
const OPENID: Readonly<Record<string, string>> = {
  'address.country': 'user.address.countryCode',
  'address.formatted': '',
  'address.locality': 'user.address.locality',
  'address.postal_code': 'user.address.postalCode',
  'address.region': 'user.address.region',
  'address.street_address': 'user.address.streetAddress',
  birthdate: '',
  email: 'user.email',
  email_verified: '',
  family_name: 'user.name.family',
  gender: '',
  given_name: 'user.name.given',
  locale: 'user.locale',
  middle_name: 'user.name.middle',
  name: 'user.name.formatted',
  nickname: 'user.nickname',
  phone_number: 'user.primaryPhone',
  phone_number_verified: '',
  picture: 'user.photo.href',
  preferred_username: 'user.username',
  profile: '',
  updated_at: '#datetime.toUnixTimestamp(user.updatedAt)',
  website: '',
  zoneinfo: 'user.timezone',
};
const PREDEFINED: readonly JsonObject[] = Object.entries(OPENID).map(([name, from]) => ({
  name,
  value: from === '' ? '' : `\${${from}}`,
  type: 'PREDEFINED',
  idToken: true,
  userInfo: true,
}));

/** The attributes that a resource of this type comes with. */
export function givenAttributes(type: unknown): readonly JsonObject[] {
  if (type === 'OPENID_CONNECT') return PREDEFINED;
  return type === 'CUSTOM' ? [CORE] : [];
}

/** A resource that is new has the attributes that its type comes with. */
export function bringsItsAttributes(): Rule {
  return {
    changes: ({ environment, id, current, now }) =>
      current
        ? []
        : givenAttributes('CUSTOM').map(
            (body): StoredDocument => ({
              environmentId: environment.id,
              kind: KIND,
              id: attributeId(environment.id, id, String(body['name'])),
              parent: id,
              body,
              createdAt: now,
              updatedAt: now,
            }),
          ),
  };
}

/** One that a resource comes with has the same id wherever it is made. */
const attributeId = (environmentId: Uuid, resourceId: Uuid, name: string): Uuid =>
  namedId(environmentId, `${KIND}/${resourceId}/${name}`);
