import type { Channel, TemplateName } from '../message.js';
import { type EmailText, emailHtml, emailText } from './email-layout.js';

/** The text of one message, with placeholders. */
export interface Content {
  readonly subject?: string;
  readonly text: string;
  /** E-mail only. */
  readonly html?: string;
}

/** The predefined contents of one language; a template without an entry for a channel has none (`30` §9.2). */
export type Contents = Readonly<Record<TemplateName, Readonly<Partial<Record<Channel, Content>>>>>;

/** A line to read and the same line to be spoken: twice, because nobody has a pen at once. */
function phoneContents(line: string): Record<'SMS' | 'VOICE', Content> {
  return {
    SMS: { text: `${line} \${otp}.` },
    VOICE: { text: `Hello. ${line}: \${otp}. Once more. ${line}: \${otp}. Goodbye.` },
  };
}

function emailContent(subject: string, mail: EmailText): Content {
  return { subject, text: emailText(mail), html: emailHtml(mail) };
}

const NEVER_SHARE = 'Never give this code to anyone, even if they ask for it in our name.';

const EN: Contents = {
  strong_authentication: {
    ...phoneContents('Your sign-on code is'),
    WHATSAPP: { text: `Your sign-on code is \${otp}.` },
    EMAIL: emailContent('Your sign-on code', {
      title: 'Your sign-on code',
      lead: `Enter this code to finish signing on as \${user.username}.`,
      notes: ['If you are not signing on right now, ignore this message.', NEVER_SHARE],
    }),
  },
  transaction: {
    ...phoneContents('Your approval code is'),
    EMAIL: emailContent('Your approval code', {
      title: 'Your approval code',
      lead: `Enter this code to approve the transaction of \${user.username}.`,
      notes: ['If you did not start a transaction, do not use it.', NEVER_SHARE],
    }),
  },
  device_pairing: {
    ...phoneContents('Your pairing code is'),
    WHATSAPP: { text: `Your pairing code is \${otp}.` },
    EMAIL: emailContent('Your pairing code', {
      title: 'Your pairing code',
      lead: `Enter this code to add this address as a sign-on method of \${user.username}.`,
      notes: ['If you did not ask for it, ignore this message: nothing will be added.', NEVER_SHARE],
    }),
  },
  email_verification_admin: {
    EMAIL: emailContent('Your verification code', {
      title: 'Your verification code',
      lead: 'Enter this code to let mail be sent in the name of this address.',
      code: 'code',
      notes: ['If you have not been told of it, ignore this message: no mail will bear the address.', NEVER_SHARE],
    }),
  },
  verification_code_template: {
    EMAIL: emailContent('Your verification code', {
      title: 'Your verification code',
      lead: `Enter this code to verify the account \${user.username}.`,
      code: 'code.value',
      notes: ['If you have not been told of an account, ignore this message.', NEVER_SHARE],
    }),
  },
  recovery_code_template: {
    EMAIL: emailContent('Your recovery code', {
      title: 'Your recovery code',
      lead: `Enter this code to choose a new password for \${user.username}.`,
      code: 'code.value',
      notes: ['If you did not ask for it, ignore this message: your password stays as it is.', NEVER_SHARE],
    }),
  },
};

/** Every language there is a text in. */
export const CONTENTS = { en: EN } as const;
export const DEFAULT_LOCALE = 'en';
