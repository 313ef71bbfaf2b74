import { isJsonObject, type JsonObject } from '../kernel/json.js';
import type { Channel, MessageContent, TemplateName, Words } from './message.js';

/** Channels for which a template has a predefined content (wire: `30` §9.2). */
const CHANNELS_OF: Record<TemplateName, readonly Channel[]> = {
  strong_authentication: ['SMS', 'EMAIL', 'VOICE', 'WHATSAPP'],
  device_pairing: ['SMS', 'EMAIL', 'VOICE', 'WHATSAPP'],
  transaction: ['SMS', 'EMAIL', 'VOICE'],
  email_verification_admin: ['EMAIL'],
  verification_code_template: ['EMAIL'],
  recovery_code_template: ['EMAIL'],
};

/** Variables that the server fills; a request's own variables never replace them (`10` §13A). Compared in lower case. */
export const RESERVED_VARIABLES: readonly string[] = [
  'otp',
  'code.value',
  'user.username',
  'user.name.given',
  'user.name.family',
  'current-year',
];

/**
 * Whether there is something to say. A named variant that does not exist is an error, never the content without variant
 * (`10` §13A, `30` §9.5); contents of the environment's own come first (`ownWords`), and the server's have no variants.
 */
export function hasContent(template: TemplateName, channel: Channel, variant: string | undefined): boolean {
  return variant === undefined && CHANNELS_OF[template].includes(channel);
}

/** What a message is made of. */
export interface ContentRequest {
  readonly to: string;
  readonly extension?: string | undefined;
  readonly template: TemplateName;
  readonly requestedLocale?: string | undefined;
  /** The recipient; a `User` fits. */
  readonly user: { readonly username: string; readonly profile: JsonObject };
  readonly otp: string;
  readonly words?: Words | undefined;
  /** The request's own variables. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

/** The content of an outbox row: everything that rendering needs, so that it reads nothing else later. */
export function composeContent(request: ContentRequest): MessageContent {
  const { to, extension, template, requestedLocale, user, otp, words } = request;
  return {
    to,
    ...(extension === undefined ? {} : { extension }),
    template,
    locales: preferencesOf(requestedLocale, user),
    otp,
    ...(words ? { words } : {}),
    variables: { ...dynamicVariables(request.variables ?? {}), ...userVariables(user) },
  };
}

/** The requested locale, then the user's own language. */
export function preferencesOf(
  requestedLocale: string | undefined,
  { profile }: ContentRequest['user'],
): readonly string[] {
  return [requestedLocale, profile['preferredLanguage']].filter((locale) => typeof locale === 'string');
}

/** Names in lower case: `${Amount}` and `${amount}` are one variable (`30` §9.2). */
function dynamicVariables(variables: Readonly<Record<string, string>>): Record<string, string> {
  const named = Object.entries(variables).map(([name, value]) => [name.toLowerCase(), value] as const);
  return Object.fromEntries(named.filter(([name]) => !RESERVED_VARIABLES.includes(name)));
}

function userVariables(user: ContentRequest['user']): Record<string, string> {
  const name = isJsonObject(user.profile['name']) ? user.profile['name'] : {};
  const { given, family } = name;
  return {
    'user.username': user.username,
    ...(typeof given === 'string' ? { 'user.name.given': given } : {}),
    ...(typeof family === 'string' ? { 'user.name.family': family } : {}),
  };
}
