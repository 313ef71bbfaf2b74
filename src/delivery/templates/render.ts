import { type Instant, toTimestamp } from '../../kernel/clock.js';
import type { Channel, MessageContent, Origin } from '../message.js';
import { CONTENTS, DEFAULT_LOCALE } from './contents.js';
import { chooseLocale } from './locale.js';
import { renderWords } from './own-words.js';
import { substitute } from './substitute.js';

/** A message as a gateway sends it. Plain text, but for `html`. */
export interface Rendered extends Origin {
  /** One line. E-mail only. */
  readonly subject?: string;
  /** For a call: what is spoken. */
  readonly text: string;
  /** The same for readers of HTML. E-mail only. */
  readonly html?: string;
}

const LOCALES = Object.keys(CONTENTS) as (keyof typeof CONTENTS)[];

/** What the recipient gets; `undefined` when the template has no content for the channel, which a decision has ruled out. */
export function render(content: MessageContent, channel: Channel, now: Instant): Rendered | undefined {
  const { words } = content;
  const source = CONTENTS[chooseLocale(content.locales, LOCALES, DEFAULT_LOCALE)][content.template][channel];
  if (!source && !words) return undefined;
  const values = new Map([
    ...Object.entries(content.variables),
    ['otp', channel === 'VOICE' ? spell(content.otp) : content.otp] as const,
    // The same, as templates name it that are no device's.
    ['code.value', content.otp] as const,
    ['current-year', toTimestamp(now).slice(0, 4)] as const,
  ]);
  if (words) return renderWords(words, channel, values, source?.subject ?? '');
  if (!source) return undefined;
  return {
    ...(source.subject === undefined ? {} : { subject: substitute(source.subject, values, 'text') }),
    text: substitute(source.text, values, 'text'),
    ...(source.html === undefined ? {} : { html: substitute(source.html, values, 'html') }),
  };
}

/** One digit at a time: a voice would read `123456` as a number. */
function spell(code: string): string {
  return [...code].join(', ');
}
