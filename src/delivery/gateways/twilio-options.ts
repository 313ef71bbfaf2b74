import type { Option, OptionValues } from '../../config/option.js';
import { variableName } from '../../config/option.js';
import type { Problem } from '../../config/problem.js';
import { parsePhone } from '../../devices/sending/contact.js';

export const TWILIO_OPTIONS = [
  {
    name: 'twilio-account-sid',
    kind: 'string',
    doc: 'Twilio account that sends text messages, calls and WhatsApp messages: `AC…`.',
  },
  {
    name: 'twilio-auth-token',
    kind: 'string',
    secret: true,
    doc: 'The account’s auth token. An API key (`twilio-api-key-sid`) is better: it can be revoked alone.',
  },
  {
    name: 'twilio-api-key-sid',
    kind: 'string',
    doc: 'API key used in place of the auth token: `SK…`.',
  },
  {
    name: 'twilio-api-key-secret',
    kind: 'string',
    secret: true,
    doc: 'The secret of the API key.',
  },
  {
    name: 'twilio-sms-from',
    kind: 'string',
    doc: 'Sender of text messages: a number as `+15551234567`, an alphanumeric sender name, or a messaging service `MG…`. Without it Twilio does not serve SMS.',
  },
  {
    name: 'twilio-voice-from',
    kind: 'string',
    doc: 'Number that calls come from, as `+15551234567`. Without it Twilio does not serve VOICE.',
  },
  {
    name: 'twilio-whatsapp-from',
    kind: 'string',
    doc: 'WhatsApp sender number, as `+15551234567`. Without it Twilio does not serve WHATSAPP.',
  },
  {
    name: 'twilio-whatsapp-content-sid',
    kind: 'string',
    doc: 'Approved WhatsApp template, `HX…`, whose variable `{{1}}` is the code. Outside Twilio’s sandbox WhatsApp delivers codes only by such a template.',
  },
  {
    name: 'twilio-base-url',
    kind: 'string',
    default: 'https://api.twilio.com',
    doc: 'Address of Twilio’s API; another region’s, such as `https://api.dublin.ie1.twilio.com`.',
  },
] as const satisfies readonly Option[];

type Settings = OptionValues<typeof TWILIO_OPTIONS>;
type Name = (typeof TWILIO_OPTIONS)[number]['name'];
type PlainName = Exclude<Name, 'twilio-auth-token' | 'twilio-api-key-secret'>;

/** What does not go together, or does not look like what it should be. */
export function twilioProblems(settings: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  const complain = (name: Name, what: string, remedy: string): void => {
    problems.push({ where: variableName({ name }), what, remedy });
  };
  const missing = (name: Name, because: string): void => {
    if (settings[name] === undefined) complain(name, `is missing: ${because}.`, 'Copy it from Twilio’s console.');
  };
  const expectForm = (name: PlainName, form: RegExp, shape: string): void => {
    const value = settings[name];
    if (value !== undefined && !form.test(value)) complain(name, `must be ${shape}.`, 'Copy it from Twilio’s console.');
  };
  if (TWILIO_OPTIONS.every(({ name }) => name === 'twilio-base-url' || settings[name] === undefined)) return [];

  missing('twilio-account-sid', 'other Twilio settings are given');
  if (settings['twilio-api-key-sid'] !== undefined) missing('twilio-api-key-secret', 'the API key is given');
  else missing('twilio-auth-token', 'there is neither an auth token nor an API key');
  expectForm('twilio-account-sid', /^AC[0-9a-f]{32}$/, '`AC` and 32 hexadecimal digits');
  expectForm('twilio-api-key-sid', /^SK[0-9a-f]{32}$/, '`SK` and 32 hexadecimal digits');
  expectForm('twilio-whatsapp-content-sid', /^HX[0-9a-f]{32}$/, '`HX` and 32 hexadecimal digits');
  expectForm(
    'twilio-sms-from',
    /^(?:\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
    'a number with `+` and country code, a short code, a sender name of at most 11 letters and digits, or `MG…`',
  );
  for (const name of ['twilio-voice-from', 'twilio-whatsapp-from'] as const) {
    const number = settings[name];
    if (number !== undefined && parsePhone(number) !== number)
      complain(name, 'must be a number with `+` and country code.', 'Write it as +15551234567.');
  }
  if (!isSafeBase(settings['twilio-base-url']))
    complain(
      'twilio-base-url',
      'must be an https URL without path or query.',
      'Leave it out for https://api.twilio.com.',
    );
  if (problems.length === 0 && !(['sms', 'voice', 'whatsapp'] as const).some((kind) => settings[`twilio-${kind}-from`]))
    complain('twilio-sms-from', 'is missing, as are the other senders: Twilio serves nothing.', 'Set at least one.');
  return problems;
}

/** Credentials go only where TLS protects them; plain HTTP is for a stand-in on this machine. */
function isSafeBase(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username } = new URL(text);
  const isLocal = hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
  const bare = pathname === '/' && search === '' && hash === '' && username === '';
  return bare && (protocol === 'https:' || (protocol === 'http:' && isLocal));
}
