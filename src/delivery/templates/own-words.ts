import type { Channel, Words } from '../message.js';
import type { Rendered } from './render.js';
import { substitute } from './substitute.js';

/** An environment's own text as a gateway sends it; `subject` is the server's, for a mail that has none. */
export function renderWords(
  { text, subject, isHtml, ...origin }: Words,
  channel: Channel,
  values: ReadonlyMap<string, string>,
  fallbackSubject: string,
): Rendered {
  if (channel === 'VOICE') return { ...origin, text: substitute(spoken(text), values, 'text') };
  if (channel !== 'EMAIL') return { ...origin, text: substitute(text, values, 'text') };
  const line = substitute(subject ?? fallbackSubject, values, 'text');
  if (!isHtml) return { ...origin, subject: line, text: substitute(text, values, 'text') };
  return {
    ...origin,
    subject: line,
    text: substitute(plain(text), values, 'text'),
    html: substitute(text, values, 'html'),
  };
}

/** The same mail for readers that show text only: without its markup. */
function plain(html: string): string {
  return html
    .replace(/<(?:style|script|head)\b[^<]*(?:<(?!\/)[^<]*)*/gi, '')
    .replace(/<br[^<>]*>|<\/(?:p|div|tr|h[1-6]|li)>/gi, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** How often a message is said at most. */
const MOST_REPEATS = 5;

/** The markup of calls as words and pauses (wire: `30` §9.3), before values are in it: they bring no markup. A code is spelled anyway. */
function spoken(text: string): string {
  return text
    .replace(/<sayCharValue>([^<]*)<\/sayCharValue>/gi, (_, value: string) =>
      value.includes('$' + '{') ? value : [...value].join(', '),
    )
    .replace(/<pause1sec>/gi, '. ')
    .replace(/<repeatMessage\s+val="?(\d)"?>([^<]*)<\/repeatMessage>/gi, (_, count: string, message: string) =>
      Array(Math.min(Math.max(Number(count), 1), MOST_REPEATS))
        .fill(message)
        .join('. '),
    )
    .replace(/<[^<>]*>/g, '');
}
