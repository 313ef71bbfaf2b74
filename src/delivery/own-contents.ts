import type { Uuid } from '../kernel/ids.js';
import { type ContentRequest, preferencesOf } from './content.js';
import type { Channel, TemplateName, Words } from './message.js';
import { DEFAULT_LOCALE } from './templates/contents.js';
import { localeChain } from './templates/locale.js';

/** One text of an environment's own. */
export interface OwnContent {
  readonly template: TemplateName;
  readonly channel: Channel;
  /** In lower case, with hyphens. */
  readonly locale: string;
  /** In lower case; absent: the content without variant. */
  readonly variant?: string;
  readonly words: Words;
}

/** The texts of an environment's own for messages that are sent, and the language that it speaks. */
export interface OwnContents {
  /** In lower case, with hyphens. */
  readonly defaultLocale: string;
  /** What populations speak, by their ids, where that is said: a locale, or ranges as a user's language. */
  readonly populationLocales?: ReadonlyMap<Uuid, string>;
  readonly all: readonly OwnContent[];
}

/** What a message is to be chosen by. */
export interface Wanted extends Pick<ContentRequest, 'template' | 'requestedLocale'> {
  readonly channel: Channel;
  readonly variant?: string | undefined;
  /** The recipient; a `User` fits, and whoever is in no population. */
  readonly user: ContentRequest['user'] & { readonly populationId?: Uuid };
}

/**
 * The environment's words for a message; `undefined`: the server's own, if it has any. The variant is kept and the locale relaxed:
 * what was asked for, what the user speaks, what the user's population does, the environment's language, and the server's at last
 * (`30` §9.5, `00` §7.2).
 */
export function ownWords(contents: OwnContents, wanted: Wanted): Words | undefined {
  const { template, channel } = wanted;
  const variant = wanted.variant?.toLowerCase();
  const candidates = contents.all.filter(
    (content) => content.template === template && content.channel === channel && content.variant === variant,
  );
  if (candidates.length === 0) return undefined;
  const preferences = preferencesOf(wanted.requestedLocale, wanted.user);
  const { populationId } = wanted.user;
  const ofPopulation = (populationId && contents.populationLocales?.get(populationId)) ?? '';
  for (const locale of localeChain([...preferences, ofPopulation, contents.defaultLocale, DEFAULT_LOCALE])) {
    const found = candidates.find((content) => content.locale === locale);
    if (found) return found.words;
    // The server's own words are a content like another, in its own language and without a variant.
    if (locale === DEFAULT_LOCALE && variant === undefined) return undefined;
  }
  return undefined;
}
