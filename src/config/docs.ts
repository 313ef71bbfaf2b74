import { hasFlag, type Option, variableName } from './option.js';
import { expectedShape, type Mode, type Setting } from './read.js';

/** A part of the table under one heading: the server's own rows, or a gateway's. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly Option[];
}

/** `docs/configuration.md`, made from the table. */
export function configurationMarkdown(groups: readonly OptionGroup[]): string {
  return `${[
    '# Configuration',
    '',
    'Generated from `src/config/options.ts` and the gateways by `npm run docs`: do not edit.',
    '',
    'Every setting is an environment variable, and a flag unless it is a secret. A flag wins over a variable, a variable over',
    'the default; an empty variable counts as unset. A secret may also be put into a file: set `POSTERN_<NAME>_FILE` to its',
    'path. `postern config` prints what is in force and where each value comes from, without the secrets. All problems are',
    'reported together, each with its remedy, and nothing starts before they are solved.',
    ...groups.flatMap((group) => ['', `## ${group.title}`, ...group.options.flatMap(optionMarkdown)]),
  ].join('\n')}\n`;
}

function optionMarkdown(option: Option): readonly string[] {
  const variable = variableName(option);
  const places = [
    `\`${variable}\``,
    ...(option.secret ? [`\`${variable}_FILE\``] : []),
    ...(hasFlag(option) ? [`\`--${option.name}\``] : []),
  ];
  return [
    '',
    `### \`${option.name}\``,
    '',
    option.doc,
    '',
    `- Set by: ${places.join(', ')}`,
    `- Value: ${expectedShape(option)}`,
    `- Default: ${defaultText(option)}`,
    ...(option.secret ? ['- Secret: never printed or logged'] : []),
    ...(option.only ? [`- Only in \`postern ${option.only}\``] : []),
    ...(option.productionWarning ? [`- In production: ${option.productionWarning}`] : []),
  ];
}

function defaultText(option: Option): string {
  const quote = (value: string | undefined): string => (value === undefined ? 'none' : `\`${value}\``);
  return option.developmentDefault === undefined
    ? quote(option.default)
    : `${quote(option.default)}; in \`postern dev\` ${quote(option.developmentDefault)}`;
}

const HELP_COLUMN = 34;
const HELP_WIDTH = 100;

/** The options of one command for `--help`. */
export function optionsHelp(groups: readonly OptionGroup[], mode: Mode): string {
  return groups
    .map(({ title, options }) => {
      const rows = options.filter((option) => option.only === undefined || option.only === mode);
      return [`${title}:`, ...rows.flatMap((option) => optionHelp(option, mode))].join('\n');
    })
    .join('\n\n');
}

function optionHelp(option: Option, mode: Mode): readonly string[] {
  const name = hasFlag(option)
    ? `--${option.name}${option.kind === 'boolean' ? '' : ` ${placeholder(option)}`}`
    : variableName(option);
  const fallback = (mode === 'dev' ? option.developmentDefault : undefined) ?? option.default;
  const text = option.doc.replaceAll('`', '') + (fallback === undefined ? '' : ` [${fallback}]`);
  const [first = '', ...rest] = wrap(text, HELP_WIDTH - HELP_COLUMN);
  const head = `  ${name}`;
  const indent = ' '.repeat(HELP_COLUMN);
  return head.length < HELP_COLUMN - 1
    ? [`${head.padEnd(HELP_COLUMN)}${first}`, ...rest.map((line) => indent + line)]
    : [head, indent + first, ...rest.map((line) => indent + line)];
}

function placeholder(option: Option): string {
  if (option.values) return option.values.join('|');
  return { string: 'TEXT', integer: 'N', boolean: '', file: 'FILE', enum: '', list: 'A,B' }[option.kind];
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

/** What is in force, one line a setting with its origin; secrets print as `[redacted]`. */
export function settingsText(settings: readonly Setting[]): string {
  const width = Math.max(...settings.map(({ option }) => option.name.length));
  return settings
    .map(({ option, value, origin }) => {
      const shown = value === undefined ? '' : Array.isArray(value) ? value.join(',') : String(value);
      return `${option.name.padEnd(width)}  ${shown}${shown === '' ? '' : '  '}(${origin})`;
    })
    .join('\n');
}
