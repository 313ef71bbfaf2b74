import { type EmailAddress, parseEmail } from '../../devices/sending/contact.js';
import type { Outgoing } from '../gateway.js';
import type { MailAddress } from '../message.js';

/** Who a mail is from. */
export interface Sender {
  readonly name: string;
  readonly address: EmailAddress;
}

/** `address` or `Name <address>`; the name holds nothing that could end a header (SEC-63). */
export function parseSender(text: string): Sender | undefined {
  const named = /^"?([^"<>\p{Cc}\p{Cf}]{0,100}?)"?\s*<([^<>]+)>$/u.exec(text);
  const address = parseEmail(named?.[2] ?? text);
  return address && { name: named?.[1]?.trim() ?? '', address };
}

/**
 * The headers of a message that say who it is from. An environment names itself as it likes; it has its own address, and one for
 * replies, within the operator's domain only: anything else would be sent in a stranger's name, and refused as such (`30` §9.3).
 */
export function originOf(
  { from, replyTo }: Pick<Outgoing, 'from' | 'replyTo'>,
  sender: Sender,
): { readonly from: Sender; readonly replyTo?: Sender } {
  const reply = replyTo && ownAddress(replyTo, sender);
  return {
    from: from
      ? {
          name: from.name === undefined ? sender.name : plainName(from.name),
          address: ownAddress(from, sender) ?? sender.address,
        }
      : sender,
    ...(reply ? { replyTo: { name: plainName(replyTo.name ?? ''), address: reply } } : {}),
  };
}

/** A body as the mail client takes it. */
export interface MailBody {
  readonly text?: string;
  readonly html?: string;
  readonly alternatives?: { readonly contentType: string; readonly content: Buffer }[];
}

/** In the character set that is asked for, if it is one of ours and has every character of the message; else in UTF-8. */
export function bodyOf({ text, html, charset }: Pick<Outgoing, 'text' | 'html' | 'charset'>): MailBody {
  const asked = CHARSETS.find(({ names }) => names.includes((charset ?? '').toLowerCase()));
  if (!asked?.holds.test(text) || !asked.holds.test(html ?? ''))
    return { text, ...(html === undefined ? {} : { html }) };
  const part = (type: string, content: string) => ({
    contentType: `${type}; charset=${asked.names[0]}`,
    content: Buffer.from(content, 'latin1'),
  });
  return { alternatives: [part('text/plain', text), ...(html === undefined ? [] : [part('text/html', html)])] };
}

/** Beside UTF-8, which has everything; both are parts of Latin-1, whose bytes are its characters' numbers. */
const CHARSETS: readonly { readonly names: readonly [string, ...string[]]; readonly holds: RegExp }[] = [
  { names: ['iso-8859-1', 'latin1'], holds: /^[\u0000-\u007f\u00a0-\u00ff]*$/ },
  { names: ['us-ascii', 'ascii'], holds: /^[\u0000-\u007f]*$/ },
];

/** An address within the operator's own domain; `undefined`: none, or another's. */
function ownAddress({ address }: MailAddress, sender: Sender): EmailAddress | undefined {
  const parsed = address === undefined ? undefined : parseEmail(address);
  return parsed && domainOf(parsed) === domainOf(sender.address) ? parsed : undefined;
}

/** The part behind the at-sign. */
export const domainOf = (address: EmailAddress): string => address.slice(address.lastIndexOf('@') + 1);

/** Nothing that could end a header, or show a name other than it is (SEC-63). */
const plainName = (name: string): string =>
  name
    .replace(/[\p{Cc}\p{Cf}"<>]/gu, '')
    .trim()
    .slice(0, 100);
