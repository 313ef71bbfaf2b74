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
    name: 'spf-record',
    kind: 'string',
    default: 'v=spf1 include:amazonses.com ~all',
    doc: 'The SPF record that owners of trusted e-mail domains are told to publish: that by which your mail relay may send for them. The default is the reference’s own.',
  },
  {
    name: 'dns-servers',
    kind: 'list',
    doc: 'DNS servers that are asked for the records of trusted e-mail domains, as IP addresses, with a port where it is not 53 (`192.0.2.53:5353`). Default: those of the system. What they say decides whose domain is whose.',
  },
  {
    name: 'phone-accounts',
    kind: 'string',
    secret: true,
    doc: 'Accounts at Twilio or Syniverse that environments may register as phone delivery settings, as a JSON array: `[{"provider": "CUSTOM_TWILIO", "sid": "AC…", "authToken": "…", "numbers": [{"number": "+15125550100", "type": "PHONE_NUMBER", "capabilities": ["SMS", "VOICE"]}]}]`. Postern does not ask the vendor: credentials that are not listed are refused.',
  },
] as const satisfies readonly Option[];
