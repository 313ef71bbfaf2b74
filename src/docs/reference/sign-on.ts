import { managed, operations, type ReferenceGroup } from './operation.js';

const FLOW = 'POST /:env/flows/:id';

/** Section 40: the OIDC sign-on with MFA. */
export const SIGN_ON: readonly ReferenceGroup[] = [
  {
    title: 'Sign-on policies',
    operations: [
      ...managed('40 §2.1', 'env/signOnPolicies', 'a sign-on policy', 'sign-on policies'),
      ...managed('40 §2.2', 'env/signOnPolicies/:policy/actions', 'an action', 'actions'),
      // Named in the section; what they are is in the public clients.
      ...managed('40 §2.2', 'env/identityProviders', 'an identity provider', 'identity providers'),
      // Named by actions; what they are is in the public clients.
      ...managed('40 §2.2', 'env/gateways', 'a gateway', 'gateways'),
      ...operations('api', '40 §2.2', [
        ['GET env/gateways/:gateway/credentials', 'List the credentials of a gateway'],
        ['POST env/gateways/:gateway/credentials', 'Create a credential of a gateway'],
        ['DELETE env/gateways/:gateway/credentials/:id', 'Delete a credential of a gateway'],
        ['GET env/gateways/:gateway/instances', 'List the instances of a gateway'],
      ]),
      ...managed(
        '40 §2.2',
        'env/identityProviders/:provider/attributes',
        'an attribute of an identity provider',
        'attributes of an identity provider',
      ),
      ...managed(
        '40 §2.4',
        'env/applications/:app/signOnPolicyAssignments',
        'a sign-on policy assignment',
        'sign-on policy assignments',
      ),
    ],
  },
  {
    title: 'OIDC sign-on',
    operations: [
      ...operations('auth', '40 §4.1', [
        ['GET /:env/as/authorize', 'Start a sign-on'],
        ['POST /:env/as/authorize', 'Start a sign-on'],
        ['POST /:env/as/par', 'Push an authorization request'],
      ]),
      ...operations('auth', '40 §6.1', [['GET /:env/as/resume', 'Resume after the flow']]),
      ...operations('auth', '40 §6.5', [['GET /:env/as/signoff', 'End the session']]),
      ...operations('auth', '40 §5.3', [
        ['GET /:env/flows/:id', 'Read a flow'],
        [`${FLOW} session.reset`, 'Start a flow over'],
        [`${FLOW} usernamePassword.check`, 'Check username and password'],
        [`${FLOW} user.lookup`, 'Name the user'],
        [`${FLOW} device.select`, 'Select a device'],
        [`${FLOW} otp.check`, 'Check a code'],
        [`${FLOW} assertion.check`, 'Check a WebAuthn assertion'],
      ]),
    ],
  },
];
