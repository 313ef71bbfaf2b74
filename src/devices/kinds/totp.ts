import { minutes } from '../../kernel/duration.js';
import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { accept } from '../../kernel/outcome.js';
import { Redacted } from '../../kernel/sealed.js';
import { fromBase32, toBase32 } from '../../otp/base32.js';
import { keyTerms, keyUri } from '../../otp/key-uri.js';
import { DEFAULT_PERIOD, judgeTotp, type TotpKey } from '../../otp/totp.js';
import { accountLockEpoch } from '../../platform/users/account.js';
import type { Device } from '../model.js';
import type { PasscodeContext, PasscodeKind, PasscodeVerdict } from './kind.js';
import { notOfLength, type Pairing, required } from './pairing.js';

/** 160 bits (RFC 4226 §4 R6; SEC-21). */
const SECRET_BYTES = 20;
/** After it the secret activates no more (`20` §7). */
const PAIRING_WINDOW = minutes(30);

const pairing: Pairing = {
  statuses: { admin: ['ACTIVATION_REQUIRED'], self: ['ACTIVATION_REQUIRED'] },
  sends: false,
  onceMembers: {
    secret: Type.String(),
    keyUri: Type.String(),
    properties: Type.Object({ secret: Type.String(), keyUri: Type.String() }),
  },
  proof: { otp: Type.String({ pattern: '^[0-9]{6,10}$' }) },

  begin(device, { policyId }, { user, factors, policy }, { bytes }) {
    const { uriParameters } = policy.methods.totp;
    const secret = toBase32(bytes.subarray(0, SECRET_BYTES));
    const uri = keyUri(user.username, secret, uriParameters);
    return accept({
      device: {
        ...device,
        secret: new Redacted(secret),
        // As the app was told, whatever the policy says later.
        details: { ...device.details, ...keyTerms(uriParameters) },
        activation: { policyId, accountEpoch: accountLockEpoch(factors) },
      },
      // In both places until a trace of the real service says which (`20` §7).
      once: { secret, keyUri: uri, properties: { secret, keyUri: uri } },
    });
  },

  judge(device, { otp }, context) {
    if (otp === undefined) return required('otp');
    if (context.now > device.createdAt + PAIRING_WINDOW || !device.secret) return { kind: 'dead' };
    const { secret } = device;
    const { open, policy } = context;
    const verdict = judgePasscode(device, String(otp), () => open(secret), { ...context, methods: policy.methods });
    return verdict.kind === 'malformed' ? notOfLength('otp', verdict.length) : verdict;
  },
};

/** An authenticator app (`20` §7, `10` §10). The secret is the Base32 text that the app was given. */
export const totp = {
  challenge: 'passcode',
  method: 'totp',
  displayName: 'Authenticator App',
  authenticators: ['mfa', 'otp'],
  allowsTestMode: false,
  allowsExtension: false,
  members: {},
  parseMembers: () => accept({ details: {} }),
  pairing,
  flowMembers: (): JsonObject => ({}),
  flowSchema: {},
  managedMembers: (): JsonObject => ({}),
  managedSchema: {},
  judgePasscode,
} as const satisfies PasscodeKind;

function judgePasscode(
  device: Device,
  passcode: string,
  secret: () => string,
  { now, methods, widestWindow = Number.POSITIVE_INFINITY }: PasscodeContext,
): PasscodeVerdict {
  const key = keyOf(device, secret);
  if (passcode.length !== key.digits) return { kind: 'malformed', length: key.digits };
  // The policy counts windows of 30 seconds (`30` §1.3.4), whatever the steps of this app.
  const asked = Math.min(methods.totp.gracePeriod, widestWindow);
  const window = Math.max(1, Math.floor((asked * DEFAULT_PERIOD) / key.period));
  const { lastStep } = device;
  const match = judgeTotp(key, passcode, { now, window, ...(lastStep === undefined ? {} : { lastStep }) });
  return match.kind === 'right' ? { kind: 'right', device: { ...device, lastStep: match.counter } } : match;
}

function keyOf(device: Device, secret: () => string): TotpKey {
  const bytes = fromBase32(secret());
  if (!bytes) throw new TypeError(`device ${device.id} has a secret that is no Base32`);
  const { algorithm, digits, period } = device.details;
  return {
    secret: bytes,
    ...keyTerms({ algorithm: String(algorithm), digits: String(digits), period: String(period) }),
  };
}
