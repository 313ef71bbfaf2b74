import type { Channel, MailAddress, Origin, TemplateName, Words } from '../../delivery/message.js';
import type { OwnContent, OwnContents } from '../../delivery/own-contents.js';
import type { Uuid } from '../../kernel/ids.js';
import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.js';
import type { StoredDocument } from '../../platform/model.js';
import { FIRST_LOCALE } from './languages.js';
import { formOf } from './template-contents.js';

const CHANNELS: Readonly<Record<string, Channel>> = {
  SMS: 'SMS',
  Email: 'EMAIL',
  Voice: 'VOICE',
  WhatsApp: 'WHATSAPP',
};
/** Templates that messages with codes are made of: contents of others need not be at hand for a decision. */
export const SENT_TEMPLATES: readonly TemplateName[] = [
  'strong_authentication',
  'transaction',
  'device_pairing',
  'email_verification_admin',
  'verification_code_template',
  'recovery_code_template',
];

/** The texts of an environment's own that messages with codes are made of; `undefined`: there are none (`30` §9.5). */
export function sentContents(documents: readonly StoredDocument[]): OwnContents | undefined {
  const all = documents.filter(({ kind }) => kind === 'templateContent').flatMap(ownContent);
  if (all.length === 0) return undefined;
  const spoken = documents.find(({ kind, body }) => kind === 'language' && body['default'] === true);
  return {
    defaultLocale: formOf(spoken?.body['locale'] ?? FIRST_LOCALE),
    populationLocales: new Map(documents.filter(({ kind }) => kind === 'population').flatMap(spokenIn)),
    all,
  };
}

function spokenIn({ id, body }: StoredDocument): readonly (readonly [Uuid, string])[] {
  const { preferredLanguage } = body;
  return typeof preferredLanguage === 'string' ? [[id, preferredLanguage]] : [];
}

function ownContent({ parent, body }: StoredDocument): readonly OwnContent[] {
  const template = SENT_TEMPLATES.find((name) => name === parent);
  const channel = CHANNELS[String(body['deliveryMethod'])];
  if (!template || !channel) return [];
  const { locale, variant } = body;
  return [
    {
      template,
      channel,
      locale: formOf(locale),
      ...(variant === undefined ? {} : { variant: String(variant).toLowerCase() }),
      words: wordsOf(body, channel),
    },
  ];
}

function wordsOf(stored: JsonObject, channel: Channel): Words {
  const { content, body, subject, emailContentType } = stored;
  if (channel !== 'EMAIL') return { text: String(content), isHtml: false, ...originOf(stored) };
  return {
    ...originOf(stored),
    text: String(body),
    ...(typeof subject === 'string' ? { subject } : {}),
    // HTML unless it is said to be something else (`30` §9.3).
    isHtml: emailContentType === undefined || String(emailContentType).toLowerCase().startsWith('text/html'),
  };
}

/** `30` §9.3; each member is on contents of one delivery method only. */
function originOf({ from, replyTo, charset, sender, voice }: JsonObject): Origin {
  return {
    ...(from === undefined ? {} : { from: addressOf(from) }),
    ...(replyTo === undefined ? {} : { replyTo: addressOf(replyTo) }),
    ...(typeof charset === 'string' ? { charset } : {}),
    ...(typeof sender === 'string' ? { sender } : {}),
    ...(typeof voice === 'string' ? { voice } : {}),
  };
}

function addressOf(value: Json): MailAddress {
  const { name, address } = isJsonObject(value) ? value : {};
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof address === 'string' ? { address } : {}),
  };
}
