import { oneOf } from '../../kernel/document-schema.js';
import { Type } from '../../kernel/json-schema.js';
import { Sender } from '../notifications/senders.js';
import { Locale } from './languages.js';

/** Members that every content has (wire: `30` §9.3). */
const common = { locale: Locale, variant: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) };

/** Bytes of a mail's text, near enough in characters (`30` §9.3). */
export const LONGEST_MAIL = 102_400;

/** The writable members of a content, by how it is delivered (wire: `30` §9.3). */
export const TemplateContentDocument = Type.Union([
  Type.Object({
    deliveryMethod: Type.Literal('Email'),
    ...common,
    body: Type.String({ minLength: 1, maxLength: LONGEST_MAIL }),
    subject: Type.Optional(Type.String({ maxLength: 256 })),
    from: Type.Optional(Sender),
    replyTo: Type.Optional(Sender),
    charset: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    emailContentType: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  }),
  Type.Object({
    deliveryMethod: Type.Literal('SMS'),
    ...common,
    content: Type.String({ minLength: 1, maxLength: 660 }),
    sender: Type.Optional(Type.String({ maxLength: 11, pattern: '^[A-Za-z0-9 ]+$' })),
    twilioVerifyTemplate: Type.Optional(
      Type.Object({
        id: Type.Optional(Type.String({ maxLength: 64 })),
        locale: Type.Optional(Type.String({ maxLength: 35 })),
      }),
    ),
  }),
  Type.Object({
    deliveryMethod: Type.Literal('Push'),
    ...common,
    title: Type.String({ minLength: 1, maxLength: 200 }),
    body: Type.String({ minLength: 1, maxLength: 400 }),
    pushCategory: Type.Optional(oneOf('BANNER_BUTTONS', 'WITHOUT_BANNER_BUTTONS', 'APPROVE_AND_OPEN_APP')),
  }),
  Type.Object({
    deliveryMethod: Type.Literal('Voice'),
    ...common,
    content: Type.String({ minLength: 1, maxLength: 1_024 }),
    voice: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  }),
  Type.Object({
    deliveryMethod: Type.Literal('WhatsApp'),
    ...common,
    content: Type.String({ minLength: 1, maxLength: 1_024 }),
  }),
]);
