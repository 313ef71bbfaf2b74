import { managed, operations, type ReferenceGroup } from './operation.js';

/** Section 00: tokens, organizations, environments, users, applications, activities. */
export const PLATFORM: readonly ReferenceGroup[] = [
  {
    title: 'Tokens and discovery',
    operations: [
      ...operations('auth', '00 §5.1', [
        ['POST /:env/as/token', 'Get an access token'],
        ['POST /as/token', 'Get an access token, the environment found by the client'],
      ]),
      ...operations('auth', '00 §5.4', [
        ['GET /:env/as/jwks', 'Keys that tokens are signed with'],
        ['GET /as/jwks', 'The same under a custom domain'],
        ['GET /:env/as/.well-known/openid-configuration', 'Discovery document'],
        ['GET /as/.well-known/openid-configuration', 'The same under a custom domain'],
      ]),
      ...operations('auth', '00 §5.5', [
        ['POST /:env/as/introspect', 'Introspect a token'],
        ['POST /:env/as/revoke', 'Revoke a token'],
        ['GET /:env/as/userinfo', 'Claims of the token’s user'],
        ['POST /:env/as/userinfo', 'Claims of the token’s user'],
      ]),
    ],
  },
  {
    title: 'Organizations, licences, roles',
    operations: [
      ...operations('api', '00 §6.1', [
        ['GET /organizations', 'List organizations'],
        ['GET /organizations/:org', 'Read an organization'],
        ['GET /organizations/:org/licenses', 'List licences'],
        ['GET /organizations/:org/licenses/:id', 'Read a licence'],
        ['GET /organizations/:org/licenses/:id/name', 'Read a licence’s name'],
        ['PUT /organizations/:org/licenses/:id/name', 'Rename a licence'],
      ]),
      ...operations('api', '00 §6.2', [
        ['GET /roles', 'List roles'],
        ['GET /roles/:id', 'Read a role'],
        ['GET env/roles', 'List roles of an environment'],
      ]),
      ...['applications', 'users', 'groups'].flatMap((owner) =>
        operations('api', '00 §6.3', [
          [`GET env/${owner}/:owner/roleAssignments`, `List role assignments of ${owner}`],
          [`POST env/${owner}/:owner/roleAssignments`, `Assign a role (${owner})`],
          [`GET env/${owner}/:owner/roleAssignments/:id`, `Read a role assignment (${owner})`],
          [`DELETE env/${owner}/:owner/roleAssignments/:id`, `Withdraw a role (${owner})`],
        ]),
      ),
    ],
  },
  {
    title: 'Environments and populations',
    operations: [
      ...operations('api', '00 §7.1', [
        ['GET /environments', 'List environments'],
        ['POST /environments', 'Create an environment'],
        ['GET env', 'Read an environment'],
        ['PUT env', 'Replace an environment'],
        ['DELETE env', 'Delete an environment'],
        ['PUT env/type', 'Change an environment’s type'],
        ['PUT env/status', 'Change an environment’s status'],
        ['GET env/billOfMaterials', 'Read the bill of materials'],
        ['PUT env/billOfMaterials', 'Replace the bill of materials'],
        ['GET env/capabilities', 'What the licence allows'],
      ]),
      ...managed('00 §7.2', 'env/populations', 'a population', 'populations'),
      // Told of by the public clients alone.
      ...operations('api', '00 §7.2', [
        ['GET env/populations/:id/defaultIdentityProvider', 'The default identity provider of a population'],
        ['PUT env/populations/:id/defaultIdentityProvider', 'Change the default identity provider'],
      ]),
      // Named in the section; what they are is in the public clients.
      ...managed('00 §7.2', 'env/passwordPolicies', 'a password policy', 'password policies'),
      // The same: what a population's theme is.
      ...managed('00 §7.1', 'env/themes', 'a theme', 'themes'),
      ...operations('api', '00 §7.1', [
        ['GET env/themes/:id/default', 'Whether a theme is the default'],
        ['PUT env/themes/:id/default', 'Make a theme the default'],
        ['GET env/brandingSettings', 'Read the branding settings'],
        ['PUT env/brandingSettings', 'Replace the branding settings'],
      ]),
    ],
  },
  {
    title: 'Users',
    operations: [
      ...operations('api', '00 §8.1', [
        ['GET env/users', 'List users'],
        ['POST env/users', 'Create a user'],
        ['POST env/users user.import', 'Import a user'],
        ['GET env/users/:user', 'Read a user'],
        ['PUT env/users/:user', 'Replace a user'],
        ['PATCH env/users/:user', 'Change a user'],
        ['DELETE env/users/:user', 'Delete a user'],
        ['POST env/users/:user account.lock', 'Lock an account'],
        ['POST env/users/:user account.unlock', 'Unlock an account'],
        ['POST env/users/:user user.sendVerificationCode', 'Send a verification code'],
        ['POST env/users/:user user.verify', 'Verify a user'],
        ['GET env/users/:user/enabled', 'Whether a user is enabled'],
        ['PUT env/users/:user/enabled', 'Enable or disable a user'],
        ['GET env/users/:user/mfaEnabled', 'Whether MFA is enabled for a user'],
        ['PUT env/users/:user/mfaEnabled', 'Enable or disable MFA for a user'],
        ['GET env/users/:user/population', 'A user’s population'],
        ['PUT env/users/:user/population', 'Move a user'],
        ['GET env/users/:user/verifyStatus', 'A user’s verification status'],
        ['PUT env/users/:user/verifyStatus', 'Change the verification status'],
        ['GET env/users/:user/identityProvider', 'A user’s identity provider'],
        ['PUT env/users/:user/identityProvider', 'Change the identity provider'],
        ['GET env/users/:user/sessions', 'List sessions'],
        ['GET env/users/:user/sessions/:id', 'Read a session'],
        ['DELETE env/users/:user/sessions/:id', 'End a session'],
      ]),
      ...operations('api', '00 §8.7', [
        ['GET env/users/:user/password', 'Password state'],
        ['PUT env/users/:user/password password.set', 'Set a password'],
        ['PUT env/users/:user/password password.reset', 'Change one’s password'],
        ['POST env/users/:user/password password.check', 'Check a password'],
        ['POST env/users/:user/password password.recover', 'Recover a password'],
        ['POST env/users/:user/password password.sendRecoveryCode', 'Send a recovery code'],
        ['POST env/users/:user/password password.forceChange', 'Demand a new password'],
        ['POST env/users/:user/password password.unlock', 'Unlock a password'],
      ]),
      ...managed('00 §8.8', 'env/groups', 'a group', 'groups'),
      ...operations('api', '00 §8.8', [
        ['GET env/users/:user/memberOfGroups', 'List a user’s groups'],
        ['GET env/groups/:id/memberOfGroups', 'List the groups that a group is in'],
        ['POST env/groups/:id/memberOfGroups', 'Nest a group in another'],
        ['GET env/groups/:id/memberOfGroups/:id', 'Read that a group is in another'],
        ['DELETE env/groups/:id/memberOfGroups/:id', 'Take a group out of another'],
        ['POST env/users/:user/memberOfGroups', 'Add a user to a group'],
        ['DELETE env/users/:user/memberOfGroups/:id', 'Remove a user from a group'],
      ]),
    ],
  },
  {
    title: 'Applications and resources',
    operations: [
      ...managed('00 §9.1', 'env/applications', 'an application', 'applications'),
      ...operations('api', '00 §9.3', [
        ['GET env/applications/:app/secret', 'Read a secret'],
        ['POST env/applications/:app/secret', 'Make a new secret'],
        ['DELETE env/applications/:app/secret', 'Remove the previous secret'],
      ]),
      ...managed('00 §9.1', 'env/applications/:app/grants', 'a grant', 'grants'),
      // An application’s icon; how images come and go is in the public clients.
      ...operations('api', '00 §9.2', [
        ['POST env/images', 'Upload an image'],
        ['GET env/images/:id', 'Read an image'],
        ['DELETE env/images/:id', 'Delete an image'],
      ]),
      // The same: what it is signed with, and whom it trusts.
      ...managed('00 §9.2', 'env/keys', 'a key', 'keys'),
      ...operations('api', '00 §9.2', [
        ['GET env/keys/:id/applications', 'List the applications of a key'],
        ['GET env/keys/:id/csr', 'Export a certificate signing request'],
        ['POST env/keys/:id/csr', 'Import the answer to one'],
        ['PUT env/keys/:id/csr', 'The same'],
        ['POST env/keys multipart/form-data', 'Import a key'],
        ['GET env/certificates', 'List certificates'],
        ['POST env/certificates', 'Import a certificate'],
        ['GET env/certificates/:id', 'Read a certificate'],
        ['DELETE env/certificates/:id', 'Delete a certificate'],
        ['GET env/certificates/:id/applications', 'List the applications of a certificate'],
      ]),
      ...managed('00 §9.2', 'env/keyRotationPolicies', 'a key rotation policy', 'key rotation policies'),
      ...operations('api', '00 §9.2', [['GET env/keyRotationPolicies/:id/jwks', 'The keys of a key rotation policy']]),
      // What the section names is lists and reads; creating and changing is in the public clients.
      ...managed('00 §9.4', 'env/resources', 'a resource', 'resources'),
      ...managed(
        '00 §9.4',
        'env/resources/:resource/attributes',
        'an attribute of a resource',
        'attributes of a resource',
      ),
      ...managed('00 §9.4', 'env/resources/:resource/scopes', 'a scope', 'scopes'),
    ],
  },
  {
    title: 'Audit activities and webhooks',
    operations: [
      ...operations('api', '00 §11.1', [
        ['GET env/activities', 'Query activities'],
        ['POST env/activities', 'Query activities, the filter in the body'],
        ['GET env/activities/:id', 'Read an activity'],
      ]),
      ...managed('00 §11.5', 'env/subscriptions', 'a subscription', 'subscriptions'),
    ],
  },
];
