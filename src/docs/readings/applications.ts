import { type ReadingGroup, readingsIn } from './reading.js';

export const APPLICATION_READINGS: ReadingGroup = {
  title: 'Applications and resources',
  readings: [
    ...readingsIn('http/rejections/applications.ts', [
      ['00 §9.3', 'The secret of an unknown application is the usual 404, as the Terraform provider looks for it'],
      [
        '00 §6.3',
        'A role and a scope that do not fit are `INVALID_VALUE` of `scope`, as the Terraform provider reads it',
      ],
    ]),
    ...readingsIn('platform/applications/application-secret.ts', [
      ['00 §9.3', 'During the overlap both secrets authenticate, also as keys of assertions'],
    ]),
    ...readingsIn('platform/tokens/client-assertion.ts', [
      [
        '00 §5.1',
        '`jti` is not looked at, so that an assertion can be repeated until it ends; in the `strict` profile, or with `reuse-assertions` off, one that has a `jti` is good once',
      ],
      [
        '00 §5.1',
        'Of several audiences every one must be this server’s; the path without an environment counts, too. A clock may be a minute ahead',
      ],
    ]),
    ...readingsIn('platform/tokens/key-set.ts', [
      [
        '00 §5.1',
        'An assertion means the one key of its `kid`, or without one the only key that fits; where several can be meant, none is',
      ],
    ]),
    ...readingsIn('platform/applications/application-keys.ts', [
      [
        '00 §9.2',
        '`PRIVATE_KEY_JWT` asks for `jwks` or `jwksUrl`, and no application has both: the Terraform provider sends them so',
      ],
    ]),
    ...readingsIn('platform/applications/applications.ts', [
      ['00 §9.2', 'Names of applications need not be unique; type and protocol stay as they were made'],
      ['00 §9.2', '`mobile` of a native OIDC application is shown with its defaults, whether it was sent or not'],
      ['00 §9.2', 'A worker’s `accessControl.role` is `ADMIN_USERS_ONLY` when it is not sent'],
      ['00 §9.1', 'A deleted application leaves the MFA policies that name it; they do not keep it'],
    ]),
    ...readingsIn('platform/applications/system-applications.ts', [
      [
        '00 §7.1',
        'An environment comes with the applications `PING_ONE_PORTAL` and `PING_ONE_SELF_SERVICE`: documents alone, no page is behind them',
      ],
      [
        '00 §9.2',
        'Of these, name, protocol, method and icon are read only; they have no secret, and nobody makes more',
      ],
    ]),
    ...readingsIn('platform/images/content.ts', [
      [
        '00 §9.2',
        'Images are PNG, JPEG or GIF by their bytes, at most 1 MiB and 8,388,608 pixels; of a GIF the first frame is kept, as PNG. The public clients expect PNG of a JPEG too: that is shown as it came',
      ],
    ]),
    ...readingsIn('http/routes/images.ts', [
      ['00 §9.2', 'Images are for whoever may applications; one that an application names can be deleted'],
    ]),
    ...readingsIn('platform/certificates/key.ts', [
      [
        '00 §9.2',
        'A key comes with a certificate that it signs itself, whatever issuer it is said to have; the default is one for each use, and can be given up',
      ],
      ['00 §9.2', 'Of a key `usageType` and `default` change; one that an application names stays'],
    ]),
    ...readingsIn('platform/certificates/pkcs12.ts', [
      [
        '00 §9.2',
        'Keys are imported as PKCS #12 in DER, open or encrypted by PBES2; its MAC is not looked at. What came before PBES2 is `INVALID_VALUE` of `file`',
      ],
    ]),
    ...readingsIn('platform/certificates/stored.ts', [
      [
        '00 §9.2',
        'A key that comes in a file is called as its certificate’s subject, and an issuer in brackets when that is another, as the Terraform provider’s tests have it',
      ],
    ]),
    ...readingsIn('http/routes/keys.ts', [
      [
        '00 §9.2',
        'The answer to a signing request is taken by `POST`, as the Go SDK sends it, and by `PUT`; it is a certificate of that key, and a name of the key’s own stays',
      ],
    ]),
    ...readingsIn('platform/certificates/rotation-policy.ts', [
      [
        '00 §9.2',
        'Key rotation policies: members are those of the public clients; an environment has at most five, begins with none, and the last can be deleted',
      ],
      [
        '00 §9.2',
        'Nothing is signed with the keys of a policy: tokens are signed by the environment’s own key, and `signing.keyRotationPolicy` is kept and shown',
      ],
      [
        '00 §9.2',
        'A policy rotates when it is next looked at after its period, as often as that has gone by: 90 days, and certificates 365, when not sent',
      ],
    ]),
    ...readingsIn('platform/certificates/rotation.ts', [
      [
        '00 §9.2',
        '`…/jwks` lists the previous, the current and the next key; one is made when it is first asked for, by what the policy says then',
      ],
    ]),
    ...readingsIn('platform/certificates/stored.ts', [
      ['00 §9.2', 'A certificate is `EXPIRING` in its last 30 days; none is `REVOKED`'],
    ]),
    ...readingsIn('platform/certificates/name.ts', [
      [
        '00 §9.2',
        'Names of imported certificates are written in the order of their encoding, those of keys as they were sent',
      ],
    ]),
    ...readingsIn('platform/applications/application-document.ts', [
      ['00 §9.2', '`allowWildcardInRedirectUris`, which public clients send, allows `*` in `redirectUris` alone'],
    ]),
    ...readingsIn('platform/resources/resources.ts', [
      [
        '00 §9.4',
        'The platform’s own resource has the type `PINGONE_API`, as the public clients read it; `PING_ONE_API` they do not know',
      ],
      ['00 §9.4', 'Resources are created, replaced and deleted as the public clients do it; predefined ones stay'],
      ['00 §9.4', 'The `p1:*` scopes are the twenty that the public Terraform provider’s guides name'],
    ]),
    ...readingsIn('platform/resources/resource-attributes.ts', [
      [
        '00 §9.4',
        'Attributes of resources: members, reserved names and the 24 of `openid` are those of the Go client and the Terraform provider',
      ],
      ['00 §9.4', 'A deleted attribute leaves the scopes that open it, as the Terraform provider’s tests expect'],
    ]),
    ...readingsIn('platform/resources/scopes.ts', [
      [
        '00 §9.4',
        'Scopes are added to `openid` and to custom resources; to the platform’s only `p1:read:user:…` and `p1:update:user:…`',
      ],
    ]),
    ...readingsIn('platform/resources/grants.ts', [
      [
        '00 §9.1',
        'An application has one grant for each resource; what is granted stays, with `CONSTRAINT_VIOLATION`, until it is not',
      ],
    ]),
  ],
};
