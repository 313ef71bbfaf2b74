import { parsePhone } from '../../devices/sending/contact.js';
import type { Instant } from '../../kernel/clock.js';
import { escapeHtml } from '../../kernel/html.js';
import type { Outgoing } from '../gateway.js';

/** Bounds of `ValidityPeriod` in seconds (https://www.twilio.com/docs/api/errors/90007). */
const MIN_VALIDITY = 1;
const MAX_VALIDITY = 36_000;

/** The request's parameters; `undefined` when the recipient is no phone number, so that nothing else reaches the provider (SEC-63). */
export function twilioForm(
  message: Outgoing,
  from: string,
  whatsAppContentSid: string | undefined,
  now: Instant,
): URLSearchParams | undefined {
  const to = parsePhone(message.to);
  if (!to) return undefined;
  switch (message.channel) {
    case 'VOICE':
      return new URLSearchParams({
        To: to,
        From: from,
        Twiml: twiml(message.text, message.voice),
        ...sendDigits(message.extension),
      });
    case 'WHATSAPP':
      return new URLSearchParams({
        To: `whatsapp:${to}`,
        From: `whatsapp:${from}`,
        ...whatsAppBody(message, whatsAppContentSid),
        ...validity(message, now),
      });
    default:
      return new URLSearchParams({
        To: to,
        ...smsSender(from, to, message.sender),
        Body: message.text,
        ...validity(message, now),
      });
  }
}

/**
 * A sender id of the environment's own takes the place of the number, but not in North America, where none is delivered; it needs a letter
 * (https://www.twilio.com/docs/glossary/what-alphanumeric-sender-id). A messaging service is named by its SID and picks the number itself.
 */
function smsSender(from: string, to: string, sender: string | undefined): Record<string, string> {
  if (sender !== undefined && SENDER_ID.test(sender) && !to.startsWith('+1')) return { From: sender };
  return from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
}

/** WhatsApp delivers free text only within 24 hours of the recipient's own message; anything else needs an approved template. */
function whatsAppBody(message: Outgoing, contentSid: string | undefined): Record<string, string> {
  return contentSid === undefined
    ? { Body: message.text }
    : { ContentSid: contentSid, ContentVariables: JSON.stringify({ '1': message.otp }) };
}

/** The provider must not send from its queue what has expired (SEC-80). */
function validity(message: Outgoing, now: Instant): Record<string, string> {
  const left = Math.floor((message.deadline - now) / 1000);
  return { ValidityPeriod: String(Math.min(MAX_VALIDITY, Math.max(MIN_VALIDITY, left))) };
}

/** Up to eleven letters, digits and blanks, a letter among them. */
const SENDER_ID = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/;
/** Voices that the provider has; another one would be an error of the call (https://www.twilio.com/docs/voice/twiml/say). */
const VOICE = /^(?:man|woman|alice|(?:Polly|Google)\.[A-Za-z0-9-]{1,50})$/i;

/** What is spoken, as TwiML (SEC-62: escaped for XML), in a voice of the environment's choice if there is such a one. */
function twiml(text: string, voice: string | undefined): string {
  const attribute = voice !== undefined && VOICE.test(voice) ? ` voice="${spelled(voice)}"` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><Response><Say${attribute}>${escapeHtml(text)}</Say></Response>`;
}

/** The voices without a dot are written in lower case there. */
const spelled = (voice: string): string => (voice.includes('.') ? voice : voice.toLowerCase());

/** `,` is a pause here and `w`, half a second, there (https://www.twilio.com/docs/api/errors/21206). */
function sendDigits(extension: string | undefined): Record<string, string> {
  return extension === undefined ? {} : { SendDigits: extension.replaceAll(',', 'w').replace(/[^0-9*#w]/g, '') };
}
