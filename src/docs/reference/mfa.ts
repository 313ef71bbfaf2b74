import { managed, operations, type ReferenceGroup } from './operation.js';

const DEVICES = 'env/users/:user/devices';

/** Sections 10, 20 and 30: authentications, devices, policies, notifications. */
export const MFA: readonly ReferenceGroup[] = [
  {
    title: 'Device authentications',
    operations: operations('auth', '10 §1', [
      ['POST /:env/deviceAuthentications', 'Start a device authentication'],
      ['POST /:env/deviceAuthentications payload.check', 'Check a remembered browser'],
      ['GET /:env/deviceAuthentications/:id', 'Read a device authentication'],
      ['POST /:env/deviceAuthentications/:id device.select', 'Select a device, or send again'],
      ['POST /:env/deviceAuthentications/:id otp.check', 'Check a code'],
      ['POST /:env/deviceAuthentications/:id assertion.check', 'Check a WebAuthn assertion'],
      ['POST /:env/deviceAuthentications/:id cancel.push.authentication', 'Cancel'],
    ]),
  },
  {
    title: 'Devices',
    operations: [
      ...operations('api', '20 §1', [
        [`GET ${DEVICES}`, 'List devices'],
        [`POST ${DEVICES}`, 'Create a device'],
        [`POST ${DEVICES} devices.reorder`, 'Set the order of devices'],
        [`POST ${DEVICES} devices.order.remove`, 'Remove the order of devices'],
        [`DELETE ${DEVICES} devices.order.remove`, 'Remove the order of devices'],
        [`GET ${DEVICES}/:id`, 'Read a device'],
        [`POST ${DEVICES}/:id device.activate`, 'Activate a device'],
        [`PUT ${DEVICES}/:id device.activate`, 'Activate a device'],
        [`POST ${DEVICES}/:id device.sendActivationCode`, 'Send the pairing code again'],
        [`POST ${DEVICES}/:id device.block`, 'Block a device'],
        [`POST ${DEVICES}/:id device.unblock`, 'Unblock a device'],
        [`POST ${DEVICES}/:id device.unlock`, 'Unlock a device'],
        [`PUT ${DEVICES}/:id/nickname`, 'Name a device'],
        [`PUT ${DEVICES}/:id/logs`, 'Ask a mobile device for its logs'],
        [`DELETE ${DEVICES}/:id`, 'Delete a device'],
      ]),
      ...operations('api', '20 §14', [
        ['GET env/users/:user/bypassMFA', 'Whether MFA is bypassed for a user'],
        ['PUT env/users/:user/bypassMFA', 'Bypass MFA for a time'],
      ]),
      ...operations('api', '20 §10', [
        ['POST env/users/:user/pairingKeys', 'Create a pairing key'],
        ['GET env/users/:user/pairingKeys/:id', 'Read a pairing key'],
        ['DELETE env/users/:user/pairingKeys/:id', 'Delete a pairing key'],
      ]),
      ...operations('api', '20 §9', [
        ['GET env/oathTokens', 'List OATH tokens'],
        ['POST env/oathTokens', 'Create an OATH token'],
        ['GET env/oathTokens/:id', 'Read an OATH token'],
        ['DELETE env/oathTokens/:id', 'Delete an OATH token'],
        ['POST env/oathTokens/:id device.resync', 'Resynchronise an OATH token'],
        ['POST env/users/:user/oathTokens/:id device.resync', 'Resynchronise a user’s OATH token'],
        ['POST env/oathJobs job.oathtokens.create', 'Import OATH tokens'],
        ['POST env/oathJobs job.oathtokens.revoke', 'Revoke OATH tokens'],
        ['GET env/oathJobs/:id', 'Read an import or revocation'],
      ]),
      ...operations('api', '20 §15', [
        ['GET env/fidoDevicesMetadata', 'List FIDO authenticators'],
        ['POST env/fidoDevicesMetadata', 'Add a FIDO authenticator'],
        ['GET env/fidoDevicesMetadata/:id', 'Read a FIDO authenticator'],
        ['DELETE env/fidoDevicesMetadata/:id', 'Remove a FIDO authenticator'],
      ]),
    ],
  },
  {
    title: 'Policies and settings',
    operations: [
      ...managed('30 §1.1', 'env/deviceAuthenticationPolicies', 'an MFA policy', 'MFA policies'),
      ...operations('api', '30 §1.6', [
        [
          'POST env/deviceAuthenticationPolicies deviceAuthenticationPolicy.fido2.migrate',
          'Convert legacy FIDO sections of policies',
        ],
      ]),
      ...managed('30 §2.1', 'env/fido2Policies', 'a FIDO policy', 'FIDO policies'),
      ...managed('30 §2.1', 'env/fidoPolicies', 'a legacy FIDO policy', 'legacy FIDO policies'),
      ...operations('api', '30 §3.1', [
        ['GET env/mfaSettings', 'Read the MFA settings'],
        ['PUT env/mfaSettings', 'Replace the MFA settings'],
        ['DELETE env/mfaSettings', 'Reset the MFA settings'],
      ]),
      ...managed('30 §4', 'env/applications/:app/pushCredentials', 'a push credential', 'push credentials'),
    ],
  },
  {
    title: 'Notifications',
    operations: [
      ...managed('30 §5.1', 'env/notificationsPolicies', 'a notification policy', 'notification policies'),
      ...operations('api', '30 §6.1', [
        ['GET env/notificationsSettings', 'Read the notification settings'],
        ['PUT env/notificationsSettings', 'Replace the notification settings'],
        ['DELETE env/notificationsSettings', 'Reset the notification settings'],
      ]),
      ...operations('api', '30 §7', [
        ['GET env/notificationsSettings/emailDeliverySettings', 'Read how e-mail is sent'],
        ['PUT env/notificationsSettings/emailDeliverySettings', 'Change how e-mail is sent'],
        ['DELETE env/notificationsSettings/emailDeliverySettings', 'Go back to the server’s own mail gateway'],
      ]),
      ...managed(
        '30 §8',
        'env/notificationsSettings/phoneDeliverySettings',
        'a phone delivery setting',
        'phone delivery settings',
      ),
      // Beside the settings; the public clients alone tell of them.
      ...managed('30 §6.1', 'env/alertChannels', 'an alert channel', 'alert channels'),
      // Named in the section; what they are is in the public clients.
      ...operations('api', '30 §6.2', [
        ['GET env/emailDomains', 'List trusted e-mail domains'],
        ['POST env/emailDomains', 'Create a trusted e-mail domain'],
        ['GET env/emailDomains/:id', 'Read a trusted e-mail domain'],
        ['DELETE env/emailDomains/:id', 'Delete a trusted e-mail domain'],
        ['GET env/emailDomains/:id/ownership', 'Whether a domain is shown to be the environment’s'],
        ['GET env/emailDomains/:id/spf', 'Whether a domain lets mail be sent for it'],
        ['GET env/emailDomains/:id/dkim', 'Whether a domain names the keys of its mail'],
        ['GET env/emailDomains/:domain/trustedEmails', 'List trusted e-mail addresses'],
        ['POST env/emailDomains/:domain/trustedEmails', 'Create a trusted e-mail address'],
        ['GET env/emailDomains/:domain/trustedEmails/:id', 'Read a trusted e-mail address'],
        ['DELETE env/emailDomains/:domain/trustedEmails/:id', 'Delete a trusted e-mail address'],
        ['POST env/emailDomains/:domain/trustedEmails/:id trustedEmail.activate', 'Activate an address by its code'],
        ['POST env/emailDomains/:domain/trustedEmails/:id trustedEmail.sendVerificationCode', 'Send another code'],
      ]),
      ...operations('api', '30 §9.1', [
        ['GET env/templates', 'List templates'],
        ['GET env/templates/:name', 'Read a template'],
        ['GET env/templates/:name/contents', 'List contents'],
        ['POST env/templates/:name/contents', 'Create a content'],
        ['PATCH env/templates/:name/contents', 'Rename a variant'],
        ['DELETE env/templates/:name/contents', 'Delete a variant'],
        ['GET env/templates/:name/contents/:id', 'Read a content'],
        ['PUT env/templates/:name/contents/:id', 'Replace a content'],
        ['DELETE env/templates/:name/contents/:id', 'Delete a content'],
      ]),
      ...managed('30 §10', 'env/languages', 'a language', 'languages'),
    ],
  },
];
