import { type ReadingGroup, readingsIn } from './reading.js';

export const AUTHENTICATION_READINGS: ReadingGroup = {
  title: 'Device authentications',
  readings: [
    ...readingsIn('http/routes/device-authentications.ts', [
      ['10 §1', 'Identity Data Admin over the environment is needed; the role decides, not who issued the token'],
      ['10 §1', 'Answers are `application/json`, never `application/hal+json`'],
      ['10 §1', 'Any media type that is not an action of the resource is answered 415, `application/json` included'],
      ['10 §7.5', 'Unknown cancel reasons count as `DEFAULT`'],
    ]),
    ...readingsIn('http/routes/device-authentication-request.ts', [
      [
        '10 §3.1',
        'An unknown, malformed or foreign `policy.id` is 400 `INVALID_VALUE`; a `user.id` of that kind is 404',
      ],
      ['10 §3.1', '`selectedDevice.id` and `selectedDevice.oneTime` exclude each other'],
      ['10 §3.1', '`selectedDevice.oneTime.type` is required, and may be `WHATSAPP`'],
      ['10 §3.1', 'A supplied passcode is taken as `selectedDevice.otp` and as top-level `otp`'],
      ['10 §3.1', '`notification.clientContext` has at most 4 KB'],
      ['10 §3.1', 'Unknown members are ignored'],
      ['10 §14', '`payload.type` and `payload.value` must be there, and are not looked at: what decides is the cookie'],
    ]),
    ...readingsIn('http/hal/device-authentication.ts', [
      ['10 §2', '`selectedDevice` is absent until a device is selected, and stays after a cancel'],
      ['10 §2', '`compatibility` is echoed by the action that carried it, while the status is not terminal'],
      ['10 §2', '`test.otp` is text, in answers to create and select, never in a read'],
      ['10 §2', '`aggregateFido2Devices` is absent while no FIDO2 device is listed'],
      ['10 §5', 'Entries of `_embedded.devices` have no `createdAt` and no `updatedAt`'],
      ['10 §5', 'The list is evaluated afresh for each answer, in terminal states too; `[]` with `NO_USABLE_DEVICES`'],
      ['10 §5', 'A one-time flow lists its one contact until a paired device is selected'],
    ]),
    ...readingsIn('devices/sending/contact.ts', [
      ['10 §5', 'A phone is masked to seven asterisks and its last two digits'],
      ['10 §5', 'An address is masked to its first character, four asterisks and its domain'],
    ]),
    ...readingsIn('authentication/create.ts', [
      [
        '10 §3.2',
        'What stands in a user’s or device’s way creates a flow that is `FAILED` (201); a wrong request creates none',
      ],
      ['10 §4.1', 'The policy is frozen, its content read live; a code keeps the length and expiry it was issued with'],
      ['10 §4.2', 'A `selectedDevice.id` that is not eligible is 400 `INVALID_VALUE`, whatever the reason'],
      [
        '10 §4.5',
        '`mfaEnabled: false` fails a flow with a paired device (`MFA_DISABLED`) and does not touch a one-time flow',
      ],
      ['00 §8.3', 'A user who is not verified is told `error.code` `VERIFICATION_REQUIRED`, whatever is to be proved'],
      ['10 §4.5', 'A bypass period is not applied: callers check it first'],
    ]),
    ...readingsIn('authentication/choose.ts', [
      ['10 §4.2', 'When the default device is not usable, the first usable one in order takes its place'],
    ]),
    ...readingsIn('devices/eligibility.ts', [
      ['10 §4.2', 'Devices outside the order come after it, by activation'],
      ['10 §4.4', 'Where the operator does not allow test mode, existing test devices are not eligible'],
      ['10 §13A', 'A channel without a gateway makes its devices ineligible'],
    ]),
    ...readingsIn('authentication/failure.ts', [
      [
        '10 §4.2',
        '`unavailableDevices` is always there with `NO_USABLE_DEVICES`; blocked, pending and disabled devices are not in it',
      ],
      ['10 §15.3', 'Error codes of failed flows beside `NO_USABLE_DEVICES`'],
    ]),
    ...readingsIn('authentication/one-time.ts', [
      ['10 §4.3', 'A method that the policy switches off refuses one-time use too'],
      ['10 §9.3', 'A contact at its ceiling is answered 400 `LIMIT_EXCEEDED` without `coolDownExpiresAt`'],
    ]),
    ...readingsIn('authentication/table.ts', [
      ['10 §7.1', 'Which actions each status allows, beyond the documented pairs; select and cancel work outside push'],
      ['10 §6', 'Names of links beyond `self`, `device.select` and `otp.check`'],
    ]),
    ...readingsIn('policies/notifications/send-rules.ts', [
      [
        '10 §3.1',
        '`notification.policy.id` is that of a notification policy of the environment; unknown is `INVALID_VALUE`',
      ],
      ['10 §4.1', 'A flow keeps the notification policy that its request named; one that is gone is passed over'],
      ['30 §5.2', '`groupBy` other than `USER_ID` counts by contact; `countryLimit` does not limit WhatsApp'],
    ]),
    ...readingsIn('devices/sending/reserve-send.ts', [
      [
        '10 §9.6',
        'A used-up quota is `LIMIT_EXCEEDED` without `coolDownExpiresAt`; a country is `INVALID_VALUE` at the number',
      ],
      ['10 §9.5', 'Where several limits ask for patience, the latest instant is told'],
    ]),
    ...readingsIn('devices/sending/resend-run.ts', [
      [
        '10 §9.5',
        'A run of resends ends with a completed check, or half an hour after its last message, the block included',
      ],
    ]),
    ...readingsIn('devices/sending/quota.ts', [
      ['30 §5.4', 'Policies whose quotas name the same scope and methods share what they count'],
      ['30 §5.4', 'A used code moves its message to the claimed of the same day even when these are full'],
    ]),
    ...readingsIn('authentication/judge-code.ts', [
      [
        '10 §7.3',
        'A code that does not consist of as many ASCII digits as were issued is a validation error and no attempt',
      ],
    ]),
    ...readingsIn('authentication/check-otp.ts', [
      ['10 §9.2', 'An expired code is not compared and costs no attempt; the flow stays open for another'],
      ['10 §7.1', 'The order of checks: the flow, its status, user and device, then the code'],
    ]),
    ...readingsIn('authentication/passcode.ts', [
      [
        '10 §9.4',
        'A flow with an authenticator app that was open when its device or account was locked takes no passcode until the device is selected again',
      ],
    ]),
    ...readingsIn('authentication/ask-assertion.ts', [
      ['10 §11.1', '`allowCredentials` has every eligible credential of the user for the relying party'],
      ['10 §11.1', 'Without `rp.id` in the request, the relying party is that of the selected device'],
    ]),
    ...readingsIn('authentication/check-assertion.ts', [
      ['10 §11.4', 'Order and kind of the checks; a refused assertion leaves the flow open and its challenge alive'],
      ['10 §11.4', '`fido2.failure` ends the flow with `ASSERTION_ATTEMPTS_LIMIT` and locks the selected device'],
      ['10 §7.6', '`authenticators`: `hwk` or, for a credential that can be backed up, `swk`; `user` when verified'],
      ['10 §11.4', 'Another of the user’s credentials completes the flow too, and becomes `selectedDevice`'],
    ]),
    ...readingsIn('authentication/discovery.ts', [
      ['10 §11.5', 'Without `user`: no devices and no `device.select`; `user` appears with the right assertion'],
      [
        '10 §11.5',
        'Refused with `INVALID_VALUE` on `user.id` where the FIDO policy discourages discoverable credentials',
      ],
    ]),
    ...readingsIn('authentication/situation.ts', [
      ['10 §11.2', '`compatibility` `NONE` drops FIDO2 devices, `SECURITY_KEY_ONLY` those of a platform'],
    ]),
    ...readingsIn('authentication/start-with-passcode.ts', [
      ['10 §10.4', 'A passcode in the create request is `selectedDevice.otp` or `otp`; a match is 201 `COMPLETED`'],
      ['10 §10.4', 'Without a match there is no flow; it counts on the named device, or on each it was held against'],
    ]),
    ...readingsIn('otp/totp.ts', [['10 §10.1', 'A passcode is accepted within the grace period’s steps on each side']]),
    ...readingsIn('otp/hotp.ts', [['10 §10.2', 'A step at or before the last accepted one is a wrong passcode']]),
    ...readingsIn('authentication/charge-proof.ts', [
      ['10 §9.4', 'The last wrong code is answered `attemptsRemaining` 0 and fails the flow with `OTP_ATTEMPTS_LIMIT`'],
      ['10 §9.4', 'The flow that reaches the account’s lockout is `FAILED` with `ACCOUNT_LOCKED_OUT`'],
    ]),
    ...readingsIn('authentication/accept-proof.ts', [
      ['10 §9.4', 'Any completed check sets the account’s count of failures to 0'],
    ]),
    ...readingsIn('devices/counting/counting.ts', [
      ['10 §9.3', 'The limit of a run of failures is the smaller of the policy’s now and at its first failure'],
      ['10 §9.4', 'Exhaustion kills every other live code of the device, in whatever flow'],
      ['10 §9.3', 'After 100 consecutive failures a factor type is locked without end, until unlocked'],
    ]),
    ...readingsIn('authentication/check-browser.ts', [
      ['10 §14', 'Recognised is 201 `COMPLETED`, anything else 201 `FAILED` with `REMEMBERED_DEVICE_NOT_FOUND`'],
      [
        '10 §14',
        'A recognised browser is no `selectedDevice` and has no `authenticators`; a user who could not go on fails as in any flow',
      ],
      ['10 §14', 'A policy without `rememberMe.web.enabled` is 400 `INVALID_VALUE` on `policy.id`, as at the creation'],
    ]),
    ...readingsIn('authentication/select.ts', [
      ['10 §7.2', 'Re-selecting gives no attempt back'],
      ['10 §7.2', 'A one-time flow accepts a paired device; its contact cannot be selected again'],
    ]),
    ...readingsIn('authentication/cancel.ts', [
      [
        '10 §7.5',
        '`SIGNOUT` fails the flow with `AUTHENTICATION_CANCELED`; any other reason goes back to the selection',
      ],
    ]),
    ...readingsIn('authentication/settle.ts', [
      ['10 §9.8', 'What each step answers when user, device or method has changed since the flow was opened'],
    ]),
    ...readingsIn('authentication/read.ts', [
      ['10 §7.1', 'A read shows the flow as it stands now, and stores nothing'],
    ]),
    ...readingsIn('authentication/expiry.ts', [
      [
        '10 §17',
        'An open flow lives until the longer of 30 minutes and the code’s life has passed, and 5 minutes more',
      ],
      ['10 §17', 'An ended flow can be read for 60 minutes; after that it is missing (404)'],
    ]),
    ...readingsIn('otp/code.ts', [
      [
        '10 §9.1',
        'Codes are kept as keyed hashes bound to flow, device, purpose and number of the send; compared in constant time',
      ],
    ]),
    ...readingsIn('http/rejections/authentication.ts', [
      ['10 §15.4', 'An action that the status does not allow is 400 `INVALID_REQUEST`'],
      ['10 §15.2', 'Detail codes of refusals beyond those that clients match'],
    ]),
    ...readingsIn('authentication/events.ts', [['10 §16', 'When each of the documented event types is emitted']]),
  ],
};
