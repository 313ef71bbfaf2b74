import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import { accept, reject } from '../../kernel/outcome.js';
import { accountLockEpoch } from '../../platform/users/account.js';
import type { Decision } from '../../storage/port.js';
import type { Device } from '../model.js';
import { judgeToken, resynchronise } from '../oath/passcode.js';
import { type OathToken, serialKey } from '../oath/token.js';
import type { PasscodeContext, PasscodeKind, PasscodeVerdict } from './kind.js';
import { notOfLength, type Pairing, required } from './pairing.js';

/** Wire: `20` §9.1. */
export const SERIAL_NUMBER = Type.String({ minLength: 1, maxLength: 50, pattern: '^[A-Za-z0-9]*$' });

const pairing: Pairing = {
  statuses: { admin: ['ACTIVATION_REQUIRED', 'ACTIVE'], self: ['ACTIVATION_REQUIRED'] },
  sends: false,
  onceMembers: {},
  proof: { otp: Type.String({ pattern: '^[0-9]{6,10}$' }), oathResync: Type.Optional(Type.Boolean()) },

  begin: (device, { policyId }, { factors }) =>
    accept({ device: { ...device, activation: { policyId, accountEpoch: accountLockEpoch(factors) } }, once: {} }),

  judge(device, { otp, oathResync }, { now, open, tokens }) {
    if (typeof otp !== 'string') return required('otp');
    const found = tokenOf(device, tokens);
    if (found.kind !== 'token') return found;
    const { token } = found;
    if (otp.length !== token.otpLength) return notOfLength('otp', token.otpLength);
    const secret = open(token.secret);
    const verdict = judgeToken(token, otp, secret, now);
    if (verdict.kind !== 'right' && oathResync === true)
      return resynced(resynchronise(token, [otp], secret, now), token);
    return resynced(verdict, token);
  },
};

/** A hardware token (`20` §9, `10` §10.3). What it shares with the server is kept with the token, not with the device. */
export const oathToken = {
  challenge: 'passcode',
  method: 'oathToken',
  displayName: 'OATH Token',
  authenticators: ['mfa', 'otp'],
  contactField: 'serialNumber',
  allowsTestMode: false,
  allowsExtension: false,
  members: { serialNumber: SERIAL_NUMBER },
  parseMembers: ({ serialNumber }) =>
    typeof serialNumber === 'string'
      ? accept({ lookup: `oath ${serialKey(serialNumber)}`, serialNumber, details: { serialNumber } })
      : reject([{ problem: 'required', target: 'serialNumber' }]),
  pairing,
  flowMembers: ({ details }): JsonObject => ({
    tokenType: details['tokenType'] ?? '',
    serialNumber: `*******${String(details['serialNumber']).slice(-4)}`,
  }),
  flowSchema: { tokenType: Type.String(), serialNumber: Type.String() },
  managedMembers: ({ details }): JsonObject => ({
    serialNumber: details['serialNumber'] ?? '',
    tokenType: details['tokenType'] ?? '',
  }),
  managedSchema: { serialNumber: Type.String(), tokenType: Type.String() },
  judgePasscode,
} as const satisfies PasscodeKind;

function judgePasscode(
  device: Device,
  passcode: string,
  _secret: () => string,
  { now, tokens, open }: PasscodeContext,
): PasscodeVerdict {
  const found = tokenOf(device, tokens);
  if (found.kind === 'dead') return { kind: 'wrong', replayed: false };
  if (found.kind === 'needs') return found;
  const { token } = found;
  if (passcode.length !== token.otpLength) return { kind: 'malformed', length: token.otpLength };
  const verdict = judgeToken(token, passcode, open(token.secret), now);
  if (verdict.kind === 'right') return { kind: 'right', device, writes: [update(verdict.token)] };
  return { kind: 'wrong', replayed: verdict.kind === 'wrong' && verdict.replayed, writes: [expect(token)] };
}

/** The device's token, once it is loaded: only a load can tell which it is. `dead`: it was revoked. */
function tokenOf(
  { details }: Device,
  tokens: readonly OathToken[] | undefined,
):
  | { readonly kind: 'token'; readonly token: OathToken }
  | { readonly kind: 'needs'; readonly needs: NonNullable<Decision<never>['needs']> }
  | { readonly kind: 'dead' } {
  const { serialNumber } = details;
  if (typeof serialNumber !== 'string') return { kind: 'dead' };
  if (!tokens) return { kind: 'needs', needs: { oathTokens: [{ serialNumber }] } };
  const token = tokens.find((one) => one.serialNumber === serialNumber);
  return token ? { kind: 'token', token } : { kind: 'dead' };
}

const update = (value: OathToken) => ({ kind: 'update', entity: 'oathToken', value }) as const;
const expect = (value: OathToken) => ({ kind: 'expect', entity: 'oathToken', value }) as const;

/** As a pairing's verdict, with the guard on the token that it rests on (SEC-10). */
function resynced(verdict: ReturnType<typeof judgeToken>, token: OathToken): ReturnType<Pairing['judge']> {
  return verdict.kind === 'wrong'
    ? { ...verdict, writes: [expect(token)] }
    : { kind: verdict.kind, writes: [update(verdict.token)] };
}
