import { durationIn, Reference } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';

/** The sections of a policy by method, without `mobile` (wire: `30` §1.3). Members in the order of the reference. */

const FailureCount = Type.Integer({ minimum: 1, maximum: 7 });
const Prompt = Type.Optional(Type.Boolean());
const PairingDisabled = Type.Optional(Type.Boolean());

/** Cool-down of TOTP, OATH and the PingID methods (`30` §1.3.4, §1.3.6). */
const AuthenticatorCoolDown = durationIn(['MINUTES', 1, 30], ['SECONDS', 1, 1800]);
/** Cool-down of mobile codes and FIDO2 (`30` §1.3.2, §1.3.5). */
const DeviceCoolDown = durationIn(['MINUTES', 2, 30], ['SECONDS', 120, 1800]);

/** `sms`, `voice`, `email`, `whatsApp`: codes that the server sends (`30` §1.3.1). */
export const SentMethodSection = Type.Object({
  enabled: Type.Boolean(),
  pairingDisabled: PairingDisabled,
  promptForNicknameOnPairing: Prompt,
  otp: Type.Object({
    lifeTime: durationIn(['MINUTES', 1, 120], ['SECONDS', 1, 120]),
    failure: Type.Object({
      count: FailureCount,
      /** 0 = no cool-down. */
      coolDown: durationIn(['MINUTES', 0, 30], ['SECONDS', 0, 1800]),
    }),
    otpLength: Type.Optional(Type.Integer({ minimum: 6, maximum: 10 })),
  }),
});

/** `mobile.otp` (`30` §1.3.2). The reference gives no range for the step; an hour is more than anyone means. */
export const MobileOtp = Type.Object({
  failure: Type.Object({ count: FailureCount, coolDown: DeviceCoolDown }),
  window: Type.Optional(Type.Object({ stepSize: Type.Optional(durationIn(['MINUTES', 1, 60], ['SECONDS', 1, 3600])) })),
});

/** `totp` (`30` §1.3.4). */
export const TotpSection = Type.Object({
  enabled: Type.Boolean(),
  pairingDisabled: PairingDisabled,
  promptForNicknameOnPairing: Prompt,
  otp: Type.Object({ failure: Type.Object({ count: FailureCount, coolDown: AuthenticatorCoolDown }) }),
  passcodeGracePeriod: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
  uriParameters: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** `fido2` (`30` §1.3.5). */
export const Fido2Section = Type.Object({
  enabled: Type.Boolean(),
  pairingDisabled: PairingDisabled,
  promptForNicknameOnPairing: Prompt,
  failure: Type.Optional(Type.Object({ count: Type.Optional(FailureCount), coolDown: Type.Optional(DeviceCoolDown) })),
  fido2PolicyId: Type.Optional(Reference),
});

/** The reference says ranges and defaults for these three, not what is required: only `enabled` is (`30` §1.3.6). */
const TokenOtp = Type.Optional(
  Type.Object({
    failure: Type.Optional(
      Type.Object({ count: Type.Optional(FailureCount), coolDown: Type.Optional(AuthenticatorCoolDown) }),
    ),
  }),
);

/** `oathToken` and `yubikey`: a pairing key lifetime, if sent, is not honoured and counts as unknown (`30` §1.3.6). */
export const TokenSection = Type.Object({
  enabled: Type.Boolean(),
  pairingDisabled: PairingDisabled,
  promptForNicknameOnPairing: Prompt,
  otp: TokenOtp,
});

/** 1 minute to 48 hours (`30` §1.3.3, §1.3.6). */
export const PairingKeyLifetime = durationIn(['MINUTES', 1, 2880], ['HOURS', 1, 48]);

/** `desktop` (`30` §1.3.6). */
export const DesktopSection = Type.Object({
  enabled: Type.Boolean(),
  pairingDisabled: PairingDisabled,
  promptForNicknameOnPairing: Prompt,
  otp: TokenOtp,
  pairingKeyLifetime: Type.Optional(PairingKeyLifetime),
});
