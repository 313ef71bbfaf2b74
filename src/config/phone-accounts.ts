import { isIP } from 'node:net';
import { isJsonObject, type Json, type JsonObject } from '../kernel/json.js';
import { Redacted } from '../kernel/sealed.js';
import type { NOTIFICATION_OPTIONS } from './notification-options.js';
import type { OptionValues } from './option.js';

/** An account at a phone vendor, with the numbers that the vendor would tell of it (`30` §8.1). */
export interface PhoneAccount {
  readonly provider: 'CUSTOM_TWILIO' | 'CUSTOM_TWILIO_VERIFY' | 'CUSTOM_SYNIVERSE';
  /** Absent at Syniverse. */
  readonly sid?: string;
  readonly authToken: Redacted<string>;
  readonly numbers: readonly PhoneAccountNumber[];
}

export interface PhoneAccountNumber {
  readonly number: string;
  readonly type: 'PHONE_NUMBER' | 'TOLL_FREE' | 'SHORT_CODE';
  readonly capabilities: readonly ('SMS' | 'VOICE')[];
}

/** What the management of notifications is told of the world outside. */
export interface NotificationsConfig {
  /** The address that every environment may send from. */
  readonly senderAddress: string;
  /** What owners of trusted domains publish, so that the mail relay may send for them. */
  readonly spfRecord: string;
  /** Asked for the records of trusted domains; none: those of the system. */
  readonly dnsServers: readonly string[];
  readonly phoneAccounts: readonly PhoneAccount[];
}

type Complain = (name: (typeof NOTIFICATION_OPTIONS)[number]['name'], what: string, remedy: string) => void;

/** The settings of `NOTIFICATION_OPTIONS`; a complaint never repeats a token. */
export function notificationsOf(
  set: OptionValues<typeof NOTIFICATION_OPTIONS>,
  complain: Complain,
): NotificationsConfig {
  const senderAddress = set['sender-address'];
  if (!/^[^\s@]+@[^\s@]+$/.test(senderAddress))
    complain('sender-address', 'must be an e-mail address.', 'Write an address such as noreply@example.org.');
  const accounts = set['phone-accounts'];
  const phoneAccounts = accounts ? accountsIn(accounts.reveal()) : [];
  if (!phoneAccounts)
    complain(
      'phone-accounts',
      'must be a JSON array of accounts with provider, sid, authToken and numbers.',
      'See the example in docs/configuration.md; Syniverse accounts have no sid.',
    );
  const [spfRecord, dnsServers] = [set['spf-record'], set['dns-servers'] ?? []];
  if (!/^v=spf1( [!-~]+)+$/.test(spfRecord))
    complain('spf-record', 'must be an SPF record.', 'Write a record such as v=spf1 include:relay.example.org ~all.');
  if (!dnsServers.every(isServer))
    complain(
      'dns-servers',
      'must be a list of IP addresses.',
      'Write addresses as in 192.0.2.53, 192.0.2.54:5353 or [2001:db8::53]:5353.',
    );
  return { senderAddress, spfRecord, dnsServers, phoneAccounts: phoneAccounts ?? [] };
}

/** An IP address, with or without a port. */
function isServer(text: string): boolean {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = port === undefined ? 53 : Number(port);
  return isIP(bracketed ?? plain ?? text) !== 0 && number >= 1 && number <= 65_535;
}

function accountsIn(text: string): readonly PhoneAccount[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? every(parsed.map(accountIn)) : undefined;
  } catch {
    return undefined;
  }
}

function accountIn(value: Json): PhoneAccount | undefined {
  if (!isJsonObject(value)) return undefined;
  const { sid, authToken, numbers = [] } = value;
  const provider = PROVIDERS.find((known) => known === value['provider']);
  const listed = Array.isArray(numbers) ? every(numbers.map(numberIn)) : undefined;
  if (!provider || !isText(authToken) || !listed || isText(sid) === (provider === 'CUSTOM_SYNIVERSE')) return undefined;
  return { provider, ...(isText(sid) ? { sid } : {}), authToken: new Redacted(authToken), numbers: listed };
}

function numberIn(value: Json): PhoneAccountNumber | undefined {
  if (!isJsonObject(value)) return undefined;
  const { number, capabilities: sent } = value;
  const type = TYPES.find((known) => known === value['type']);
  const capabilities = CAPABILITIES.filter((known) => Array.isArray(sent) && sent.includes(known));
  return isText(number) && type && capabilities.length > 0 ? { number, type, capabilities } : undefined;
}

const PROVIDERS = ['CUSTOM_TWILIO', 'CUSTOM_TWILIO_VERIFY', 'CUSTOM_SYNIVERSE'] as const;
const TYPES = ['PHONE_NUMBER', 'TOLL_FREE', 'SHORT_CODE'] as const;
const CAPABILITIES = ['SMS', 'VOICE'] as const;

const isText = (value: JsonObject[string] | undefined): value is string => typeof value === 'string' && value !== '';

/** All of them, or nothing when one of them is nothing. */
function every<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? known : undefined;
}
