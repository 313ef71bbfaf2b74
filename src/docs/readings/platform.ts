import { type ReadingGroup, readingsIn } from './reading.js';

export const PLATFORM_READINGS: ReadingGroup = {
  title: 'Conventions and platform',
  readings: [
    ...readingsIn('http/dispatch.ts', [
      ['00 §2.6', 'The order of checks: path, method, token, role, media type, body, objects, state'],
      [
        '00 §2.3',
        'The media type of an action may follow a header line `Content-Type: application/json` where plain JSON is none',
      ],
      ['00 §4.5', 'A 401 carries `WWW-Authenticate: Bearer`'],
    ]),
    ...readingsIn('http/auth.ts', [
      ['00 §4.6', 'Unknown environments are 404 to organization-wide roles and 403 to all others'],
      ['00 §6.2', 'Which role permits what, beyond Identity Data Admin for devices and users'],
      [
        '00 §6.2',
        'A role over an application holds for the paths that name it; one over a population permits nothing yet',
      ],
    ]),
    ...readingsIn('platform/environments/environment-rules.ts', [
      ['00 §7.1', '`PUT` leaves the type as it is: it is changed through `/type`; another region is `INVALID_VALUE`'],
      ['00 §7.1', 'Only a `SANDBOX` can be deleted; with it goes all that belongs to it'],
      ['00 §7.1', '`DELETE_PENDING` is kept and shown with `softDeletedAt`, and ends nothing'],
    ]),
    ...readingsIn('platform/environments/populations.ts', [
      ['00 §7.2', 'A population that identity providers register users in can be deleted; they register nobody then'],
      ['00 §7.2', 'The default population stays the default until another asks for it; it and one that has users stay'],
    ]),
    ...readingsIn('platform/environments/population-provider.ts', [
      [
        '00 §7.2',
        'A population’s default identity provider is shown by itself alone, `{}` where there is none, and ends with the provider',
      ],
    ]),
    ...readingsIn('platform/branding/themes.ts', [
      [
        '00 §7.1',
        'The default theme of a new environment is the one that the Terraform provider makes where there is none',
      ],
      ['00 §7.1', 'A theme and the branding settings are kept and shown; no page of this server is made of them'],
      [
        '00 §7.1',
        'A `PUT` of the default theme with `default: false` leaves it the default: clients send that with every change',
      ],
      [
        '00 §7.1',
        'The images of a theme or of the settings must be there when it is written, and can be deleted afterwards',
      ],
      ['00 §7.2', 'Populations whose theme is deleted have the default theme from then on'],
    ]),
    ...readingsIn('http/hal/organizations.ts', [
      ['00 §6.1', 'One organization and one `ACTIVE` licence without an end, with every switch on'],
      ['00 §6.1', '`…/licenses/{id}/name` answers `{ "name" }` with links; only an admin of the organization renames'],
    ]),
    ...readingsIn('http/routes/roles.ts', [['00 §6.2', 'The type of every role is `PLATFORM`']]),
    ...readingsIn('platform/roles/roles.ts', [
      ['00 §6.2', 'What a role is applicable to, as far as the Terraform provider’s tests tell; the rest is a guess'],
      [
        '00 §6.2',
        'Roles of products that are not here, and those of custom roles and help desks, permit no more than to see what they are over',
      ],
      [
        '00 §6.3',
        'Application Owner is passed on by Client Application Developer and Environment Admin too, which permit as much',
      ],
    ]),
    ...readingsIn('platform/roles/role-assignments.ts', [
      [
        '00 §6.3',
        'A role that is broader than the caller’s own is 400 `CONSTRAINT_VIOLATION`; a user’s role is read-only where it is that of a group',
      ],
      ['00 §6.3', 'Roles of users and groups are read and assigned by whoever may users'],
    ]),
    ...readingsIn('platform/environments/bill-of-materials.ts', [
      ['00 §7.1', 'Types of products that nobody knows are kept; a product’s id stays while its place and type do'],
    ]),
    ...readingsIn('http/routes/environment-changes.ts', [
      [
        '00 §7.1',
        'The licence may be left out while there is one; capabilities are switches of a licence, all of them on',
      ],
    ]),
    ...readingsIn('http/errors.ts', [
      ['00 §4.2', 'Codes of 405, 409, 413, 414, 431, 502 and 503; which detail code goes with which code'],
    ]),
    ...readingsIn('http/answer-headers.ts', [
      ['00 §3.1', '`Correlation-Id` is the `id` of an error; values of the cache headers'],
    ]),
    ...readingsIn('http/json-reader.ts', [['00 §2.6', 'A body that is not a JSON object is 400 `INVALID_REQUEST`']]),
    ...readingsIn('http/cors.ts', [
      ['00 §3.7', 'Allowed origins are a setting: none in production, loopback in development'],
    ]),
    ...readingsIn('http/hal/populations.ts', [
      [
        '00 §7.2',
        'A population that is sent no theme has the one that is the default then; one without a language shows the environment’s; its name can be filtered by `eq`',
      ],
    ]),
    ...readingsIn('http/request.ts', [['00 §2.5', 'An id in a path that is not a lower-case UUID is 404']]),
    ...readingsIn('http/list-filter.ts', [
      [
        '00 §3.6',
        '`sw` and `eq` compare text without regard to case; an attribute that cannot be filtered is `INVALID_FILTER`',
      ],
    ]),
    ...readingsIn('platform/listing.ts', [
      [
        '00 §3.4',
        'Cursors carry the key of the last item and are bound to their query; one that is not ours is `INVALID_PARAMETER`',
      ],
    ]),
    ...readingsIn('http/activity-filter.ts', [
      ['00 §11.2', 'One bound of `recordedat` or `createdat` is enough; without one the filter is `INVALID_FILTER`'],
      ['00 §11.2', '`in` takes its values in parentheses or in brackets'],
    ]),
    ...readingsIn('audit/activity.ts', [
      ['00 §11.3', 'The user is an actor where a device authentication acts for it; management has the client alone'],
      [
        '00 §11.3',
        'Types of resources beyond those seen: `DEVICE_AUTHENTICATION`, `DEVICE_AUTHENTICATION_POLICY`, `KEY`',
      ],
    ]),
    ...readingsIn('audit/action.ts', [
      ['00 §11.4', 'Refusals are on record as `REQUEST.REFUSED`, which activities show only when a filter names it'],
    ]),
    ...readingsIn('platform/subscriptions.ts', [
      [
        '00 §11.5',
        '`format` may be absent and is then `ACTIVITY`; of two addresses that are given, `connectionDetails` counts',
      ],
      ['00 §11.5', '`httpEndpoint` alone is shown as `connectionDetails` too, where the Terraform provider reads it'],
      ['00 §11.5', 'Headers are shown back, and sealed in the database; an environment has at most 50 subscriptions'],
      ['00 §11.5', 'Delivery over TCP is refused: `INVALID_VALUE`'],
      ['00 §11.5', '`tlsClientAuthKeyPair` names a key for `OUTBOUND_MTLS`; one that is named stays'],
    ]),
    ...readingsIn('webhooks/terms.ts', [
      ['00 §11.5', 'An event must fit every filter that is given; its population is the one that its user is in now'],
      [
        '00 §11.5',
        'Events recorded before the subscription was last changed wait for two weeks, later ones for 7 days',
      ],
      ['00 §11.5', '`includedTags` lets no event through, because none has a tag'],
    ]),
    ...readingsIn('webhooks/payload.ts', [
      ['00 §11.5', '`SPLUNK` is the form of the HTTP Event Collector, `NEWRELIC` that of the Log API'],
    ]),
    ...readingsIn('webhooks/sender.ts', [
      ['00 §11.5', 'A batch is tried again after 5 seconds, then twice as long each time, 10 minutes at most'],
    ]),
    ...readingsIn('platform/rules.ts', [
      ['00 §8.6', 'A lock without `unlockAt` lasts until it is ended; one in the past is `INVALID_VALUE`'],
      ['00 §8.5', 'Disabling MFA leaves the user’s devices as they are'],
      [
        '20 §14',
        'While a bypass runs, `bypassMFAEnabled` is true and its end stands beside it; a time that has come ends it',
      ],
      ['00 §8.1', 'Deleting a user deletes the devices'],
    ]),
    ...readingsIn('platform/tokens/tokens.ts', [
      ['00 §1.2', 'Without an environment in the path the client’s own is meant'],
      ['00 §5.2', 'Roles are looked up with the request, not carried in the token'],
    ]),
    ...readingsIn('platform/tokens/token-states.ts', [
      ['00 §5.5', 'A client is told of its own tokens only: those of others are `{"active":false}`'],
      [
        '00 §5.5',
        'To revoke another client’s token is 400 `unauthorized_client`; what is no good token is revoked already',
      ],
    ]),
    ...readingsIn('http/routes/token-states.ts', [['00 §5.5', 'An introspected token shows its claims without `jti`']]),
    ...readingsIn('http/routes/discovery.ts', [
      [
        '00 §1.2',
        'Which environment a domain stands for is a setting; its issuer keeps its id in the path, because tokens name it',
      ],
    ]),
    ...readingsIn('http/rejections/tokens.ts', [
      ['00 §4.7', 'Texts of OAuth errors beyond the one that clients match'],
    ]),
    ...readingsIn('http/validation.ts', [['00 §2.4', 'Unknown and read-only members are ignored']]),
  ],
};
