import type { Channel } from '../../delivery/message.js';
import type { Millis } from '../../kernel/clock.js';
import { toMillis } from '../../kernel/duration.js';
import type { Configuration, DeviceAuthenticationPolicy, PolicyId } from '../model.js';
import type { NotificationsPolicyDocument } from './notifications-policy.js';

/** Messages of a day (UTC): all of them, or those whose code was used and those whose code was not, apart (`30` §5.2). */
export type QuotaLimit =
  | { readonly kind: 'total'; readonly total: number }
  | { readonly kind: 'parts'; readonly claimed: number; readonly unclaimed: number };

export interface Quota {
  readonly scope: 'USER' | 'ENVIRONMENT';
  /** The delivery methods that share it, in one order: the name of its budget. */
  readonly methods: string;
  readonly limit: QuotaLimit;
}

/** Countries (ISO 3166-1 alpha-2) that alone are sent to, or that are not. */
export interface CountryRule {
  readonly type: 'ALLOWED' | 'DENIED';
  readonly countries: ReadonlySet<string>;
}

/** How soon the same contact is sent to again (`30` §5.2, `10` §9.5). */
export interface ResendRules {
  /** Before the first resend, the second, and every later one. */
  readonly waits: readonly Millis[];
  /** Resends, after which nothing is sent for half an hour. */
  readonly limit: number;
  /** Counted by user and contact; otherwise by contact, whoever the user is. */
  readonly perUser: boolean;
}

/** What a notification policy says of messages by one channel; each member is absent where it limits nothing. */
export interface ChannelRules {
  readonly quota?: Quota;
  readonly countries?: CountryRule;
  readonly resends?: ResendRules;
}

/** By channel; a channel that nothing limits is absent. */
export type SendRules = Readonly<Partial<Record<Channel, ChannelRules>>>;

/** A channel's names in a notification policy. */
const NAMES = [
  ['SMS', 'sms', 'SMS'],
  ['VOICE', 'voice', 'Voice'],
  ['EMAIL', 'email', 'Email'],
  ['WHATSAPP', 'whatsApp', 'WhatsApp'],
] as const;

/** What a notification policy means at run time (`30` §5.4). Countries limit text messages and calls alone, as the reference has it. */
export function sendRulesOf(document: NotificationsPolicyDocument): SendRules {
  const rules = NAMES.map(([channel, section, method]) => {
    const quota = quotaOf(document, method);
    const countries = countriesOf(document, method);
    const resends = resendsOf(document, section);
    const limited = {
      ...(quota ? { quota } : {}),
      ...(countries ? { countries } : {}),
      ...(resends ? { resends } : {}),
    };
    return [channel, limited] as const;
  });
  return Object.fromEntries(rules.filter(([, limited]) => Object.keys(limited).length > 0));
}

/**
 * The rules in force: of the notification policy that the request names, else of the one that the MFA policy names, else of the
 * environment's default (`10` §4.1). One that is gone is passed over. `undefined`: nothing is limited.
 */
export function sendRulesFor(
  { sendRules, defaultSendRules }: Pick<Configuration, 'sendRules' | 'defaultSendRules'>,
  { notificationsPolicyId }: Pick<DeviceAuthenticationPolicy, 'notificationsPolicyId'>,
  named: PolicyId | undefined,
): SendRules | undefined {
  const ofRequest = named === undefined ? undefined : sendRules.get(named);
  if (ofRequest) return ofRequest;
  const ofPolicy = notificationsPolicyId === undefined ? undefined : sendRules.get(notificationsPolicyId);
  return ofPolicy ?? defaultSendRules;
}

/** Whether a country is sent to. */
export function admits({ type, countries }: CountryRule, country: string): boolean {
  return countries.has(country) === (type === 'ALLOWED');
}

type Method = (typeof NAMES)[number][2];
type Section = (typeof NAMES)[number][1];

function quotaOf({ quotas }: NotificationsPolicyDocument, method: Method): Quota | undefined {
  const found = quotas.find(({ deliveryMethods }) => deliveryMethods.includes(method));
  if (!found) return undefined;
  const { type: scope, deliveryMethods, total, claimed = 0, unclaimed = 0 } = found;
  const limit: QuotaLimit = total === undefined ? { kind: 'parts', claimed, unclaimed } : { kind: 'total', total };
  return { scope, methods: [...new Set(deliveryMethods)].sort().join(','), limit };
}

function countriesOf({ countryLimit }: NotificationsPolicyDocument, method: Method): CountryRule | undefined {
  if (!countryLimit || countryLimit.type === 'NONE') return undefined;
  const { type, countries = [], deliveryMethods = ['SMS', 'Voice'] } = countryLimit;
  return deliveryMethods.some((limited) => limited === method) ? { type, countries: new Set(countries) } : undefined;
}

function resendsOf({ cooldownConfiguration }: NotificationsPolicyDocument, section: Section): ResendRules | undefined {
  const coolDown = cooldownConfiguration?.[section];
  if (!coolDown?.enabled) return undefined;
  const { periods = [], resendLimit = 10, groupBy } = coolDown;
  return { waits: periods.map(toMillis), limit: resendLimit, perUser: groupBy === 'USER_ID' };
}
