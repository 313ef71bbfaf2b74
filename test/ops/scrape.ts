/** One line of a scrape. */
export interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

// `Nan` is how the library of the process metrics writes it, and is read without regard to case.
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"/;
const SERIES = new RegExp(
  `^([a-zA-Z_:][\\w:]*)(?:\\{(${LABEL.source}(?:,${LABEL.source})*)?\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|[+-]Inf|NaN|Nan)$`,
);

/** Reads the Prometheus text format 0.0.4 strictly: throws at any line that a scraper could not read. */
export function parseScrape(text: string): readonly Line[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const typed = new Map<string, string>();
  return text.split('\n').flatMap((line): Line[] => {
    if (line === '' || line.startsWith('# HELP ')) return [];
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      if (typed.has(type[1] ?? '')) throw new Error(`${type[1]} is described twice`);
      typed.set(type[1] ?? '', type[2] ?? '');
      return [];
    }
    const match = SERIES.exec(line);
    if (!match) throw new Error(`not a line of a scrape: ${line}`);
    const [, name = '', labels = ''] = match;
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    if (!typed.has(name) && !typed.has(family)) throw new Error(`${name} comes before its type`);
    const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(([, key = '', value = '']) => [key, value]);
    return [{ name, labels: Object.fromEntries(pairs), value: numberOf(match.at(-1) ?? '') }];
  });
}

const numberOf = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);

/** The sum of all lines of that name that have these labels. */
export function total(lines: readonly Line[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return lines
    .filter((line) => line.name === name && Object.entries(labels).every(([key, value]) => line.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
