/** Managed resources, as the reference's vocabulary names them: each is created, updated and deleted (wire: `00` §11.4, `30` §11). */
const NOUNS = [
  'ACTION',
  'ALERT_CHANNEL',
  'APPLICATION',
  'BRANDING_SETTINGS',
  'CERTIFICATE',
  'CONTENT',
  'DEVICE_AUTHENTICATION_POLICY',
  'EMAIL_DELIVERY_SETTINGS',
  'EMAIL_DOMAIN',
  'ENVIRONMENT',
  'FIDO_METADATA',
  'FIDO_POLICY',
  'GATEWAY',
  'GRANT',
  'GROUP',
  'IDENTITY_PROVIDER',
  'IDENTITY_PROVIDER_ATTRIBUTE',
  'IMAGE',
  'KEY',
  'KEY_ROTATION_POLICY',
  'LANGUAGE',
  'MFA_SETTINGS',
  'NOTIFICATION_POLICY',
  'NOTIFICATIONS_SETTINGS',
  'PASSWORD_POLICY',
  'PHONE_DELIVERY_SETTINGS',
  'POLICY',
  'POPULATION',
  'PUSH_CREDENTIALS',
  'RESOURCE',
  'RESOURCE_ATTRIBUTE',
  'ROLE_ASSIGNMENT',
  'SCOPE',
  'SIGN_ON_POLICY_ASSIGNMENT',
  'SUBSCRIPTION',
  'THEME',
  'TRUSTED_EMAIL',
] as const;
const CHANGES = ['CREATED', 'UPDATED', 'DELETED'] as const;
export type Noun = (typeof NOUNS)[number];
type ManagedAction = `${Noun}.${(typeof CHANGES)[number]}`;

/**
 * What else can stand in the audit trail. All but the last fifteen are names of the reference's vocabulary (wire: `10` §16, `20` §18.2,
 * `00` §11.4); those fifteen it has no word for, and activities leave them out unless they are asked for by name.
 */
const ACTIONS = {
  'ASSERTION.CHECK_FAILED': 'FAILURE',
  'ASSERTION.CHECK_SUCCESS': 'SUCCESS',
  'AUTHENTICATION.CREATED': 'SUCCESS',
  'AUTHENTICATION.UPDATED': 'SUCCESS',
  'DEVICE.ACTIVATED': 'SUCCESS',
  'DEVICE.ACTIVATION_FAILED': 'FAILURE',
  'DEVICE.ACTIVATION_OTP_FAILED': 'FAILURE',
  'DEVICE.ACTIVATION_OTP_INVALID': 'FAILURE',
  'DEVICE.BLOCKED': 'SUCCESS',
  'DEVICE.CREATED': 'SUCCESS',
  'DEVICE.DELETED': 'SUCCESS',
  'DEVICE.LOCKED': 'SUCCESS',
  'DEVICE.NICKNAME_UPDATED': 'SUCCESS',
  'DEVICE.PAIRING_FAILED_COMPROMISED': 'FAILURE',
  'DEVICE.UNBLOCKED': 'SUCCESS',
  'DEVICE.UNLOCKED': 'SUCCESS',
  'DEVICE.WEBAUTHN_UPDATED': 'SUCCESS',
  'DEVICE_PAYLOAD.CHECK_INVALID': 'FAILURE',
  'DEVICE_PAYLOAD.CHECK_SUCCESS': 'SUCCESS',
  'DEVICES.ORDER_CREATED': 'SUCCESS',
  'DEVICES.ORDER_DELETED': 'SUCCESS',
  'DEVICES.ORDER_UPDATED': 'SUCCESS',
  'NOTIFICATION.CREATED': 'SUCCESS',
  'NOTIFICATION.REJECTED': 'FAILURE',
  'NOTIFICATION.UPDATED': 'SUCCESS',
  'OTP.CHECK_FAILED': 'FAILURE',
  'OTP.CHECK_INVALID': 'FAILURE',
  'OTP.CHECK_SUCCESS': 'SUCCESS',
  'PASSWORD.CHECK_FAILED': 'FAILURE',
  'PASSWORD.CHECK_SUCCEEDED': 'SUCCESS',
  'PASSWORD.FORCE_CHANGE': 'SUCCESS',
  'PASSWORD.RECOVERY': 'SUCCESS',
  'PASSWORD.RESET': 'SUCCESS',
  'PASSWORD.SET': 'SUCCESS',
  'PASSWORD.UNLOCKED': 'SUCCESS',
  'SECRET.READ': 'SUCCESS',
  'SECRET.UPDATED': 'SUCCESS',
  'SESSION.BROWSER_TRUST_ESTABLISHED': 'SUCCESS',
  'TRUSTED_EMAIL.ACTIVE': 'SUCCESS',
  'TRUSTED_EMAIL.SEND_CODE': 'SUCCESS',
  'USER.CREATED': 'SUCCESS',
  'USER.DELETED': 'SUCCESS',
  'USER.LOCKED': 'SUCCESS',
  'USER.MOVED': 'SUCCESS',
  'USER.UNLOCKED': 'SUCCESS',
  'USER.UPDATED': 'SUCCESS',
  /** An administrator has ended the failures of a one-time contact (SEC-14). */
  'CONTACT.UNLOCKED': 'SUCCESS',
  /** Hardware tokens (`20` §18.2: to be recorded, and no event of the reference's). */
  'OATH_TOKEN.CREATED': 'SUCCESS',
  'OATH_TOKEN.RESYNCHRONISED': 'SUCCESS',
  'OATH_TOKEN.REVOKED': 'SUCCESS',
  /** An extension of this server's own (decision 16). */
  'RECOVERY_CODE.CHECK_FAILED': 'FAILURE',
  'RECOVERY_CODE.CHECK_SUCCESS': 'SUCCESS',
  'RECOVERY_CODES.CREATED': 'SUCCESS',
  'RECOVERY_CODES.DELETED': 'SUCCESS',
  /** An access token is good for nothing before its time (RFC 7009). */
  'TOKEN.REVOKED': 'SUCCESS',
  /** A licence has another name. */
  'LICENSE.UPDATED': 'SUCCESS',
  /** No number of a block is sent to for a while (SEC-38). */
  'NOTIFICATION.PREFIX_STOPPED': 'FAILURE',
  /** More failed checks in 30 days than a user makes by mistake (SEC-19). */
  'USER.FAILURES_EXCEEDED': 'FAILURE',
  /** A sealed value that does not open: altered or moved in the database (SEC-66). */
  'SEALED_VALUE.REFUSED': 'FAILURE',
  /** A refusal that changed nothing: whom, what for and how often (SEC-72). */
  'REQUEST.REFUSED': 'FAILURE',
  /** Found by the sealer: a row of the tail that is not as it was written (SEC-73). */
  'AUDIT.TAIL_ALTERED': 'FAILURE',
} as const satisfies Record<string, 'SUCCESS' | 'FAILURE'>;

export type ActionType = keyof typeof ACTIONS | ManagedAction;

const RESULTS: ReadonlyMap<string, 'SUCCESS' | 'FAILURE'> = new Map<string, 'SUCCESS' | 'FAILURE'>([
  ...Object.entries(ACTIONS),
  ...NOUNS.flatMap((noun) => CHANGES.map((change) => [`${noun}.${change}`, 'SUCCESS'] as const)),
]);

/** Types that no reference knows. */
const INTERNAL: ReadonlySet<string> = new Set<ActionType>([
  'CONTACT.UNLOCKED',
  'LICENSE.UPDATED',
  'OATH_TOKEN.CREATED',
  'OATH_TOKEN.RESYNCHRONISED',
  'OATH_TOKEN.REVOKED',
  'RECOVERY_CODE.CHECK_FAILED',
  'RECOVERY_CODE.CHECK_SUCCESS',
  'RECOVERY_CODES.CREATED',
  'RECOVERY_CODES.DELETED',
  'TOKEN.REVOKED',
  'NOTIFICATION.PREFIX_STOPPED',
  'USER.FAILURES_EXCEEDED',
  'SEALED_VALUE.REFUSED',
  'REQUEST.REFUSED',
  'AUDIT.TAIL_ALTERED',
]);

export const ACTION_TYPES: readonly string[] = [...RESULTS.keys()];

export function isActionType(text: string): text is ActionType {
  return RESULTS.has(text);
}

export function isInternal(type: ActionType): boolean {
  return INTERNAL.has(type);
}

/** `result.status` of an activity (wire: `00` §11.3). */
export function resultOf(type: ActionType): 'SUCCESS' | 'FAILURE' {
  return RESULTS.get(type) ?? 'SUCCESS';
}

const ACRONYMS: ReadonlySet<string> = new Set(['OTP', 'MFA']);

/** `action.description` in the reference's manner: `DEVICE.CREATED` → `Device Created` (wire: `00` §11.3). */
export function describeAction(type: ActionType): string {
  return type
    .split(/[._]/)
    .map((word) => (ACRONYMS.has(word) ? word : `${word[0]}${word.slice(1).toLowerCase()}`))
    .join(' ');
}
