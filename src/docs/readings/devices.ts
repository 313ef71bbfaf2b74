import { type ReadingGroup, readingsIn } from './reading.js';

export const DEVICE_READINGS: ReadingGroup = {
  title: 'Devices',
  readings: [
    ...readingsIn('http/routes/devices.ts', [
      ['20 §1', 'A bare `DELETE …/devices` is 415; it never means all devices'],
      ['20 §4.1', '`limit` is ignored, as the documentation says that it does not apply'],
    ]),
    ...readingsIn('http/routes/device.ts', [
      ['20 §1', '`PUT` with the activation’s media type is taken as `POST`'],
      ['20 §6.4', '`sendActivationCode` answers 200 with the device'],
      ['20 §13', 'The answer to a nickname has its links and the name'],
    ]),
    ...readingsIn('http/routes/device-request.ts', [
      ['20 §2.2', '`lock`, `block` and unknown members of a request are ignored'],
      ['20 §13', 'A nickname of more than 100 characters is `SIZE_LIMIT_EXCEEDED`; an empty one clears it'],
    ]),
    ...readingsIn('http/hal/devices.ts', [
      ['20 §2.2', '`lock` and `block` are in every device but the 201 of its creation'],
      ['20 §2.2', '`lock.expiresAt` is absent when the lock has no end'],
      ['20 §2.4', 'A pending device has the links `activate` and `device.activate`'],
      ['20 §6.5', '`test.otp` is text, in answers to create and resend'],
      ['20 §4.1', 'Form of the order and of display names in an expanded list'],
    ]),
    ...readingsIn('devices/list.ts', [
      ['20 §4.1', 'Filters on `status` and `type` with `eq`, `and` and parentheses; anything else is `INVALID_FILTER`'],
      ['20 §4.1', 'Without an order, and for pending devices, the list is by creation'],
    ]),
    ...readingsIn('devices/sending/contact.ts', [
      ['20 §5', 'Separators are dropped and E.164 is stored; a number whose range is not assigned is taken'],
      ['20 §5', 'An extension is 1–32 of digits, comma, `#` and `*`'],
    ]),
    ...readingsIn('devices/kinds/index.ts', [
      ['20 §6.1', 'A type that is not offered is `INVALID_VALUE` with `allowedValues`'],
    ]),
    ...readingsIn('devices/kinds/totp.ts', [
      ['20 §3.2', '`status` `ACTIVE` for an authenticator app is `INVALID_VALUE`'],
      ['20 §7', 'A secret has 160 bits; it and the key URI stand at the top level and again below `properties`'],
      ['20 §7', 'Only the answer to the creation shows them; after 30 minutes they activate no more'],
      ['20 §7', 'A user may have several authenticator apps'],
    ]),
    ...readingsIn('devices/kinds/oath-token.ts', [
      ['20 §3.2', 'An OATH token is paired pending, or active if an administrator says so'],
      ['10 §5', 'A token in a flow shows its type and the last four characters of its serial number'],
    ]),
    ...readingsIn('devices/oath/passcode.ts', [
      ['10 §10.3', 'An HOTP code is the next one or up to ten ahead; a TOTP token’s is one step around its own clock'],
      ['20 §9.4', 'Resynchronisation looks 100 counts ahead, or 20 steps around; the second code is the very next'],
    ]),
    ...readingsIn('devices/oath/decide.ts', [
      ['20 §9.2', 'A code of a resynchronisation counts like any attempt where the token is paired'],
    ]),
    ...readingsIn('devices/oath/pair.ts', [
      [
        '20 §9.3',
        'A token is paired with one user at a time; unknown is `INVALID_VALUE`, paired `UNIQUENESS_VIOLATION`',
      ],
    ]),
    ...readingsIn('devices/oath/token.ts', [['20 §9.1', 'Serial numbers are unique whatever their case']]),
    ...readingsIn('devices/oath/job.ts', [
      ['20 §9.2', 'A job has up to 1,000 rows and can be read for a day after its last change'],
      [
        '20 §9.2',
        '`DONE` means that every row was looked at, whatever became of it; a job whose process ended, or that was silent for a minute, is `FAILED`, and what it did stays done',
      ],
    ]),
    ...readingsIn('devices/oath/job-steps.ts', [
      [
        '20 §9.2',
        'A row that fails does not keep the others from being done; what is in the request twice fails the second time',
      ],
      [
        '20 §9.2',
        'Without `forceUnpair` a paired token is left as it is and listed with `CONSTRAINT_VIOLATION`; one whose device is gone counts as free',
      ],
    ]),
    ...readingsIn('devices/oath/jobs.ts', [
      [
        '20 §9.2',
        '`async`, for imports too, lets the answer come before the end: 202 then, else 201 with the finished job; while four jobs go on in a process, further ones are waited for',
      ],
    ]),
    ...readingsIn('http/hal/oath-jobs.ts', [
      [
        '20 §9.2',
        'The documented `result.created`, `result.duplicates`, `result.revoked` and `reason`, and beside them `total`, `succeeded`, `failed` and `errors` by row; `duplicates` has `count` and `serialNumbers`',
      ],
    ]),
    ...readingsIn('http/routes/oath-token-request.ts', [
      ['20 §9.1', 'A secret has at least 128 bits, in whole bytes (RFC 4226 §4 R6)'],
    ]),
    ...readingsIn('http/routes/oath-tokens.ts', [
      ['20 §9.2', 'A token can be read by its id; a resynchronisation answers 200 with the token'],
    ]),
    ...readingsIn('devices/kinds/fido2.ts', [
      ['20 §8.1', 'An absent `rp.id` is that of the FIDO policy, an absent `rp.name` is `rp.id`'],
      ['10 §5', '`displayName` is the model as its metadata describes it, else `Passkey` or `Security key`'],
    ]),
    ...readingsIn('devices/kinds/attestation.ts', [
      ['20 §3.2', 'A FIDO2 device is `ACTIVATION_REQUIRED` whatever status is asked for'],
      ['20 §8.2', '`SECURITY_KEY` asks for `cross-platform`, `PLATFORM` for `platform` with the user verified'],
      ['20 §8.3', 'A refused attestation is `INVALID_VALUE` on `attestation` or `origin`, and spends the challenge'],
      ['20 §8.3', 'A challenge is answered within the policy’s `userPresenceTimeout` and one minute more'],
      ['20 §8.3', '`attestation` is text; an object is refused'],
      ['20 §8.3', 'What the metadata demands of an authenticator, by `mdsAuthenticatorsRequirements.option`'],
    ]),
    ...readingsIn('devices/credential.ts', [
      ['20 §8.2', '`user.id` is a hash of the ids of environment and user: stable, and opaque to others'],
    ]),
    ...readingsIn('otp/key-uri.ts', [
      [
        '20 §7',
        '`algorithm`, `digits` and `period` of `uriParameters` are what the server does too: SHA1, SHA256 or SHA512, 6 to 8 digits, up to 300 seconds; other values go to the app alone. A parameter `secret` is left out',
      ],
    ]),
    ...readingsIn('devices/pairing/create.ts', [
      ['20 §6.1', 'Order of checks of a creation'],
      [
        '20 §6.2',
        'A method that is disabled, or whose pairing is, refuses with `INVALID_VALUE` on `type`, administrators too',
      ],
      ['20 §14', 'A device may be created while `mfaEnabled` is false'],
    ]),
    ...readingsIn('devices/counting/limits.ts', [
      ['20 §3.1', 'Active devices count against the limit, at creation and again at activation'],
    ]),
    ...readingsIn('devices/pairing/activate.ts', [
      ['20 §6.4', 'Wrong, expired and exhausted pairing codes are answered as at authentication'],
      ['20 §6.4', 'Activating an active device is 400 `REQUEST_FAILED`'],
      ['20 §11', 'A blocked pending device cannot be activated'],
    ]),
    ...readingsIn('devices/sending/resend.ts', [
      ['20 §6.4', 'A new pairing code kills the old one and leaves the count of attempts as it is'],
    ]),
    ...readingsIn('devices/manage.ts', [
      ['20 §11', 'Block, unblock and unlock may be repeated'],
      ['20 §11', 'A blocked device keeps its place in the order and counts against the limit'],
    ]),
    ...readingsIn('devices/counting/leftover.ts', [
      ['20 §13', 'A deleted device leaves its counter and lock to whoever pairs the same contact again'],
    ]),
    ...readingsIn('devices/order.ts', [
      ['20 §12', 'A new order names active devices, none twice; those it leaves out are appended'],
      ['20 §12', 'After its removal devices stay unordered until an order is set or at most one is left'],
    ]),
    ...readingsIn('devices/eligibility.ts', [
      ['20 §3', 'A lock whose end has passed reads as unlocked; a pending device is gone after 24 hours'],
    ]),
    ...readingsIn('http/rejections/devices.ts', [['20 §17.3', 'Error bodies of activation and of limits']]),
    ...readingsIn('delivery/content.ts', [
      ['10 §13A', 'A named variant that does not exist is refused; only the locale falls back'],
      ['30 §9.2', 'Names of variables are compared without regard to case; a request’s never replace the server’s'],
    ]),
    ...readingsIn('devices/browsers/browser.ts', [
      ['20 §16', 'The cookie’s token, 256 random bits, decides; it is bound to environment, user, policy and session'],
      ['20 §16', 'A life time that is shortened ends browsers that were remembered before; a longer one prolongs none'],
      ['20 §16', 'A user has at most 50 remembered browsers: the oldest makes room'],
    ]),
    ...readingsIn('devices/browsers/request.ts', [
      ['20 §16', '`payload` must be there and is not looked at; `policy.type` does not stand for `policy.id`'],
    ]),
    ...readingsIn('http/browser-cookie.ts', [
      [
        '20 §16',
        'Name `rb_` and eight digits per environment; `Secure; HttpOnly; SameSite=None`, path of the environment',
      ],
    ]),
    ...readingsIn('http/routes/devices.ts', [
      ['20 §4.1', 'Remembered browsers are listed only where a filter names their type'],
    ]),
    ...readingsIn('http/routes/device.ts', [
      ['20 §16', 'A remembered browser can be read and deleted; every action on it is answered 404'],
    ]),
  ],
};
