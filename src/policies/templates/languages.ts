import type { JsonObject } from '../../kernel/json.js';
import { Type } from '../../kernel/json-schema.js';
import type { Candidate, ManagedResource, Rule } from '../../platform/managed/resource.js';
import { atMost, immutable, oneDefault, unique } from '../../platform/managed/rules.js';

const KIND = 'language';
/** A list can show them all (`30` §10). */
const MOST = 5_000;

/** A locale: `en`, `en-GB` or `en_GB`, in any case (wire: `30` §9.3, §10; the form of RFC 5646 §2.1, its first parts). */
export const Locale = Type.String({ maxLength: 35, pattern: '^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$' });

/** The writable members of a language (wire: `30` §10). */
export const LanguageDocument = Type.Object({
  locale: Locale,
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  enabled: Type.Boolean(),
  default: Type.Boolean(),
});

/** Locales that every environment has (`30` §10). */
const PREDEFINED = ['de', 'en', 'es', 'fr', 'fr-CA', 'it', 'ja', 'ko', 'nl', 'pt', 'ru', 'th', 'tr', 'zh'] as const;
/** What an environment speaks until it is told otherwise. */
export const FIRST_LOCALE = 'en';

/** Languages of an environment (wire: `30` §10). */
export const languages: ManagedResource = {
  kind: KIND,
  schema: LanguageDocument,
  noun: 'LANGUAGE',
  rules: [
    { problems: notYet },
    immutable('locale'),
    unique(KIND, 'locale', 'caseless'),
    mustBeEnabledToBeDefault(),
    oneDefault(KIND),
    atMost(KIND, MOST),
    {
      completes: ({ document, current }) => ({
        ...document,
        name: document['name'] ?? nameOf(String(document['locale'])),
        customerAdded: current?.body['customerAdded'] ?? true,
      }),
      keeps: ({ body }) => (body['customerAdded'] === false ? { rule: 'ReadOnly' } : undefined),
    },
  ],
};

/** The languages of a new environment, of which one is spoken (`30` §10). */
export function factoryLanguages(): readonly JsonObject[] {
  return PREDEFINED.map((locale) => ({
    locale,
    name: nameOf(locale),
    enabled: locale === FIRST_LOCALE,
    default: locale === FIRST_LOCALE,
    customerAdded: false,
  }));
}

/** The display name of ISO 639 and ISO 3166: `German (Germany)`; the locale itself when they have none. */
function nameOf(locale: string): string {
  try {
    const names = new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' });
    return names.of(locale.replaceAll('_', '-')) ?? locale;
  } catch (error) {
    if (error instanceof RangeError) return locale;
    throw error;
  }
}

/** A new language has nothing to say yet (`30` §10). */
function notYet({ document, current }: Candidate) {
  return current
    ? []
    : (['enabled', 'default'] as const).flatMap((target) =>
        document[target] === true ? [{ problem: 'invalid', target, message: 'must be false at first' } as const] : [],
      );
}

function mustBeEnabledToBeDefault(): Rule {
  return {
    refuses: ({ document }) =>
      document['default'] === true && document['enabled'] !== true
        ? { rule: 'Other', name: 'LanguageNotEnabled', target: 'default' }
        : undefined,
  };
}
