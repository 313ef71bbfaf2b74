import { Redacted } from '../kernel/sealed.js';
import { hasFlag, type Option, variableName } from './option.js';
import type { Problem } from './problem.js';

/** Where settings come from. `readFile` throws when there is no such file. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: ReadonlyMap<string, string>;
  readonly readFile: (path: string) => string;
}

export type Mode = 'dev' | 'serve';

export type SettingValue = string | number | boolean | readonly string[] | Redacted<string>;

/** One setting as it came out: what `postern config` prints. */
export interface Setting {
  readonly option: Option;
  /** Absent: not set, and no default. */
  readonly value?: SettingValue;
  /** `--port`, `POSTERN_PORT`, `POSTERN_MASTER_KEY_FILE`, `default`, or `not set`. */
  readonly origin: string;
}

export interface Settings {
  readonly settings: readonly Setting[];
  readonly problems: readonly Problem[];
}

/** Reads every row of the table; a flag wins over a variable, a variable over the default. Collects all problems. */
export function readSettings(options: readonly Option[], mode: Mode, sources: Sources): Settings {
  const problems: Problem[] = [];
  const settings = options.map((option): Setting => {
    const found = find(option, mode, sources, problems);
    if (!found) return { option, origin: 'not set' };
    const parsed = parseSetting(option, found.text);
    if (parsed.ok) return { option, value: parsed.value, origin: found.origin };
    const actual = option.secret ? '' : `, but is ${JSON.stringify(found.text)}`;
    problems.push({
      where: found.origin,
      what: `must be ${parsed.expected}${actual}.`,
      remedy: remedyOf(option, mode),
    });
    return { option, origin: found.origin };
  });
  return { settings, problems };
}

interface Found {
  readonly text: string;
  readonly origin: string;
}

function find(option: Option, mode: Mode, sources: Sources, problems: Problem[]): Found | undefined {
  const variable = variableName(option);
  const flag = sources.flags.get(option.name);
  const given: Found[] = [];
  if (flag !== undefined) given.push({ text: flag, origin: `--${option.name}` });
  const text = sources.env[variable];
  // An empty variable counts as unset: that is how compose files and unit files leave one out.
  if (text !== undefined && text !== '') given.push({ text, origin: variable });
  const path = option.secret ? sources.env[`${variable}_FILE`] : undefined;
  if (path !== undefined && path !== '') {
    if (text !== undefined && text !== '')
      problems.push({ where: `${variable}_FILE`, what: `is set beside ${variable}.`, remedy: 'Unset one of the two.' });
    const content = secretFile(`${variable}_FILE`, path, sources, problems);
    if (content !== undefined) given.push({ text: content, origin: `${variable}_FILE` });
  }
  const first = given[0];
  if (first && option.only && option.only !== mode) {
    problems.push({
      where: first.origin,
      what: `is for \`postern ${option.only}\` only.`,
      remedy: `Leave it out of \`postern ${mode}\`.`,
    });
    return undefined;
  }
  if (first) return first;
  const fallback = mode === 'dev' ? (option.developmentDefault ?? option.default) : option.default;
  return fallback === undefined ? undefined : { text: fallback, origin: 'default' };
}

function secretFile(variable: string, path: string, sources: Sources, problems: Problem[]): string | undefined {
  try {
    return sources.readFile(path).trim();
  } catch {
    problems.push({
      where: variable,
      what: `names ${JSON.stringify(path)}, which cannot be read.`,
      remedy: 'Name a file that exists and that this user may read.',
    });
    return undefined;
  }
}

type Parsed = { readonly ok: true; readonly value: SettingValue } | { readonly ok: false; readonly expected: string };

function parseSetting(option: Option, text: string): Parsed {
  if (option.secret)
    return text === '' ? { ok: false, expected: 'not empty' } : { ok: true, value: new Redacted(text) };
  const value = parsePlain(option, text);
  return value === undefined ? { ok: false, expected: expectedShape(option) } : { ok: true, value };
}

function parsePlain(option: Option, text: string): SettingValue | undefined {
  switch (option.kind) {
    case 'integer': {
      const number = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = option;
      return number >= minimum && number <= maximum ? number : undefined;
    }
    case 'boolean':
      return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined;
    case 'enum':
      return option.values?.includes(text) ? text : undefined;
    case 'list': {
      const members = text.split(',').map((member) => member.trim());
      return text.trim() === '' ? [] : members.includes('') ? undefined : members;
    }
    case 'string':
    case 'file':
      return text === '' ? undefined : text;
  }
}

/** What a value must look like, for problems and for the documentation. */
export function expectedShape(option: Option): string {
  switch (option.kind) {
    case 'integer': {
      const unit = option.unit ? ` (${option.unit})` : '';
      return option.minimum === undefined || option.maximum === undefined
        ? `a whole number${unit}`
        : `a whole number from ${option.minimum} to ${option.maximum}${unit}`;
    }
    case 'boolean':
      return '`true` or `false`';
    case 'enum':
      return `one of ${(option.values ?? []).map((value) => `\`${value}\``).join(', ')}`;
    case 'list':
      return 'a list separated by commas';
    case 'file':
      return 'the path of a file';
    case 'string':
      return 'text that is not empty';
  }
}

function remedyOf(option: Option, mode: Mode): string {
  const places = hasFlag(option) ? `${variableName(option)} or --${option.name}` : variableName(option);
  const fallback = (mode === 'dev' ? option.developmentDefault : undefined) ?? option.default;
  const leaveOut = fallback === undefined ? '' : `, or leave it out for ${fallback}`;
  return `Set ${places} to ${expectedShape(option)}${leaveOut}.`;
}
