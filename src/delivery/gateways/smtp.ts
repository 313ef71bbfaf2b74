import { readFileSync } from 'node:fs';
import type { Problem } from '../../config/problem.js';
import { parseEmail } from '../../devices/sending/contact.js';
import { seconds } from '../../kernel/duration.js';
import { type Gateway, permanent, type SendResult, transient } from '../gateway.js';
import { defineGateway } from './definition.js';
import { bodyOf, domainOf, originOf, parseSender } from './smtp-mail.js';

/** Connections that are open at once. */
const CONNECTIONS = 8;

/** Any mail server, by SMTP. */
export const smtp = defineGateway({
  name: 'smtp',
  channels: ['EMAIL'],
  options: [
    {
      name: 'smtp-url',
      kind: 'string',
      secret: true,
      doc: 'Mail server that sends e-mail codes: `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host:465` (TLS from the start). Special characters of the password are percent-encoded.',
    },
    {
      name: 'smtp-from',
      kind: 'string',
      doc: 'Sender of e-mail codes: `codes@example.org` or `Example <codes@example.org>`. Needed with `smtp-url`.',
    },
    {
      name: 'smtp-require-tls',
      kind: 'boolean',
      default: 'true',
      doc: 'Whether a mail server reached by `smtp://` must offer STARTTLS. `false` sends codes readable for the network in between when it does not.',
    },
    {
      name: 'smtp-ca-file',
      kind: 'file',
      doc: 'Certificates (PEM) of the authorities that may vouch for the mail server, in place of the public ones.',
    },
  ],
  check(settings) {
    const problems: Problem[] = [];
    const { 'smtp-url': url, 'smtp-from': from, 'smtp-ca-file': caFile } = settings;
    if (url && !parseServer(url.reveal()))
      problems.push({
        where: 'POSTERN_SMTP_URL',
        what: 'must be an smtp:// or smtps:// URL with a host and nothing behind the port.',
        remedy: 'Write smtp://user:password@host:587, with special characters of the password percent-encoded.',
      });
    if (url && from === undefined)
      problems.push({
        where: 'POSTERN_SMTP_FROM',
        what: 'is missing: mail has no sender.',
        remedy: 'Set it to the address that codes come from, such as codes@example.org.',
      });
    if (from !== undefined && !parseSender(from))
      problems.push({
        where: 'POSTERN_SMTP_FROM',
        what: `must be an address, alone or as \`Name <address>\`, but is ${JSON.stringify(from)}.`,
        remedy: 'Write codes@example.org or Example <codes@example.org>.',
      });
    if (url && caFile !== undefined && readable(caFile) === undefined)
      problems.push({
        where: 'POSTERN_SMTP_CA_FILE',
        what: `names ${JSON.stringify(caFile)}, which cannot be read.`,
        remedy: 'Name a PEM file that this user may read, or leave it out for the public authorities.',
      });
    return problems;
  },
  create(settings): Gateway | undefined {
    const server = settings['smtp-url'] && parseServer(settings['smtp-url'].reveal());
    const sender = parseSender(settings['smtp-from'] ?? '');
    if (!server || !sender) return undefined;
    const ca = settings['smtp-ca-file'] === undefined ? undefined : readable(settings['smtp-ca-file']);
    // Loaded by those who send mail: the client library is tens of milliseconds of a start, and megabytes.
    const transport = import('nodemailer').then(({ default: nodemailer }) =>
      nodemailer.createTransport({
        pool: true,
        maxConnections: CONNECTIONS,
        ...server,
        // Without it a man in the middle could strip STARTTLS (SEC-70).
        requireTLS: settings['smtp-require-tls'],
        tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
        dnsTimeout: seconds(3),
        connectionTimeout: seconds(3),
        greetingTimeout: seconds(5),
        socketTimeout: seconds(10),
        idleTimeout: seconds(30),
        maxRequeues: 1,
        disableFileAccess: true,
        disableUrlAccess: true,
      }),
    );
    const domain = domainOf(sender.address);
    return {
      name: 'smtp',
      channels: ['EMAIL'],
      concurrency: CONNECTIONS,
      async send(message, signal): Promise<SendResult> {
        const to = parseEmail(message.to);
        if (!to) return permanent('smtp: not a plain address');
        // The same at every attempt, so that a mail system can drop the second of two.
        const messageId = `<${message.id}@${domain}>`;
        try {
          await (await transport).sendMail({
            envelope: { from: sender.address, to: [to] },
            ...originOf(message, sender),
            to: { name: '', address: to },
            subject: message.subject ?? '',
            ...bodyOf(message),
            messageId,
            // RFC 3834 §5: keeps vacation notices away.
            headers: { 'Auto-Submitted': 'auto-generated' },
            signal,
          });
          return { ok: true, receipt: messageId };
        } catch (error) {
          return failureOf(error, signal);
        }
      },
      close: () => void transport.then((open) => open.close()),
    };
  },
});

interface Server {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

function parseServer(text: string): Server | undefined {
  if (!/^smtps?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return undefined;
  const secure = url.protocol === 'smtps:';
  const user = decode(url.username);
  const pass = decode(url.password);
  if (user === undefined || pass === undefined) return undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    ...(user === '' ? {} : { auth: { user, pass } }),
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Errors of the client library that no second attempt mends. */
const PERMANENT_CODES = new Set(['EAUTH', 'ENOAUTH', 'EMESSAGE', 'ECONFIG']);

/** RFC 5321 §4.2.1: 4yz may pass later, 5yz will not. The reply's text is left where it is. */
function failureOf(error: unknown, signal: AbortSignal): SendResult {
  if (signal.aborted) return transient('smtp: timed out');
  const { code, responseCode } = (typeof error === 'object' && error !== null ? error : {}) as {
    // Shape of nodemailer's errors; anything else leaves both undefined.
    code?: unknown;
    responseCode?: unknown;
  };
  const name = typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? code : 'failed';
  if (typeof responseCode !== 'number')
    return PERMANENT_CODES.has(name) ? permanent(`smtp: ${name}`) : transient(`smtp: ${name}`);
  const reason = `smtp: ${name} ${responseCode}`;
  return responseCode >= 500 ? permanent(reason) : transient(reason);
}
