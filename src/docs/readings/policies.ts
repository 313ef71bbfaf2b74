import { type ReadingGroup, readingsIn } from './reading.js';

export const POLICY_READINGS: ReadingGroup = {
  title: 'Policies and settings',
  readings: [
    ...readingsIn('policies/device-authentication/policy-document.ts', [
      ['30 §1.2', 'A name has 1–256 characters; unknown members and the legacy FIDO sections are ignored'],
      ['30 §1.2', '`rememberMe.web.lifeTime` is taken from one minute'],
    ]),
    ...readingsIn('policies/device-authentication/method-sections.ts', [
      ['30 §1.3', 'Ranges where documentation and clients differ: the wider is taken (cool-down 0–1800 s in seconds)'],
    ]),
    ...readingsIn('policies/device-authentication/mobile-section.ts', [
      ['30 §1.3.3', '`pushTimeout` is taken from 1 to 150 seconds'],
    ]),
    ...readingsIn('policies/device-authentication/device-authentication-policies.ts', [
      ['30 §1.2', 'Names are unique in the environment'],
      ['30 §1.3.3', 'References to objects that do not exist are `INVALID_VALUE`'],
    ]),
    ...readingsIn('policies/defaults.ts', [
      ['30 §1.4', 'The factory policy is called “Default MFA Policy”'],
      ['30 §3.2', 'Factory settings leave `users.mfaEnabled` false and set no lockout'],
    ]),
    ...readingsIn('policies/fido2/fido2-migration.ts', [
      [
        '30 §1.6',
        'No legacy sections are ever stored, so the migration converts none; it answers the policies that got a FIDO policy by name',
      ],
    ]),
    ...readingsIn('policies/sign-on-policies.ts', [
      [
        '40 §2.1',
        'A sign-on policy that is assigned can be deleted, as the Terraform provider’s tests do; its assignments go',
      ],
      ['40 §2.2', 'What an action of another type than MFA says is kept and shown, PingID’s Windows sign-on included'],
    ]),
    ...readingsIn('policies/completion.ts', [
      [
        '30 §0.5',
        'An environment of an earlier build is given what a new one has; what an administrator deleted stays so',
      ],
    ]),
    ...readingsIn('policies/provisioning.ts', [['30 §0.5', 'A new environment has its content as soon as it exists']]),
    ...readingsIn('policies/configuration.ts', [
      ['30 §1.5', 'Policies are listed by creation'],
      ['30 §3.3', '`lockout.failureCount` 0 means never; no duration, or 0, until an administrator unlocks'],
    ]),
    ...readingsIn('policies/notifications/alert-channels.ts', [
      ['30 §6.1', 'Alert channels are kept and shown; none of the alerts that they name is raised'],
    ]),
    ...readingsIn('platform/gateways.ts', [
      [
        '40 §2.2',
        'Gateways are kept and shown, their shared secrets to whoever may change them, passwords to nobody; each type of users has an id made of the gateway’s and its name',
      ],
    ]),
    ...readingsIn('senders/records.ts', [
      [
        '30 §6.2',
        'Of a trusted e-mail domain `ownership` looks up two TXT records, `_amazonses` (whose domain it is) and `_pingoneemail` (addresses need no code), whose values are drawn for one domain of one environment; no setting takes their place',
      ],
      [
        '30 §6.2',
        'The `regions` of such a domain are one, the environment’s own; `spf` is active when the domain’s one SPF record has what `spf-record` has, `dkim` when its records lead where they are shown to',
      ],
    ]),
    ...readingsIn('senders/decide.ts', [
      [
        '30 §6.2',
        'An address of a domain that is not proved is `INVALID_VALUE` of `trustedEmail`; its code has 8 digits, is good for 24 hours and is mailed by `email_verification_admin`; the same address again answers 200 and sends nothing; records that vanish later end nothing',
      ],
    ]),
    ...readingsIn('policies/notifications/email-domains.ts', [
      [
        '30 §6.2',
        'An active trusted address may be `from` and `replyTo` of settings and contents; while it is, it cannot be deleted. How a mail server takes it is that server’s matter',
      ],
    ]),
    ...readingsIn('http/rejections/managed.ts', [['30 §0.4', 'Conflicts of names are 400, not 409']]),
    ...readingsIn('platform/managed/rules.ts', [
      ['30 §1.5', '`default: false` on the default of a kind is refused with `CONSTRAINT_VIOLATION`'],
      ['30 §2.4', 'What others still name cannot be deleted: `CONSTRAINT_VIOLATION` with `referencedValues`'],
    ]),
    ...readingsIn('policies/fido2/fido2-policy-document.ts', [
      ['30 §2.2', 'FIDO policies have names of their own; `pinRequirement.option` is `OPTIONAL`, `REQUIRED` or `NONE`'],
      ['30 §2.3', 'The two factory policies, for the host of `{authPath}`, or `localhost` where it is an address'],
    ]),
    ...readingsIn('policies/fido2/fido-devices-metadata.ts', [
      [
        '20 §15',
        'The metadata id of an authenticator is its AAGUID, of a U2F one the first 16 bytes of its first key identifier, in the form of a UUID',
      ],
      ['20 §15', 'An environment adds up to 100 authenticators, none that the metadata service or another entry has'],
      ['20 §15', 'A statement is kept unchanged; its `attestationRootCertificates` must be there and be readable'],
      ['20 §15', 'One of an environment’s own counts as known and never as certified'],
    ]),
    ...readingsIn('http/routes/fido-devices-metadata.ts', [
      [
        '20 §15',
        'Responses have `mdsIdentifier`, `custom` and `certified`; to delete a built-in one is `CONSTRAINT_VIOLATION`',
      ],
      ['20 §15', 'Pages of 100 unless `limit` says otherwise; no filter, and no update'],
    ]),
    ...readingsIn('policies/fido2/fido-policies.ts', [
      [
        '30 §2.1',
        'Legacy `fidoPolicies`, with the fields of the Go SDK, are kept and shown and are in force nowhere; a new environment has none, and `SPECIFIC` needs `allowedAuthenticators`',
      ],
      [
        '30 §1.2',
        'A `fidoPolicyId` in the legacy sections of an MFA policy is ignored with them: it is not looked up and keeps no policy from being deleted',
      ],
    ]),
    ...readingsIn('policies/fido2/fido2-policies.ts', [
      ['30 §2.2', '`NONE` for attestation and `NONE` for metadata go together'],
    ]),
    ...readingsIn('policies/notifications/notifications-settings.ts', [
      [
        '30 §6.2',
        '`deliveryMode` is `ALL` or nothing: `WHITELIST` is refused rather than ignored; users of `whitelist` are not looked up',
      ],
      ['30 §6.2', 'Only the server’s own sender address is trusted (`sender-address`)'],
    ]),
    ...readingsIn('policies/notifications/email-delivery-settings.ts', [
      ['30 §7', 'Without settings `GET` and `DELETE` answer 404'],
      ['30 §7.1', '`protocol` is `SMTPS` for every mail server, whatever its port'],
    ]),
    ...readingsIn('policies/notifications/http-provider.ts', [
      ['30 §7.2', '`authentication.method` may be `NONE`; members of other methods than the chosen one are not kept'],
      ['30 §8.2', '`CUSTOM_HEADER` for phone providers as for mail'],
    ]),
    ...readingsIn('policies/notifications/phone-delivery-settings.ts', [
      [
        '30 §8.4',
        'Settings that go leave the chain of the environment, and stay while a notification policy names them',
      ],
    ]),
    ...readingsIn('policies/notifications/vendor-accounts.ts', [
      [
        '30 §8.1',
        'Vendors are not asked: accounts that the operator lists (`phone-accounts`) stand for them, others are `INVALID_VALUE`',
      ],
    ]),
    ...readingsIn('policies/templates/languages.ts', [
      ['30 §10', 'Of the predefined languages only `en` is enabled, and the default; they cannot be deleted'],
    ]),
    ...readingsIn('policies/push-credentials.ts', [
      ['30 §4', 'One credential per type and application; `type` cannot be changed, and no token is tried or parsed'],
    ]),
    ...readingsIn('policies/templates/templates.ts', [
      ['30 §9.2', 'Delivery methods and variables of the less-used templates are those of the table'],
    ]),
    ...readingsIn('policies/templates/template-contents.ts', [
      ['30 §9.4', 'A content is checked in order: template, delivery method, language, required variables, uniqueness'],
      [
        '30 §9.4',
        'Variables that a template does not know are taken; predefined contents cannot be changed or deleted',
      ],
    ]),
    ...readingsIn('delivery/own-contents.ts', [
      [
        '30 §9.5',
        'A variant is looked for along the whole chain of locales, the server’s own language last, and is never given up',
      ],
      ['00 §7.2', 'The `preferredLanguage` of a population stands between the user’s own and the environment’s'],
    ]),
    ...readingsIn('delivery/gateways/smtp-mail.ts', [
      [
        '30 §9.3',
        'A content’s `from` and `replyTo` hold within the domain of the operator’s `smtp-from`; of another `from`, its name is taken alone',
      ],
      ['30 §9.3', '`charset` may be ISO-8859-1 or US-ASCII where the message fits; everything else goes as UTF-8'],
    ]),
    ...readingsIn('delivery/gateways/twilio-form.ts', [
      ['30 §9.3', 'A content’s `sender` is used outside North America, where no sender ids are delivered'],
    ]),
    ...readingsIn('policies/templates/template-content-document.ts', [
      ['30 §9.3', 'Text messages may have 660 characters; a WhatsApp content has `content` as a call has'],
    ]),
    ...readingsIn('http/routes/template-contents.ts', [
      ['30 §9.1', 'A bulk change of a variant that nothing has changes nothing, and says so with 200 or 204'],
    ]),
    ...readingsIn('http/routes/fido2-policies.ts', [
      ['30 §2.1', '`expand` shows the MFA policies that name the FIDO policy, not those that use it as the default'],
    ]),
  ],
};
