/**
 * The best of the locales there are: each preference in turn, exact first, then its language without region (`30` §9.5).
 * A preference is a locale (`fr-CA`, `fr_CA`) or a list of ranges as `preferredLanguage` holds it (RFC 7231 §5.3.5).
 */
export function chooseLocale<L extends string>(
  preferences: readonly string[],
  available: readonly L[],
  fallback: L,
): L {
  for (const range of preferences.flatMap(rangesOf)) {
    const exact = available.find((locale) => locale.toLowerCase() === range);
    const [language] = range.split('-');
    const found = exact ?? available.find((locale) => locale.toLowerCase() === language);
    if (found !== undefined) return found;
  }
  return fallback;
}

/** Locales to look for, most wanted first, in lower case with hyphens: each preference exactly, then its language (`30` §9.5). */
export function localeChain(preferences: readonly string[]): readonly string[] {
  return preferences.flatMap(rangesOf).flatMap((range) => {
    const [language = range] = range.split('-');
    return language === range ? [range] : [range, language];
  });
}

/** The language ranges of a list, most wanted first; one with `q=0` is refused by the user and left out. */
function rangesOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((member) => {
      const [range = '', ...parameters] = member.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { range: range.replaceAll('_', '-'), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ range, quality }) => range !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ range }) => range);
}
