import type { OptionValues } from '../../config/option.js';
import type { Clock } from '../../kernel/clock.js';
import { isJsonObject } from '../../kernel/json.js';
import { Redacted } from '../../kernel/sealed.js';
import { type Gateway, type Outgoing, permanent, type SendResult, transient } from '../gateway.js';
import type { Channel } from '../message.js';
import { defineGateway } from './definition.js';
import { type Answer, createPoster, NoAnswer } from './http-post.js';
import { twilioForm } from './twilio-form.js';
import { TWILIO_OPTIONS, twilioProblems } from './twilio-options.js';

/** Requests at once; Twilio answers 429 to accounts with more than they are allowed. */
const CONCURRENCY = 16;

/**
 * Twilio's Programmable Messaging and Voice, API 2010-04-01: text messages, calls, WhatsApp
 * (https://www.twilio.com/docs/messaging/api/message-resource, https://www.twilio.com/docs/voice/api/call-resource).
 *
 * @NOTE These two resources take no idempotency key: when an answer is lost, a second attempt may be a second message. Codes
 * do not change between attempts, so either works.
 */
export const twilio = defineGateway({
  name: 'twilio',
  channels: ['SMS', 'VOICE', 'WHATSAPP'],
  options: TWILIO_OPTIONS,
  check: twilioProblems,
  create(settings, { clock }) {
    const account = settings['twilio-account-sid'];
    const authorization = authorizationOf(settings);
    if (account === undefined || !authorization) return undefined;
    return createTwilio(account, authorization, settings, clock);
  },
});

type Settings = OptionValues<typeof TWILIO_OPTIONS>;

function createTwilio(
  account: string,
  authorization: Redacted<string>,
  settings: Settings,
  clock: Clock,
): Gateway | undefined {
  const senders: Readonly<Partial<Record<Channel, string | undefined>>> = {
    SMS: settings['twilio-sms-from'],
    VOICE: settings['twilio-voice-from'],
    WHATSAPP: settings['twilio-whatsapp-from'],
  };
  const poster = createPoster(CONCURRENCY);
  const base = settings['twilio-base-url'].replace(/\/+$/, '');
  const resource = (name: 'Calls' | 'Messages'): URL => new URL(`${base}/2010-04-01/Accounts/${account}/${name}.json`);
  const [calls, messages] = [resource('Calls'), resource('Messages')];
  return {
    name: 'twilio',
    channels: twilio.channels.filter((channel) => senders[channel] !== undefined),
    concurrency: CONCURRENCY,
    async send(message: Outgoing, signal): Promise<SendResult> {
      const from = senders[message.channel];
      if (from === undefined) return permanent('twilio: no sender for the channel');
      const form = twilioForm(message, from, settings['twilio-whatsapp-content-sid'], clock.now());
      if (!form) return permanent('twilio: not a phone number');
      try {
        const url = message.channel === 'VOICE' ? calls : messages;
        return resultOf(await poster.post(url, form, authorization.reveal(), signal));
      } catch (error) {
        if (error instanceof NoAnswer) return transient(`twilio: ${error.message}`);
        throw error;
      }
    },
    close: () => poster.close(),
  };
}

/** API key if there is one, which can be revoked alone, else the account's own token. */
function authorizationOf(settings: Settings): Redacted<string> | undefined {
  const { 'twilio-account-sid': account, 'twilio-api-key-sid': key } = settings;
  const user = key ?? account;
  const secret = key === undefined ? settings['twilio-auth-token'] : settings['twilio-api-key-secret'];
  if (user === undefined || secret === undefined) return undefined;
  return new Redacted(`Basic ${Buffer.from(`${user}:${secret.reveal()}`).toString('base64')}`);
}

/**
 * 2xx is accepted. 429 and 5xx may pass; every other status is a refusal that a repetition meets again: wrong number,
 * unsubscribed recipient, region not enabled, wrong credentials (https://www.twilio.com/docs/api/errors).
 */
function resultOf({ status, body }: Answer): SendResult {
  const answer = parseAnswer(body);
  if (status >= 200 && status < 300) return { ok: true, receipt: answer.sid ?? 'accepted' };
  const reason = `twilio: ${status}${answer.code === undefined ? '' : ` error ${answer.code}`}`;
  return status === 408 || status === 429 || status >= 500 ? transient(reason) : permanent(reason);
}

/** The two members that are used, checked for their form; the rest repeats the message. */
function parseAnswer(body: string): { readonly sid?: string; readonly code?: number } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return {};
  }
  if (!isJsonObject(value)) return {};
  const { sid, code } = value;
  return {
    ...(typeof sid === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/.test(sid) ? { sid } : {}),
    ...(typeof code === 'number' && Number.isInteger(code) ? { code } : {}),
  };
}
