import type { Option } from './option.js';

/** What the management of notifications is told of the world outside. */
export const NOTIFICATION_OPTIONS = [
  {
    name: 'sender-address',
    kind: 'string',
    default: 'noreply@pingidentity.com',
    doc: 'The e-mail address that environments have as their sender until they name another, and the one that every environment may name. The default is the reference’s own.',
  },
  {
    name: 'phone-accounts',
    kind: 'string',
    secret: true,
    doc: 'Accounts at Twilio or Syniverse that environments may register as phone delivery settings, as a JSON array: `[{"provider": "CUSTOM_TWILIO", "sid": "AC…", "authToken": "…", "numbers": [{"number": "+15125550100", "type": "PHONE_NUMBER", "capabilities": ["SMS", "VOICE"]}]}]`. Postern does not ask the vendor: credentials that are not listed are refused.',
  },
] as const satisfies readonly Option[];
