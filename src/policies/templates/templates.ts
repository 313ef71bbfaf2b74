import { CONTENTS } from '../../delivery/templates/contents.js';

/** How a content is delivered, as the API says it (wire: `30` §9.3). */
export const DELIVERY_METHODS = ['SMS', 'Email', 'Voice', 'Push', 'WhatsApp'] as const;
export type DeliveryMethod = (typeof DELIVERY_METHODS)[number];

/** A variable of a template; `requiredFor` absent: optional, or required nowhere (wire: `30` §9.1). */
export interface TemplateVariable {
  readonly name: string;
  /** The methods whose contents must have it. */
  readonly requiredFor: readonly DeliveryMethod[];
}

/** What the server can say, and by which ways. Templates are built in: they cannot be made, changed or deleted (wire: `30` §9.1). */
export interface Template {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  readonly deliveryMethods: readonly DeliveryMethod[];
  readonly variables: readonly TemplateVariable[];
  readonly allowDynamicVariables: boolean;
  /** What is said unless an environment has words of its own. */
  readonly text: string;
}

const USER = ['user.username', 'user.name.given', 'user.name.family'];
const OTP = '$' + '{otp}';

function template(
  id: string,
  displayName: string,
  description: string,
  deliveryMethods: readonly DeliveryMethod[],
  text: string,
  {
    required = [],
    optional = [],
    dynamic = false,
  }: { readonly required?: readonly string[]; readonly optional?: readonly string[]; readonly dynamic?: boolean } = {},
): Template {
  // A push shows no code: it is the question itself.
  const requiredFor = deliveryMethods.filter((method) => method !== 'Push');
  return {
    id,
    displayName,
    description,
    deliveryMethods,
    variables: [
      ...required.map((name) => ({ name, requiredFor })),
      ...optional.map((name) => ({ name, requiredFor: [] })),
    ],
    allowDynamicVariables: dynamic,
    text,
  };
}

const CODE = '$' + '{code.value}';
const ALL = [...USER, 'current-year'];

/** Every template there is, in the order of the reference (wire: `30` §9.2). */
export const TEMPLATES: readonly Template[] = [
  template(
    'strong_authentication',
    'Strong Authentication',
    'A code, or a question, to sign on with',
    ['SMS', 'Email', 'Voice', 'Push', 'WhatsApp'],
    `Your sign-on code is ${OTP}.`,
    { required: ['otp'], optional: ALL, dynamic: true },
  ),
  template(
    'device_pairing',
    'Device Pairing',
    'A code to add a sign-on method with',
    ['SMS', 'Email', 'Voice', 'WhatsApp'],
    `Your pairing code is ${OTP}.`,
    { required: ['otp'], optional: ALL, dynamic: true },
  ),
  template(
    'transaction',
    'Transaction Approval',
    'A code, or a question, to approve a transaction with',
    ['SMS', 'Email', 'Voice', 'Push'],
    `Your approval code is ${OTP}.`,
    { required: ['otp'], optional: USER, dynamic: true },
  ),
  template(
    'new_device_paired',
    'New Device Paired',
    'Tells that a sign-on method was added',
    ['SMS', 'Email'],
    'A new sign-on method was added to your account.',
    { optional: ['device.type', 'device.nickname', ...USER] },
  ),
  template('general', 'General', 'Whatever there is to say', ['SMS', 'Email', 'Voice'], 'There is news for you.', {
    dynamic: true,
  }),
  template(
    'email_phone_verification',
    'Email or Phone Verification',
    'A code that shows that an address is its owner’s',
    ['SMS', 'Email'],
    `Your verification code is ${CODE}.`,
    { required: ['code.value'] },
  ),
  template(
    'email_verification_admin',
    'Email Verification for Administrators',
    'A code that shows that a trusted address is an administrator’s',
    ['Email'],
    `Your verification code is ${'$' + '{code}'}.`,
    { required: ['code'] },
  ),
  template(
    'email_verification_user',
    'Email Verification for Users',
    'A code that shows that an address is a user’s',
    ['Email'],
    `Your verification code is ${CODE}.`,
    { required: ['code.value'], optional: USER },
  ),
  template(
    'verification_code_template',
    'Verification Code',
    'A code to verify an account with',
    ['Email'],
    `Your verification code is ${CODE}.`,
    { required: ['code.value'] },
  ),
  template(
    'recovery_code_template',
    'Recovery Code',
    'A code to choose a new password with',
    ['Email', 'SMS'],
    `Your recovery code is ${CODE}.`,
    { required: ['code.value'] },
  ),
  template(
    'id_verification',
    'Identity Verification',
    'A link to the app that verifies an identity',
    ['SMS', 'Email'],
    `Verify your identity: ${'$' + '{app.open.url}'}`,
    { required: ['app.open.url'], optional: USER, dynamic: true },
  ),
  template(
    'digital_wallet_pairing',
    'Digital Wallet Pairing',
    'A link to the app that becomes a wallet',
    ['SMS', 'Email'],
    `Open your wallet: ${'$' + '{app.open.url}'}`,
    { required: ['app.open.url'], optional: USER },
  ),
  ...(['issued', 'revoked', 'updated'] as const).map((done) =>
    template(
      `credential_${done}`,
      `Credential ${done[0]?.toUpperCase()}${done.slice(1)}`,
      `Tells that a credential was ${done}`,
      ['SMS', 'Email', 'Push'],
      `A credential of yours was ${done}.`,
      { optional: ['credential.name', ...USER] },
    ),
  ),
  template(
    'credential_verification',
    'Credential Verification',
    'Asks for a credential',
    ['Push'],
    'A credential of yours is asked for.',
  ),
];

const BY_ID: ReadonlyMap<string, Template> = new Map(TEMPLATES.map((known) => [known.id, known]));

export function templateOf(id: string | undefined): Template | undefined {
  return id === undefined ? undefined : BY_ID.get(id);
}

/** The words that a message has whose content is built in, if it is one that is sent. */
export function sentText(
  id: string,
  channel: 'SMS' | 'VOICE' | 'EMAIL',
): { subject?: string; text: string; html?: string } | undefined {
  const contents: Readonly<
    Record<string, Readonly<Partial<Record<string, { subject?: string; text: string; html?: string }>>>>
  > = CONTENTS.en;
  return contents[id]?.[channel];
}
